use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Subject};

use crate::bucket::{buckets_of, is_logged};

palisade_sdk::control! {
    /// CloudTrail bucket has no access logging
    ///
    /// ## Why
    /// Attackers who cover their tracks read or delete the trail. Without access logs of its bucket, that
    /// is not recorded.
    ///
    /// ## Impact
    /// Logs cost storage in the bucket that they are written to.
    ///
    /// ## Fix
    /// Add an `aws_s3_bucket_logging` for the bucket of the trail.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_cloudtrail" "main" {
    ///   name           = "main"
    ///   s3_bucket_name = aws_s3_bucket.trail.id
    /// }
    ///
    /// resource "aws_s3_bucket" "trail" {
    ///   bucket = "example-trail"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_cloudtrail" "main" {
    ///   name           = "main"
    ///   s3_bucket_name = aws_s3_bucket.trail.id
    /// }
    ///
    /// resource "aws_s3_bucket" "trail" {
    ///   bucket = "example-trail"
    /// }
    ///
    /// resource "aws_s3_bucket_logging" "trail" {
    ///   bucket        = aws_s3_bucket.trail.id
    ///   target_bucket = "example-logs"
    ///   target_prefix = "trail/"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-cloudtrail-bucket-logging-missing",
        severity: Severity::Low,
        shapes: &["aws.cloudtrail@1"],
        aliases: &["AWS-0163", "AVD-AWS-0163", "aws-cloudtrail-require-bucket-access-logging", "ee9e50e8-b2ed-4176-ad42-8fc0cf7593f4"],
        policies: &["cis-aws-1.2/2.6", "cis-aws-1.4/3.6"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(name) = subject.at("bucketName") else { return };
    for bucket in buckets_of(subject, findings) {
        let open = Answer::Yes(name).unless(is_logged(bucket));
        findings.report(
            open,
            "",
            "access logging of the trail's bucket is not enabled: add an `aws_s3_bucket_logging`",
        );
    }
}
