use palisade_sdk::Node;
use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::bucket::{BUCKET, of_bucket};

palisade_sdk::control! {
    /// S3 bucket is not encrypted with a key of the customer
    ///
    /// ## Why
    /// S3 encrypts with a key of its own, for whoever may read the object. A key in KMS is a second lock:
    /// it has a policy and a log of its own, and disabling it makes the data unreadable at once.
    ///
    /// ## Impact
    /// Readers and writers need permission for the key, and each request to KMS costs a little;
    /// `bucket_key_enabled` saves most of it.
    ///
    /// ## Fix
    /// Add an `aws_s3_bucket_server_side_encryption_configuration` with `sse_algorithm = "aws:kms"` and the
    /// key.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///
    ///   rule {
    ///     apply_server_side_encryption_by_default {
    ///       sse_algorithm = "AES256"
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_kms_key" "data" {
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///
    ///   rule {
    ///     apply_server_side_encryption_by_default {
    ///       sse_algorithm     = "aws:kms"
    ///       kms_master_key_id = aws_kms_key.data.arn
    ///     }
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-customer-key-missing",
        severity: Severity::Low,
        kinds: &[BUCKET],
        related: &[ENCRYPTION],
        aliases: &["AWS-0132", "AVD-AWS-0132", "aws-s3-encryption-customer-key"],
        rule: Rule::Coded(judge),
    };
}

const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration";

const MESSAGE: &str = "the bucket has no key of its own: encrypt it with one in KMS";

/// The default of a rule: a key must be named.
fn judge_default(from: Node<'_>, path: &str, findings: &mut Findings<'_>) {
    match setting(from, path) {
        Setting::Set(default) => match setting(default, "kms_master_key_id") {
            Setting::Set(key) if key.as_str() != Some("alias/aws/s3") => {}
            Setting::Unknown(_) => {}
            Setting::Set(node) => {
                findings.fail(node, "", MESSAGE);
            }
            Setting::Unset(_) => match setting(default, "sse_algorithm") {
                Setting::Unknown(node) => {
                    findings.unknown(node, "");
                }
                Setting::Set(node) | Setting::Unset(node) => {
                    findings.fail(node, "", MESSAGE);
                }
            },
        },
        Setting::Unknown(node) => {
            findings.unknown(node, "");
        }
        Setting::Unset(node) => {
            findings.fail(node, "", MESSAGE);
        }
    }
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let beside = subject.companions(&[of_bucket(ENCRYPTION)]);
    let inline = "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default";
    match (beside.certain.first(), setting(subject.start(), inline), beside.possible.first()) {
        (Some(encryption), _, _) => {
            let default = "rule.apply_server_side_encryption_by_default";
            judge_default(encryption.resource.root(), default, findings);
        }
        (None, Setting::Unset(_), Some(possible)) => {
            findings.unknown(possible.by, "");
        }
        (None, _, _) => judge_default(subject.start(), inline, findings),
    }
}
