use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 public access block does not block public policies
    ///
    /// ## Why
    /// With `block_public_policy` disabled, a public policy is accepted. One careless change then
    /// publishes the whole bucket.
    ///
    /// ## Impact
    /// Changes that would make the policy public are refused.
    ///
    /// ## Fix
    /// Set `block_public_policy = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket              = "example-logs"
    ///   block_public_policy = false
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket              = "example-logs"
    ///   block_public_policy = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-public-policy-allowed",
        severity: Severity::Medium,
        judges: &[shape("aws.s3-access-block@1", "blockPublicPolicy")],
        aliases: &["AWS-0087", "AVD-AWS-0087", "aws-s3-block-public-policy", "CKV_AWS_54", "1a4bc881-9f69-4d44-8c9a-d37d08f54c50"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "public policies are not blocked",
            ..Must::TEMPLATE
        }),
    };
}
