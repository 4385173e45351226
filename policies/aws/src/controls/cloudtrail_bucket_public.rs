use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Subject};

use crate::bucket::{buckets_of, public_acl, public_policy};

palisade_sdk::control! {
    /// CloudTrail bucket is public
    ///
    /// ## Why
    /// The trail records who does what in the account: names, addresses, resources. If it is public, it
    /// is a map for attackers.
    ///
    /// ## Impact
    /// Readers of the bucket must be named.
    ///
    /// ## Fix
    /// Make the ACL of the bucket private, narrow its policy, and add a public access block.
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
    ///
    /// resource "aws_s3_bucket_acl" "trail" {
    ///   bucket = aws_s3_bucket.trail.id
    ///   acl    = "public-read"
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
    /// resource "aws_s3_bucket_acl" "trail" {
    ///   bucket = aws_s3_bucket.trail.id
    ///   acl    = "private"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-cloudtrail-bucket-public",
        severity: Severity::Critical,
        shapes: &["aws.cloudtrail@1"],
        aliases: &["AWS-0161", "AVD-AWS-0161", "aws-cloudtrail-no-public-log-access", "bd0088a5-c133-4b20-b129-ec9968b16ef3"],
        policies: &["cis-aws-1.2/2.3", "cis-aws-1.4/3.3"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for bucket in buckets_of(subject, findings) {
        match public_acl(bucket).or(public_policy(bucket)) {
            Answer::Yes(at) => {
                let outcome = findings.fail(
                    at,
                    "",
                    "the bucket of the trail is public: make its ACL and its policy private",
                );
                outcome.related_nodes.extend(subject.at("bucketName").map(|it| it.index()));
            }
            answer => findings.report(answer, "", ""),
        }
    }
}
