use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// CloudTrail is not multi-region
    ///
    /// ## Why
    /// Attackers with a key of the account can work unnoticed in a region that the trail does not record.
    ///
    /// ## Impact
    /// More events are recorded; the first trail of management events is free.
    ///
    /// ## Fix
    /// Set `is_multi_region_trail = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_cloudtrail" "main" {
    ///   name           = "main"
    ///   s3_bucket_name = "example-trail"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_cloudtrail" "main" {
    ///   name                  = "main"
    ///   s3_bucket_name        = "example-trail"
    ///   is_multi_region_trail = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-cloudtrail-single-region",
        severity: Severity::Medium,
        judges: &[terraform("aws_cloudtrail", "is_multi_region_trail")],
        aliases: &["AWS-0014", "AVD-AWS-0014", "aws-cloudtrail-enable-all-regions", "CKV_AWS_67", "8173d5eb-96b5-4aa6-a71b-ecfa153c123d"],
        policies: &["cis-aws-1.2/2.5"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "the trail is not multi-region",
            ..Must::TEMPLATE
        }),
    };
}
