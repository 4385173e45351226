use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, Only, terraform, when};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// KMS key rotation is disabled
    ///
    /// ## Why
    /// The longer one key is used, the more it protects, and the more is lost with it. Rotation replaces it
    /// each year without any work.
    ///
    /// ## Impact
    /// None: old data stays readable, and nothing has to be encrypted again.
    ///
    /// ## Fix
    /// Set `enable_key_rotation = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_kms_key" "data" {
    ///   description = "data"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_kms_key" "data" {
    ///   description         = "data"
    ///   enable_key_rotation = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-kms-key-rotation-disabled",
        severity: Severity::Low,
        judges: &[terraform("aws_kms_key", "enable_key_rotation").only(SYMMETRIC)],
        aliases: &["AWS-0065", "AVD-AWS-0065", "aws-kms-auto-rotate-keys", "CKV_AWS_7", "22fbfeac-7b5a-421a-8a27-7a2178bb910b"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "key rotation is disabled",
            ..Must::TEMPLATE
        }),
    };
}

/// Only symmetric keys can be rotated.
const SYMMETRIC: &[Only] = &[
    when("customer_master_key_spec", Want::One(&["SYMMETRIC_DEFAULT"])).or_unset(),
    when("key_usage", Want::One(&["ENCRYPT_DECRYPT"])).or_unset(),
];
