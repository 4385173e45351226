use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// RDS instance is not encrypted
    ///
    /// ## Why
    /// Snapshots and backups of the database are readable by anyone who gets access to them, and can be
    /// shared with another account in one call.
    ///
    /// ## Impact
    /// An instance cannot be encrypted in place: Terraform replaces it. Restore an encrypted copy of a
    /// snapshot instead.
    ///
    /// ## Fix
    /// Set `storage_encrypted = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_db_instance" "shop" {
    ///   identifier     = "shop"
    ///   engine         = "postgres"
    ///   instance_class = "db.t3.micro"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_db_instance" "shop" {
    ///   identifier        = "shop"
    ///   engine            = "postgres"
    ///   instance_class    = "db.t3.micro"
    ///   storage_encrypted = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-rds-instance-unencrypted",
        severity: Severity::High,
        shapes: &["aws.db-instance@1"],
        aliases: &["AWS-0080", "AVD-AWS-0080", "aws-rds-encrypt-instance-storage-data", "CKV_AWS_16", "08bd0760-8752-44e1-9779-7bb369b2b4e4"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own = setting(subject.start(), "storageEncrypted");
    // A replica is encrypted if its source is.
    let source = setting(subject.start(), "replicateSource");
    if let (Setting::Unset(_), Setting::Set(source) | Setting::Unknown(source)) = (own, source) {
        let open = match setting(subject.start(), "sourceEncrypted") {
            Setting::Set(node) if node.as_scalar() == Some("true") => Answer::No,
            Setting::Set(_) => Answer::Yes(source),
            // It is declared elsewhere.
            Setting::Unset(_) => Answer::Unknown(source),
            Setting::Unknown(node) => Answer::Unknown(node),
        };
        findings.report(open, "", "the source of the replica is not encrypted: encrypt it");
        return;
    }
    let open = Answer::Yes(own.node()).unless(own.matches(|it| it == "true"));
    findings.report(open, "", "the database is not encrypted: set `storage_encrypted = true`");
}
