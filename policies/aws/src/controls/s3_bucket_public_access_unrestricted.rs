use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// S3 public access block does not restrict public buckets
    ///
    /// ## Why
    /// With `restrict_public_buckets` disabled, a bucket whose policy is already public stays open to
    /// everyone.
    ///
    /// ## Impact
    /// Anonymous callers and other accounts lose their access to buckets with a public policy.
    ///
    /// ## Fix
    /// Set `restrict_public_buckets = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket                  = "example-logs"
    ///   restrict_public_buckets = false
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket_public_access_block" "logs" {
    ///   bucket                  = "example-logs"
    ///   restrict_public_buckets = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-public-access-unrestricted",
        severity: Severity::Medium,
        judges: &[shape("aws.s3-access-block@1", "restrictPublicBuckets")],
        aliases: &["AWS-0093", "AVD-AWS-0093", "aws-s3-no-public-buckets", "CKV_AWS_56", "1ec253ab-c220-4d63-b2de-5b40e0af9293"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "a public policy is honoured",
            ..Must::TEMPLATE
        }),
    };
}
