use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 bucket has no public access block
    ///
    /// ## Why
    /// The block overrides every ACL and every policy that would make the bucket public by mistake.
    /// Without it in the code, one wrong line elsewhere is enough to publish the bucket's objects.
    ///
    /// ## Impact
    /// None for a private bucket. One that is meant to be public needs a block whose flags allow it.
    ///
    /// ## Fix
    /// Add an `aws_s3_bucket_public_access_block` for the bucket with all four flags set to `true`, or
    /// one for the whole account.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket" "logs" {
    ///   bucket = "example-logs"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket" "logs" {
    ///   bucket = "example-logs"
    /// }
    ///
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket                  = aws_s3_bucket.logs.id
    ///   block_public_acls       = true
    ///   block_public_policy     = true
    ///   ignore_public_acls      = true
    ///   restrict_public_buckets = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-access-block-missing",
        severity: Severity::Low,
        judges: &[shape("aws.s3-bucket@1", "accessBlock")],
        aliases: &["AWS-0094", "AVD-AWS-0094", "aws-s3-specify-public-access-block", "CKV2_AWS_6"],
        rule: Rule::Must(Must {
            be: Want::Present,
            unset: Missing::Fails,
            message: "the bucket has no public access block: add an `aws_s3_bucket_public_access_block`",
            ..Must::TEMPLATE
        }),
    };
}
