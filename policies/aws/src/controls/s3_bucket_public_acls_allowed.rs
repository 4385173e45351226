use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 public access block lets public ACLs be set
    ///
    /// ## Why
    /// With `block_public_acls` off, any upload and any change of an ACL may publish an object or the
    /// bucket. Anonymous readers then download what it holds.
    ///
    /// ## Impact
    /// Uploads that ask for a public ACL are refused. Serve public files through CloudFront instead.
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
            message: "public ACLs may be set",
            ..Must::TEMPLATE
        }),
    };
}
