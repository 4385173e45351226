use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// ECR repository has mutable tags
    ///
    /// ## Why
    /// Anyone who may push can replace the image behind a tag that is already deployed; the next task or
    /// instance that starts runs something else.
    ///
    /// ## Impact
    /// Pipelines that push the same tag again, such as `latest`, fail.
    ///
    /// ## Fix
    /// Set `image_tag_mutability = "IMMUTABLE"`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_ecr_repository" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_ecr_repository" "shop" {
    ///   name                 = "shop"
    ///   image_tag_mutability = "IMMUTABLE"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-ecr-tags-mutable",
        severity: Severity::Low,
        judges: &[terraform("aws_ecr_repository", "image_tag_mutability")],
        aliases: &["AWS-0031", "AVD-AWS-0031", "aws-ecr-enforce-immutable-repository", "CKV_AWS_51", "d1846b12-20c5-4d45-8798-fc35b79268eb"],
        rule: Rule::Must(Must {
            be: Want::One(&["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"]),
            unset: Missing::Fails,
            message: "tags are mutable",
            ..Must::TEMPLATE
        }),
    };
}
