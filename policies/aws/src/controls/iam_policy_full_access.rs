use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::iam::{IDENTITY_POLICIES, each_identity_statement};

palisade_sdk::control! {
    /// IAM policy allows every action on every resource
    ///
    /// ## Why
    /// Such a policy makes its holder an administrator of the account. One stolen key, or one
    /// vulnerability of the application that has it, exposes the whole account.
    ///
    /// ## Impact
    /// Whatever relied on permissions that are not listed stops working. Access Analyzer proposes a
    /// policy from what was used.
    ///
    /// ## Fix
    /// List the actions and resources that are needed.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_iam_policy" "deploy" {
    ///   name = "deploy"
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect   = "Allow"
    ///       Action   = "*"
    ///       Resource = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_iam_policy" "deploy" {
    ///   name = "deploy"
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect   = "Allow"
    ///       Action   = ["ecs:UpdateService"]
    ///       Resource = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-iam-policy-full-access",
        severity: Severity::High,
        kinds: IDENTITY_POLICIES,
        aliases: &["CKV_AWS_1", "CKV_AWS_62", "2f37c4a3-58b9-4afe-8a87-d7f1d2286f84"],
        policies: &["cis-aws-1.4/1.16"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_identity_statement(
        subject,
        findings,
        |statement| {
            statement.every_action().and(statement.every_resource()).and(statement.has_effect("Allow"))
        },
        "the policy allows all actions on all resources: list the actions that are needed",
    );
}
