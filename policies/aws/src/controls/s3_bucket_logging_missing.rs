use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Subject};

use crate::bucket::{is_logged, receives_logs};

palisade_sdk::control! {
    /// S3 bucket has no access logging
    ///
    /// ## Why
    /// Without access logs it is unknown afterwards which objects were read, and by whom.
    ///
    /// ## Impact
    /// Logs cost storage in the bucket that they are written to.
    ///
    /// ## Fix
    /// Add an `aws_s3_bucket_logging` for the bucket. The bucket that receives the logs needs none itself.
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
    /// resource "aws_s3_bucket_logging" "data" {
    ///   bucket        = aws_s3_bucket.data.id
    ///   target_bucket = "example-logs"
    ///   target_prefix = "data/"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-logging-missing",
        severity: Severity::Low,
        shapes: &["aws.s3-bucket@1"],
        aliases: &["AWS-0089", "AVD-AWS-0089", "aws-s3-enable-logging", "CKV_AWS_18", "f861041c-8c9f-4156-acfc-5e6e524f5884"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let bucket = subject.start();
    if !receives_logs(bucket) {
        let open = Answer::Yes(bucket).unless(is_logged(bucket));
        findings.report(open, "", "access logging is not enabled: add an `aws_s3_bucket_logging`");
    }
}
