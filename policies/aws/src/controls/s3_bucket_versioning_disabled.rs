use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 bucket versioning is disabled
    ///
    /// ## Why
    /// Without versioning, an object that is overwritten or deleted is lost, whether by a faulty job, a
    /// stolen key or ransomware.
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
        judges: &[shape("aws.s3-bucket@1", "versioningConfiguration.status")],
        aliases: &["AWS-0090", "AVD-AWS-0090", "aws-s3-enable-versioning", "CKV_AWS_21", "568a4d22-3517-44a6-a7ad-6a7eed88722c"],
        rule: Rule::Must(Must {
            be: Want::One(&["Enabled"]),
            unset: Missing::Fails,
            message: "versioning is not enabled",
            ..Must::TEMPLATE
        }),
    };
}
