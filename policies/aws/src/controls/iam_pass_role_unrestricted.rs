use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::iam::{IDENTITY_POLICIES, each_identity_statement};

palisade_sdk::control! {
    /// IAM policy allows iam:PassRole for any role
    ///
    /// ## Why
    /// Anyone who may pass any role to a service can start an instance or a function with the most
    /// powerful role and act with it.
    ///
    /// ## Impact
    /// Deployments may pass only the roles that are listed.
    ///
    /// ## Fix
    /// List the roles in `Resource`, and the service in a condition on `iam:PassedToService`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_iam_policy" "deploy" {
    ///   name = "deploy"
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect   = "Allow"
    ///       Action   = "iam:PassRole"
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
    ///       Action   = "iam:PassRole"
    ///       Resource = "arn:aws:iam::111122223333:role/task"
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-iam-pass-role-unrestricted",
        severity: Severity::High,
        kinds: IDENTITY_POLICIES,
        aliases: &["e39bee8c-fe54-4a3f-824d-e5e2d1cca40a"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_identity_statement(
        subject,
        findings,
        |statement| {
            statement
                .covers_action("iam:PassRole")
                .and(statement.every_role())
                .and(statement.has_effect("Allow"))
        },
        "`iam:PassRole` is allowed for any role: list the roles in `Resource`",
    );
}
