use palisade_sdk::Severity;
use palisade_sdk::related::Referent;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// RDS instance is not encrypted
    ///
    /// ## Why
    /// Snapshots and backups of the database are readable by whoever gets hold of them, and can be shared
    /// with another account in one call.
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
        kinds: &["aws_db_instance"],
        aliases: &["AWS-0080", "AVD-AWS-0080", "aws-rds-encrypt-instance-storage-data", "CKV_AWS_16", "08bd0760-8752-44e1-9779-7bb369b2b4e4"],
        related: &["aws_db_instance"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut own = setting(subject.start(), "storage_encrypted");
    // A replica is as its source is.
    let source = setting(subject.start(), "replicate_source_db");
    if let (Setting::Unset(_), Setting::Set(source) | Setting::Unknown(source)) = (own, source) {
        match subject.referent(source, &["aws_db_instance"], &["identifier", "id", "arn"]) {
            Referent::Of(sources) => {
                let Some(source) = sources.first() else { return };
                own = setting(source.root(), "storage_encrypted");
            }
            Referent::Unknown(_) | Referent::Elsewhere => own = Setting::Unknown(source),
        }
        if own.is_true() == Some(false) {
            findings.fail(source, "", "the source of the replica is not encrypted: encrypt it");
            return;
        }
    }
    match own.is_true() {
        Some(true) => {}
        Some(false) => {
            findings.fail(own.node(), "", "the database is not encrypted: set `storage_encrypted = true`");
        }
        None => {
            findings.unknown(own.node(), "");
        }
    }
}
