use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// S3 bucket is not encrypted with a customer managed KMS key
    ///
    /// ## Why
    /// With SSE-S3, every principal that may read an object gets it decrypted. A customer managed KMS key
    /// is a second permission: it has its own policy and log, and disabling it makes the data unreadable
    /// at once.
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
        shapes: &["aws.s3-bucket@1"],
        aliases: &["AWS-0132", "AVD-AWS-0132", "aws-s3-encryption-customer-key"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let algorithm = setting(subject.start(), "encryption.sseAlgorithm");
    let without = match (setting(subject.start(), "encryption.kmsMasterKeyId"), algorithm) {
        (Setting::Set(key), _) if key.as_str() == Some("alias/aws/s3") => Answer::Yes(key),
        (Setting::Unknown(_) | Setting::Unset(_), Setting::Unknown(node)) => Answer::Unknown(node),
        (Setting::Unset(_), Setting::Set(node) | Setting::Unset(node)) => Answer::Yes(node),
        // A key with an unknown name is a key.
        (Setting::Set(_) | Setting::Unknown(_), _) => return,
    };
    findings.report(
        without,
        "",
        "the bucket is not encrypted with a customer managed KMS key: set `kms_master_key_id`",
    );
}
