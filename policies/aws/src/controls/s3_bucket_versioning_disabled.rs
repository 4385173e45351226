use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::bucket::{BUCKET, of_bucket};

palisade_sdk::control! {
    /// S3 bucket does not keep versions
    ///
    /// ## Why
    /// Without versions, whatever overwrites or deletes an object destroys it: a faulty job, a stolen key,
    /// ransomware.
    ///
    /// ## Impact
    /// Old versions cost storage. Add a lifecycle rule that removes them after a while.
    ///
    /// ## Fix
    /// Add an `aws_s3_bucket_versioning` for the bucket with `status = "Enabled"`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_versioning" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///
    ///   versioning_configuration {
    ///     status = "Enabled"
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-versioning-disabled",
        severity: Severity::Medium,
        kinds: &[BUCKET],
        related: &[VERSIONING],
        aliases: &["AWS-0090", "AVD-AWS-0090", "aws-s3-enable-versioning", "CKV_AWS_21", "568a4d22-3517-44a6-a7ad-6a7eed88722c"],
        rule: Rule::Coded(judge),
    };
}

const VERSIONING: &str = "aws_s3_bucket_versioning";

const MESSAGE: &str = "what is overwritten or deleted is gone: enable versioning";

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let beside = subject.companions(&[of_bucket(VERSIONING)]);
    if let Some(versioning) = beside.certain.first() {
        match setting(versioning.resource.root(), "versioning_configuration.status") {
            Setting::Set(status) if status.as_scalar() == Some("Enabled") => {}
            Setting::Unknown(node) => {
                findings.unknown(node, "");
            }
            Setting::Set(node) | Setting::Unset(node) => {
                findings.fail(node, "", MESSAGE);
            }
        }
        return;
    }
    let inline = setting(subject.start(), "versioning.enabled");
    match (inline.is_true(), beside.possible.first()) {
        (Some(true), _) => {}
        (None, _) => {
            findings.unknown(inline.node(), "");
        }
        (Some(false), Some(possible)) => {
            findings.unknown(possible.by, "");
        }
        (Some(false), None) => {
            findings.fail(inline.node(), "", MESSAGE);
        }
    }
}
