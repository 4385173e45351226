use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};
use palisade_sdk::terraform::decoded;

use crate::iam::each_statement;
use crate::iam::opens;

palisade_sdk::control! {
    /// SNS topic has a public policy
    ///
    /// ## Why
    /// A policy that allows `*` without a condition on the caller lets any account publish forged
    /// messages, or subscribe and read messages.
    ///
    /// ## Impact
    /// Publishers and subscribers who are not named are refused.
    ///
    /// ## Fix
    /// Name the accounts or services, or add a condition on `aws:SourceArn` or `aws:SourceAccount`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_sns_topic_policy" "orders" {
    ///   arn = "arn:aws:sns:eu-central-1:111122223333:orders"
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "*" }
    ///       Action    = "sns:Publish"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_sns_topic_policy" "orders" {
    ///   arn = "arn:aws:sns:eu-central-1:111122223333:orders"
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { Service = "events.amazonaws.com" }
    ///       Action    = "sns:Publish"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-sns-topic-public",
        severity: Severity::High,
        kinds: &["aws_sns_topic", "aws_sns_topic_policy"],
        aliases: &["CKV_AWS_169", "b26d2b7e-60f6-413d-a3a1-a57db24aa2b3"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let document = decoded(subject.resource(), "policy");
    each_statement(
        document,
        "",
        findings,
        opens,
        "the policy of the topic is public: name the allowed principals",
    );
}
