use palisade_sdk::Severity;
use palisade_sdk::rule::Rule;

use crate::bucket::public_acl;

palisade_sdk::control! {
    /// S3 bucket has a public ACL
    ///
    /// ## Why
    /// A public ACL lets anyone on the internet list, read or even write the bucket. Scanners find such
    /// buckets within hours.
    ///
    /// ## Impact
    /// Anonymous access ends. Serve public files through CloudFront with an origin access control.
    ///
    /// ## Fix
    /// Remove the public ACL, and disable ACLs with `object_ownership = "BucketOwnerEnforced"`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_acl" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///   acl    = "public-read"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_acl" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///   acl    = "private"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-public-acl",
        severity: Severity::High,
        shapes: &["aws.s3-bucket@1"],
        aliases: &["AWS-0092", "AVD-AWS-0092", "aws-s3-no-public-access-with-acl"],
        rule: Rule::Coded(|subject, findings| {
            findings.report(public_acl(subject.start()), "", "the ACL of the bucket is public: make it private");
        }),
    };
}
