use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// KMS key is not rotated
    ///
    /// ## Why
    /// The longer one key is used, the more it protects, and the more is lost with it. Rotation replaces it
    /// each year without any work.
    ///
    /// ## Impact
    /// None: old data stays readable, and nothing has to be encrypted again.
    ///
    /// ## Fix
    /// Set `enable_key_rotation = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_kms_key" "data" {
    ///   description = "data"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_kms_key" "data" {
    ///   description         = "data"
    ///   enable_key_rotation = true
    /// }
    /// ```
    pub(crate) static KMS_KEY_ROTATION_DISABLED = {
        id: "aws-kms-key-rotation-disabled",
        severity: Severity::Low,
        kinds: &["aws_kms_key"],
        aliases: &["AWS-0065", "AVD-AWS-0065", "aws-kms-auto-rotate-keys", "CKV_AWS_7", "22fbfeac-7b5a-421a-8a27-7a2178bb910b"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Only symmetric keys whose material is of AWS can be rotated.
    for path in ["customer_master_key_spec", "key_usage"] {
        match setting(subject.start(), path) {
            Setting::Set(node)
                if !matches!(node.as_scalar(), Some("SYMMETRIC_DEFAULT" | "ENCRYPT_DECRYPT")) =>
            {
                return;
            }
            Setting::Unknown(node) => {
                findings.unknown(node, "");
                return;
            }
            _ => {}
        }
    }
    let rotation = setting(subject.start(), "enable_key_rotation");
    match rotation.is_true() {
        Some(true) => {}
        Some(false) => {
            findings.fail(rotation.node(), "", "the key is never replaced: set `enable_key_rotation = true`");
        }
        None => {
            findings.unknown(rotation.node(), "");
        }
    }
}
