use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 public access block does not block public ACLs
    ///
    /// ## Why
    /// With `block_public_acls` disabled, any upload and any change of an ACL can publish an object or
    /// the bucket. Anonymous users can then download it.
    ///
    /// ## Impact
    /// Uploads that request a public ACL are refused. Serve public files through CloudFront instead.
    ///
    /// ## Fix
    /// Set `block_public_acls = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket              = "example-logs"
    ///   block_public_policy = true
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket            = "example-logs"
    ///   block_public_acls = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-public-acls-allowed",
        severity: Severity::Medium,
        judges: &[shape("aws.s3-access-block@1", "blockPublicAcls")],
        aliases: &["AWS-0086", "AVD-AWS-0086", "aws-s3-block-public-acls", "CKV_AWS_53", "d0cc8694-fcad-43ff-ac86-32331d7e867f"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "public ACLs are not blocked",
            ..Must::TEMPLATE
        }),
    };
}
