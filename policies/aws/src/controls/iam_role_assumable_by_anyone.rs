use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};
use palisade_sdk::terraform::decoded;

use crate::iam::opens;
use crate::iam::each_statement;

palisade_sdk::control! {
    /// IAM role may be assumed by anybody
    ///
    /// ## Why
    /// A trust policy that names `*` lets any account of AWS take the role, and with it whatever the role
    /// may do.
    ///
    /// ## Impact
    /// Accounts and services that are not named can no longer take the role.
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
        "anybody may take the role: name who may",
    );
}
