use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// SNS topic is not encrypted
    ///
    /// ## Why
    /// Messages are stored unencrypted. With a KMS key only principals that may use the key can read
    /// them.
    ///
    /// ## Impact
    /// Publishers and subscribers need permission for the key.
    ///
    /// ## Fix
    /// Set `kms_master_key_id`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_sns_topic" "orders" {
    ///   name = "orders"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_sns_topic" "orders" {
    ///   name              = "orders"
    ///   kms_master_key_id = "alias/orders"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-sns-topic-unencrypted",
        severity: Severity::Medium,
        judges: &[terraform("aws_sns_topic", "kms_master_key_id")],
        aliases: &["AWS-0095", "AVD-AWS-0095", "aws-sns-enable-topic-encryption", "CKV_AWS_26", "28545147-2fc6-42d5-a1f9-cf226658e591"],
        rule: Rule::Must(Must {
            // An unknown key is a key.
            be: Want::Set,
            unset: Missing::Fails,
            message: "the topic is not encrypted: set `kms_master_key_id`",
            ..Must::TEMPLATE
        }),
    };
}
