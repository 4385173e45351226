use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};
use palisade_sdk::terraform::decoded;

use crate::iam::each_statement;
use crate::iam::opens;

palisade_sdk::control! {
    /// SQS queue has a public policy
    ///
    /// ## Why
    /// A policy that allows `*` without a condition on the caller lets any account read messages, or send
    /// forged ones that the consumer trusts.
    ///
    /// ## Impact
    /// Senders and readers who are not named are refused.
    ///
    /// ## Fix
    /// Name the accounts or services, or add a condition on `aws:SourceArn` or `aws:SourceAccount`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_sqs_queue" "orders" {
    ///   name = "orders"
    /// }
    ///
    /// resource "aws_sqs_queue_policy" "orders" {
    ///   queue_url = aws_sqs_queue.orders.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = "*"
    ///       Action    = "sqs:SendMessage"
    ///       Resource  = aws_sqs_queue.orders.arn
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_sqs_queue" "orders" {
    ///   name = "orders"
    /// }
    ///
    /// resource "aws_sqs_queue_policy" "orders" {
    ///   queue_url = aws_sqs_queue.orders.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { Service = "sns.amazonaws.com" }
    ///       Action    = "sqs:SendMessage"
    ///       Resource  = aws_sqs_queue.orders.arn
    ///       Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-central-1:111122223333:orders" } }
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-sqs-queue-public",
        severity: Severity::High,
        kinds: &["aws_sqs_queue", "aws_sqs_queue_policy"],
        aliases: &["CKV_AWS_168", "730675f9-52ed-49b6-8ead-0acb5dd7df7f", "abb06e5f-ef9a-4a99-98c6-376d396bfcdf"],
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
        "the policy of the queue is public: name the allowed principals",
    );
}
