use palisade_sdk::rule::{Answer, Findings, Rule, Subject};
use palisade_sdk::{Kind, Severity};

use crate::bucket::any_statement;
use crate::iam::Statement;

palisade_sdk::control! {
    /// S3 bucket accepts plain HTTP
    ///
    /// ## Why
    /// S3 answers over HTTP as well as over HTTPS. Anyone on the network path can then read objects and
    /// presigned URLs, and can replace what is delivered.
    ///
    /// ## Impact
    /// Clients that still use `http://` are refused.
    ///
    /// ## Fix
    /// Add a policy that denies `s3:*` where `aws:SecureTransport` is `false`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_s3_bucket" "data" {
    ///   bucket = "example-data"
    /// }
    ///
    /// resource "aws_s3_bucket_policy" "data" {
    ///   bucket = aws_s3_bucket.data.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Deny"
    ///       Principal = "*"
    ///       Action    = "s3:*"
    ///       Resource  = ["arn:aws:s3:::example-data", "arn:aws:s3:::example-data/*"]
    ///       Condition = { Bool = { "aws:SecureTransport" = "false" } }
    ///     }]
    ///   })
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-s3-bucket-plain-transport",
        severity: Severity::Medium,
        shapes: &["aws.s3-bucket@1"],
        aliases: &["4bc4dd4c-7d8d-405e-a0fb-57fa4c31b4d9"],
        rule: Rule::Coded(judge),
    };
}

/// Whether a statement denies everybody what does not come over TLS.
fn denies_plain<'b>(statement: &Statement<'b>) -> Answer<'b> {
    let Some(condition) = statement.condition() else { return Answer::No };
    if condition.kind() == Kind::Unknown {
        return Answer::Unknown(condition);
    }
    let operators = condition.children().filter(|it| it.key().to_ascii_lowercase().starts_with("bool"));
    let flag = operators
        .flat_map(|it| it.children())
        .find(|it| it.key().eq_ignore_ascii_case("aws:SecureTransport"));
    let plain = match flag {
        None => Answer::No,
        Some(flag) if flag.kind() == Kind::Unknown => Answer::Unknown(flag),
        Some(flag) => {
            let mut values = flag.items().chain([flag]).filter_map(|it| it.as_scalar());
            if values.any(|it| it.eq_ignore_ascii_case("false")) { Answer::Yes(flag) } else { Answer::No }
        }
    };
    plain
        .and(statement.everybody())
        .and(statement.covers_action("s3:GetObject"))
        .and(statement.has_effect("Deny"))
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let bucket = subject.start();
    let plain = Answer::Yes(bucket).unless(any_statement(bucket, denies_plain));
    findings.report(plain, "", "the bucket accepts plain HTTP: deny it in the bucket's policy");
}
