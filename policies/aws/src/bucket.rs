//! What several controls ask of a bucket, as `aws.s3-bucket@1` has it.

use palisade_sdk::rule::{Answer, Findings, Setting, Subject, is_filled, setting};
use palisade_sdk::{Kind, Node};

use crate::iam::{Statement, opens, statements};

/// The buckets that a trail writes to; which of them cannot be known is an outcome of its own.
pub(crate) fn buckets_of<'b>(subject: &Subject<'b>, findings: &mut Findings<'_>) -> Vec<Node<'b>> {
    let (unknown, buckets): (Vec<_>, Vec<_>) =
        subject.each(&["buckets"]).partition(|it| it.kind() == Kind::Unknown);
    for node in unknown {
        findings.unknown(node, "");
    }
    buckets
}

/// Whether one of the statements of a bucket's policies is so.
pub(crate) fn any_statement<'b>(bucket: Node<'b>, ask: impl Fn(&Statement<'b>) -> Answer<'b>) -> Answer<'b> {
    let policies = bucket.items_at("policies");
    policies.fold(Answer::No, |answer, policy| match policy.kind() {
        Kind::Unknown => answer.or(Answer::Unknown(policy)),
        _ => statements(policy).iter().fold(answer, |answer, it| answer.or(ask(it))),
    })
}

/// Whether anybody may use a bucket by an ACL that no access block stops.
pub(crate) fn public_acl(bucket: Node<'_>) -> Answer<'_> {
    let any = |path: &str, holds: fn(&str) -> bool| Answer::any(bucket.items_at(path), holds);
    let canned = any("acls", |it| matches!(it, "public-read" | "public-read-write" | "authenticated-read"));
    // Groups that stand for everybody, or everybody with an account of AWS.
    let granted = any("granteeUris", |it| {
        it.ends_with("/global/AllUsers") || it.ends_with("/global/AuthenticatedUsers")
    });
    canned.or(granted).unless(setting(bucket, "ignorePublicAcls").matches(|it| it == "true"))
}

/// Whether anybody may use a bucket by a policy that no access block stops.
pub(crate) fn public_policy(bucket: Node<'_>) -> Answer<'_> {
    any_statement(bucket, opens).unless(setting(bucket, "restrictPublicBuckets").matches(|it| it == "true"))
}

/// Whether a bucket's accesses are logged.
pub(crate) fn is_logged(bucket: Node<'_>) -> Answer<'_> {
    match setting(bucket, "logging") {
        Setting::Set(logging) if is_filled(logging) => Answer::Yes(logging),
        Setting::Unknown(node) => Answer::Unknown(node),
        _ => Answer::No,
    }
}

/// Whether logs of other buckets are written to a bucket.
pub(crate) fn receives_logs(bucket: Node<'_>) -> bool {
    bucket.get("logsOf").is_some()
        || bucket.items_at("acls").any(|it| it.as_scalar() == Some("log-delivery-write"))
}
