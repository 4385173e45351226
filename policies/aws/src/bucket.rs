//! What belongs to a bucket.

use palisade_sdk::related::{Companions, Link, Referent};
use palisade_sdk::rule::{Answer, Findings, Setting, Subject, setting};
use palisade_sdk::terraform::{Decoded, decoded};
use palisade_sdk::{Kind, Node, ResourceView};

use crate::iam::{Statement, statements};

/// What a bucket may be called by elsewhere.
pub(crate) const NAMES: &[&str] = &["bucket", "id"];

/// A resource that names its bucket in `bucket`.
pub(crate) const fn of_bucket(kind: &'static str) -> Link {
    Link { kind, path: "bucket", names: NAMES }
}

pub(crate) const BUCKET: &str = "aws_s3_bucket";
pub(crate) const ACCESS_BLOCK: &str = "aws_s3_bucket_public_access_block";
pub(crate) const ACCOUNT_BLOCK: &str = "aws_s3_account_public_access_block";
pub(crate) const ACL: &str = "aws_s3_bucket_acl";
pub(crate) const LOGGING: &str = "aws_s3_bucket_logging";
pub(crate) const POLICY: &str = "aws_s3_bucket_policy";

/// Whether a flag of the public access blocks around a bucket is on: its own block or the account's.
pub(crate) fn is_blocked<'b>(subject: &Subject<'b>, bucket: ResourceView<'b>, flag: &str) -> Answer<'b> {
    let companions = subject.companions_of(bucket, &[of_bucket(ACCESS_BLOCK)]);
    let own = companions.certain.iter().map(|it| it.resource.root());
    let account = subject.of_kind(ACCOUNT_BLOCK).map(|it| it.root());
    let mut answer = companions.possible.first().map_or(Answer::No, |it| Answer::Unknown(it.by));
    for root in own.chain(account) {
        let flag = setting(root, flag);
        answer = answer.or(match flag.is_true() {
            Some(true) => Answer::Yes(flag.node()),
            Some(false) => Answer::No,
            None => Answer::Unknown(flag.node()),
        });
    }
    answer
}

/// The buckets that a value of the subject may name; which of them cannot be known is an outcome of its own.
pub(crate) fn buckets_named<'b>(
    subject: &Subject<'b>,
    findings: &mut Findings<'_>,
    name: Node<'b>,
) -> Vec<ResourceView<'b>> {
    match subject.referent(name, &[BUCKET], NAMES) {
        Referent::Of(buckets) => buckets,
        Referent::Unknown(node) => {
            findings.unknown(node, "");
            Vec::new()
        }
        Referent::Elsewhere => Vec::new(),
    }
}

/// The policy documents of a bucket: its own attribute and the resources beside it.
pub(crate) fn policies<'b>(
    subject: &Subject<'b>,
    bucket: ResourceView<'b>,
) -> (Vec<Decoded<'b>>, Companions<'b>) {
    let companions = subject.companions_of(bucket, &[of_bucket(POLICY)]);
    let beside = companions.certain.iter().map(|it| decoded(it.resource, "policy"));
    let documents = std::iter::once(decoded(bucket, "policy")).chain(beside).collect();
    (documents, companions)
}

/// Whether one of the statements of these documents is so.
pub(crate) fn any_statement<'b>(
    documents: &[Decoded<'b>],
    ask: impl Fn(&Statement<'b>) -> Answer<'b>,
) -> Answer<'b> {
    let mut answer = Answer::No;
    for document in documents {
        match document {
            Decoded::Document(document) => {
                for statement in statements(*document) {
                    answer = answer.or(ask(&statement));
                }
            }
            Decoded::Unknown(node) => answer = answer.or(Answer::Unknown(*node)),
            Decoded::Absent => {}
        }
    }
    answer
}

/// Groups that stand for everybody, or everybody with an account of AWS.
const EVERYBODY: &[&str] = &["/global/AllUsers", "/global/AuthenticatedUsers"];

/// The value of an ACL that opens it to everybody, at a resource that has `acl`, `grant` blocks or an
/// `access_control_policy`.
pub(crate) fn open_acl(root: Node<'_>) -> Answer<'_> {
    let mut answer = match setting(root, "acl") {
        Setting::Set(acl) => match acl.as_scalar() {
            Some("public-read" | "public-read-write" | "authenticated-read") => Answer::Yes(acl),
            _ => Answer::No,
        },
        Setting::Unset(_) => Answer::No,
        Setting::Unknown(node) => Answer::Unknown(node),
    };
    for path in ["grant.uri", "access_control_policy.grant.grantee.uri"] {
        for uri in palisade_sdk::terraform::values(root, path) {
            answer = answer.or(match uri.as_scalar() {
                Some(text) if EVERYBODY.iter().any(|group| text.ends_with(group)) => Answer::Yes(uri),
                None if uri.kind() == Kind::Unknown => Answer::Unknown(uri),
                _ => Answer::No,
            });
        }
    }
    answer
}

/// What opens a bucket, unless an access block stops it.
fn unless_blocked<'b>(
    subject: &Subject<'b>,
    bucket: ResourceView<'b>,
    opening: Answer<'b>,
    flag: &str,
) -> Answer<'b> {
    if matches!(opening, Answer::No) {
        return Answer::No;
    }
    match is_blocked(subject, bucket, flag) {
        Answer::Yes(_) => Answer::No,
        Answer::Unknown(at) => Answer::Unknown(at),
        Answer::No => opening,
    }
}

/// Whether anybody may use a bucket by an ACL that no access block stops.
pub(crate) fn public_acl<'b>(subject: &Subject<'b>, bucket: ResourceView<'b>) -> Answer<'b> {
    let companions = subject.companions_of(bucket, &[of_bucket(ACL)]);
    let beside = companions.certain.iter().map(|it| open_acl(it.resource.root()));
    let acl = beside.fold(open_acl(bucket.root()), Answer::or);
    unless_blocked(subject, bucket, acl, "ignore_public_acls")
}

/// Whether anybody may use a bucket by a policy that no access block stops.
pub(crate) fn public_policy<'b>(subject: &Subject<'b>, bucket: ResourceView<'b>) -> Answer<'b> {
    let (documents, _) = policies(subject, bucket);
    unless_blocked(subject, bucket, any_statement(&documents, opens), "restrict_public_buckets")
}

/// Whether a bucket's accesses are logged, by its own block or by a resource beside it.
pub(crate) fn is_logged<'b>(subject: &Subject<'b>, bucket: ResourceView<'b>) -> Answer<'b> {
    let beside = subject.companions_of(bucket, &[of_bucket(LOGGING)]);
    let inline = match setting(bucket.root(), "logging") {
        Setting::Set(block) if block.children().next().is_some() => Answer::Yes(block),
        Setting::Unknown(node) => Answer::Unknown(node),
        _ => Answer::No,
    };
    let certain = beside.certain.first().map_or(Answer::No, |it| Answer::Yes(it.by));
    inline.or(certain).or(beside.possible.first().map_or(Answer::No, |it| Answer::Unknown(it.by)))
}

/// Whether logs of other buckets are written to a bucket.
pub(crate) fn receives_logs<'b>(subject: &Subject<'b>, bucket: ResourceView<'b>) -> bool {
    let links = [
        Link { kind: LOGGING, path: "target_bucket", names: NAMES },
        Link { kind: BUCKET, path: "logging.target_bucket", names: NAMES },
    ];
    let delivers =
        |root| setting(root, "acl").set().and_then(|acl| acl.as_str()) == Some("log-delivery-write");
    let acls = subject.companions_of(bucket, &[of_bucket(ACL)]).certain;
    !subject.companions_of(bucket, &links).certain.is_empty()
        || delivers(bucket.root())
        || acls.iter().any(|it| delivers(it.resource.root()))
}

/// Wants a flag of a public access block to be on, there or for the whole account.
pub(crate) fn require_flag(subject: &Subject<'_>, findings: &mut Findings<'_>, flag: &str, message: &str) {
    let own = setting(subject.start(), flag);
    let account: Vec<Setting<'_>> =
        subject.of_kind(ACCOUNT_BLOCK).map(|block| setting(block.root(), flag)).collect();
    if own.is_true() == Some(true) || account.iter().any(|it| it.is_true() == Some(true)) {
        return;
    }
    if own.is_true().is_none() || account.iter().any(|it| it.is_true().is_none()) {
        findings.unknown(own.node(), "");
        return;
    }
    findings.fail(own.node(), "", message);
}

/// Whether a statement lets anybody in.
pub(crate) fn opens<'b>(statement: &Statement<'b>) -> Answer<'b> {
    let open = statement.everybody().and(statement.has_effect("Allow"));
    match (open, statement.is_narrowed()) {
        (Answer::No, _) | (_, Answer::Yes(_)) => Answer::No,
        (_, Answer::Unknown(at)) => Answer::Unknown(at),
        (open, Answer::No) => open,
    }
}
