use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 public access block does not ignore public ACLs
    ///
    /// ## Why
    /// With `ignore_public_acls` disabled, public ACLs that were set before, or by other accounts, are
    /// still honoured.
    ///
    /// ## Impact
    /// Objects that are public by their ACL alone can no longer be read anonymously.
    ///
    /// ## Fix
    /// Set `ignore_public_acls = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket             = "example-logs"
    ///   ignore_public_acls = false
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket             = "example-logs"
    ///   ignore_public_acls = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-public-acls-honoured",
        severity: Severity::Medium,
        judges: &[shape("aws.s3-access-block@1", "ignorePublicAcls")],
        aliases: &["AWS-0091", "AVD-AWS-0091", "aws-s3-ignore-public-acls", "CKV_AWS_55", "4fa66806-0dd9-4f8d-9480-3174d39c7c91"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "public ACLs are honoured",
            ..Must::TEMPLATE
        }),
    };
}
