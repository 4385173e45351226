use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};
use palisade_sdk::terraform::decoded;

use crate::iam::each_statement;
use crate::iam::opens;

palisade_sdk::control! {
    /// IAM role can be assumed by anyone
    ///
    /// ## Why
    /// A trust policy that names `*` lets any AWS account assume the role, with all of its permissions.
    ///
    /// ## Impact
    /// Accounts and services that are not named can no longer assume the role.
    ///
    /// ## Fix
    /// Name the accounts, roles or services that may, or add a condition such as `aws:PrincipalOrgID` or
    /// `sts:ExternalId`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_iam_role" "deploy" {
    ///   name = "deploy"
    ///   assume_role_policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Action    = "sts:AssumeRole"
    ///       Principal = { AWS = "*" }
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_iam_role" "deploy" {
    ///   name = "deploy"
    ///   assume_role_policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Action    = "sts:AssumeRole"
    ///       Principal = { Service = "ecs-tasks.amazonaws.com" }
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-iam-role-assumable-by-anyone",
        severity: Severity::Critical,
        kinds: &["aws_iam_role"],
        aliases: &["CKV_AWS_60"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_statement(
        decoded(subject.resource(), "assume_role_policy"),
        "",
        findings,
        opens,
        "anyone can assume the role: name the allowed principals",
    );
}
