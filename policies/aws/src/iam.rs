//! Policy documents: statements with their actions, resources and principals.
//!
//! Each question has three answers. An unknown value makes the answer unknown only if the answer depends on it.

use palisade_sdk::network::is_everywhere;
use palisade_sdk::rule::{Answer, Findings, Subject};
use palisade_sdk::terraform::{Decoded, blocks, decoded};
use palisade_sdk::{Kind, Node};

/// Resources with an identity policy, and the attribute that contains it.
pub(crate) const IDENTITY_POLICIES: &[&str] = &[
    "aws_iam_group_policy",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_ssoadmin_permission_set_inline_policy",
];

/// One statement of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'b> {
    pub(crate) node: Node<'b>,
}

/// The items of a single value or a list.
fn items(node: Node<'_>) -> Vec<Node<'_>> {
    if node.kind() == Kind::Sequence { node.items().collect() } else { vec![node] }
}

/// Whether an unknown value is certainly a single ARN: one that AWS assigns to a resource.
fn is_an_address(node: Node<'_>) -> bool {
    let expression = node.as_unknown().map_or("", |unknown| node.batch().text(unknown.expression));
    [".arn", ".iam_arn", ".account_id"].iter().any(|end| expression.ends_with(end))
}

/// Whether an unknown value is certainly not only a star.
fn is_not_star(node: Node<'_>) -> bool {
    let begins = node.as_unknown().map_or("", |unknown| node.batch().text(unknown.known_prefix));
    (!begins.is_empty() && !begins.starts_with('*')) || is_an_address(node)
}

/// The statements of a document. The kind of the node shows which are unknown.
pub(crate) fn statements(document: Node<'_>) -> Vec<Statement<'_>> {
    let list = document.get("Statement").map(items).unwrap_or_default();
    list.into_iter().map(|node| Statement { node }).collect()
}

/// Whether an IAM pattern, in which a star matches anything, matches a name. It is case-insensitive.
pub(crate) fn covers(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern.eq_ignore_ascii_case(name) };
    let Some(start) = name.get(..head.len()).filter(|start| start.eq_ignore_ascii_case(head)) else {
        return false;
    };
    let tail = name.get(start.len()..).unwrap_or("");
    let ends = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
    rest.is_empty() || ends.into_iter().any(|at| covers(rest, tail.get(at..).unwrap_or("")))
}

impl<'b> Statement<'b> {
    /// Whether one of the values of a key matches.
    fn any(&self, key: &str, holds: impl Fn(&str) -> bool) -> Answer<'b> {
        Answer::any(self.node.get(key).map(items).unwrap_or_default(), holds)
    }

    /// The same for questions that only a star answers with yes.
    fn any_star(&self, key: &str, holds: impl Fn(&str) -> bool) -> Answer<'b> {
        let values = self.node.get(key).map(items).unwrap_or_default();
        Answer::any(values.into_iter().filter(|it| !is_not_star(*it)), holds)
    }

    /// Whether the effect of the statement is this one: `Allow` or `Deny`.
    pub(crate) fn has_effect(&self, effect: &str) -> Answer<'b> {
        if self.node.kind() == Kind::Unknown {
            return Answer::Unknown(self.node);
        }
        self.any("Effect", |text| text == effect)
    }

    /// Whether its actions include one of this name.
    pub(crate) fn covers_action(&self, action: &str) -> Answer<'b> {
        self.any("Action", |pattern| covers(pattern, action))
    }

    /// Whether it applies to every action, written as a star.
    pub(crate) fn every_action(&self) -> Answer<'b> {
        self.any("Action", |text| matches!(text, "*" | "*:*"))
    }

    /// Whether it applies to every resource.
    pub(crate) fn every_resource(&self) -> Answer<'b> {
        self.any_star("Resource", |text| text == "*")
    }

    /// Whether it applies to every role.
    pub(crate) fn every_role(&self) -> Answer<'b> {
        let every = |text: &str| text == "*" || (text.starts_with("arn:") && text.ends_with(":role/*"));
        let values = self.node.get("Resource").map(items).unwrap_or_default();
        Answer::any(values.into_iter().filter(|it| !is_an_address(*it)), every)
    }

    /// Whether it applies to everybody.
    pub(crate) fn everybody(&self) -> Answer<'b> {
        let Some(principal) = self.node.get("Principal") else { return Answer::No };
        match principal.kind() {
            Kind::Mapping => {
                let at = Statement { node: principal };
                at.any_star("AWS", |text| text == "*").or(at.any_star("*", |text| text == "*"))
            }
            _ => self.any_star("Principal", |text| text == "*"),
        }
    }

    /// The conditions, if any.
    pub(crate) fn condition(&self) -> Option<Node<'b>> {
        self.node.get("Condition").filter(|it| it.kind() == Kind::Unknown || it.children().next().is_some())
    }

    /// Whether a condition restricts the callers: to accounts, organisations, networks or resources that the owner
    /// selects. Conditions that only require encryption or the like do not.
    pub(crate) fn is_narrowed(&self) -> Answer<'b> {
        let Some(condition) = self.condition() else { return Answer::No };
        if condition.kind() == Kind::Unknown {
            return Answer::Unknown(condition);
        }
        let mut answer = Answer::No;
        for operator in condition.children() {
            for key in operator.children() {
                let name = key.key().to_ascii_lowercase();
                if !NARROWING.contains(&name.as_str()) {
                    continue;
                }
                let open = items(key)
                    .iter()
                    .any(|it| it.as_scalar().is_some_and(|text| text == "*" || is_everywhere(text)));
                if !open {
                    answer = Answer::Yes(key);
                }
            }
        }
        answer
    }
}

/// Whether a statement gives everybody access.
pub(crate) fn opens<'b>(statement: &Statement<'b>) -> Answer<'b> {
    statement.everybody().and(statement.has_effect("Allow")).unless(statement.is_narrowed())
}

/// Condition keys that distinguish callers, in lower case.
const NARROWING: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "s3:dataaccesspointaccount",
    "sns:endpoint",
    "sts:externalid",
];

/// Identifies a statement within its resource: its `Sid`, or its position.
pub(crate) fn label(statement: Node<'_>, position: usize) -> String {
    match statement.get("Sid").and_then(|sid| sid.as_str()).filter(|sid| !sid.is_empty()) {
        Some(sid) => sid.to_owned(),
        None => format!("statement[{position}]"),
    }
}

/// Evaluates each statement of a document. Unknown statements and documents are added to the findings.
pub(crate) fn each_statement<'b>(
    document: Decoded<'b>,
    prefix: &str,
    findings: &mut Findings<'_>,
    ask: impl Fn(&Statement<'b>) -> Answer<'b>,
    message: &str,
) {
    let document = match document {
        Decoded::Document(document) => document,
        Decoded::Unknown(node) => {
            findings.unknown(node, prefix);
            return;
        }
        Decoded::Absent => return,
    };
    for (position, statement) in statements(document).iter().enumerate() {
        let label = match (prefix, label(statement.node, position)) {
            ("", label) => label,
            (prefix, label) => format!("{prefix}.{label}"),
        };
        findings.report(ask(statement), &label, message);
    }
}

/// Evaluates each statement of the identity policies of a resource.
pub(crate) fn each_identity_statement<'b>(
    subject: &Subject<'b>,
    findings: &mut Findings<'_>,
    ask: impl Fn(&Statement<'b>) -> Answer<'b>,
    message: &str,
) {
    let resource = subject.resource();
    match resource.kind() {
        "aws_iam_role" => {
            for (index, block) in blocks(resource.root(), "inline_policy").into_iter().enumerate() {
                let name = block.get("name").and_then(|name| name.as_scalar());
                let prefix = name.map_or_else(|| format!("inline_policy[{index}]"), str::to_owned);
                let document = match block.kind() {
                    Kind::Unknown => Decoded::Unknown(block),
                    _ => decoded(resource, &format!("inline_policy.{index}.policy")),
                };
                each_statement(document, &prefix, findings, &ask, message);
            }
        }
        "aws_ssoadmin_permission_set_inline_policy" => {
            each_statement(decoded(resource, "inline_policy"), "", findings, ask, message);
        }
        _ => each_statement(decoded(resource, "policy"), "", findings, ask, message),
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, expected) in [
            ("*", "iam:PassRole", true),
            ("iam:*", "iam:PassRole", true),
            ("iam:pass*", "iam:PassRole", true),
            ("*:PassRole", "iam:PassRole", true),
            ("i*m:*ss*e", "iam:PassRole", true),
            ("iam:PassRole", "iam:PassRole", true),
            ("iam:PassRoles", "iam:PassRole", false),
            ("s3:*", "iam:PassRole", false),
            ("iam:*x", "iam:PassRole", false),
        ] {
            assert_eq!(covers(pattern, name), expected, "{pattern}");
        }
    }
}
