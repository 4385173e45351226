use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// CloudTrail log file validation is disabled
    ///
    /// ## Why
    /// Without digests nobody can prove that the files of the trail are complete: anyone who can write to
    /// the bucket can remove events.
    ///
    /// ## Impact
    /// None; digests take little space.
    ///
    /// ## Fix
    /// Set `enable_log_file_validation = true`.
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
    ///   name                       = "main"
    ///   s3_bucket_name             = "example-trail"
    ///   enable_log_file_validation = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-cloudtrail-validation-disabled",
        severity: Severity::Medium,
        judges: &[terraform("aws_cloudtrail", "enable_log_file_validation")],
        aliases: &["AWS-0016", "AVD-AWS-0016", "aws-cloudtrail-enable-log-validation", "CKV_AWS_36", "52ffcfa6-6c70-4ea6-8376-d828d3961669"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "log file validation is disabled",
            ..Must::TEMPLATE
        }),
    };
}
