use palisade_sdk::Severity;
use palisade_sdk::rule::Rule;

use crate::bucket::public_policy;

palisade_sdk::control! {
    /// S3 bucket has a public policy
    ///
    /// ## Why
    /// A policy that allows `*` without a condition on the caller allows its actions to anyone on the
    /// internet: listing, reading, and at worst replacing objects.
    ///
    /// ## Impact
    /// Callers who are not named lose their access.
    ///
    /// ## Fix
    /// Name the accounts or roles that need access, or serve public files through CloudFront.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_policy" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = "*"
    ///       Action    = "s3:GetObject"
    ///       Resource  = "arn:aws:s3:::example-data/*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_policy" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "arn:aws:iam::111122223333:root" }
    ///       Action    = "s3:GetObject"
    ///       Resource  = "arn:aws:s3:::example-data/*"
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-public-policy",
        severity: Severity::High,
        shapes: &["aws.s3-bucket@1"],
        aliases: &["CKV_AWS_70", "7af43613-6bb9-4a0e-8c4d-1314b799425e"],
        rule: Rule::Coded(|subject, findings| {
            findings.report(
                public_policy(subject.start()),
                "",
                "the policy of the bucket is public: name the allowed principals, or add a condition on the caller",
            );
        }),
    };
}
