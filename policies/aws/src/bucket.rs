//! Attributes of buckets for several controls, from `aws.s3-bucket@1`.

use palisade_sdk::rule::{Answer, Findings, Setting, Subject, is_filled, setting};
use palisade_sdk::{Kind, Node};

use crate::iam::{Statement, opens, statements};

/// The buckets that a trail writes to. Unknown ones are reported as an unknown outcome.
pub(crate) fn buckets_of<'b>(subject: &Subject<'b>, findings: &mut Findings<'_>) -> Vec<Node<'b>> {
    let (unknown, buckets): (Vec<_>, Vec<_>) =
        subject.each(&["buckets"]).partition(|it| it.kind() == Kind::Unknown);
    for node in unknown {
        findings.unknown(node, "");
    }
    buckets
}

/// Whether any statement of a bucket's policies matches.
pub(crate) fn any_statement<'b>(bucket: Node<'b>, ask: impl Fn(&Statement<'b>) -> Answer<'b>) -> Answer<'b> {
    let policies = bucket.items_at("policies");
    policies.fold(Answer::No, |answer, policy| match policy.kind() {
        Kind::Unknown => answer.or(Answer::Unknown(policy)),
        _ => statements(policy).iter().fold(answer, |answer, it| answer.or(ask(it))),
    })
}

/// Whether an ACL makes a bucket public, and no access block prevents it.
pub(crate) fn public_acl(bucket: Node<'_>) -> Answer<'_> {
    let any = |path: &str, holds: fn(&str) -> bool| Answer::any(bucket.items_at(path), holds);
    let canned = any("acls", |it| matches!(it, "public-read" | "public-read-write" | "authenticated-read"));
    // Groups of all users, or of all users with an AWS account.
    let granted = any("granteeUris", |it| {
        it.ends_with("/global/AllUsers") || it.ends_with("/global/AuthenticatedUsers")
    });
    canned.or(granted).unless(setting(bucket, "ignorePublicAcls").matches(|it| it == "true"))
}

/// Whether a policy makes a bucket public, and no access block prevents it.
pub(crate) fn public_policy(bucket: Node<'_>) -> Answer<'_> {
    any_statement(bucket, opens).unless(setting(bucket, "restrictPublicBuckets").matches(|it| it == "true"))
}

/// Whether access logging is enabled for a bucket.
pub(crate) fn is_logged(bucket: Node<'_>) -> Answer<'_> {
    match setting(bucket, "logging") {
        Setting::Set(logging) if is_filled(logging) => Answer::Yes(logging),
        Setting::Unknown(node) => Answer::Unknown(node),
        _ => Answer::No,
    }
}

/// Whether a bucket receives access logs of other buckets.
pub(crate) fn receives_logs(bucket: Node<'_>) -> bool {
    bucket.get("logsOf").is_some()
        || bucket.items_at("acls").any(|it| it.as_scalar() == Some("log-delivery-write"))
}
