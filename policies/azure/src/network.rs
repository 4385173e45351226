//! Network security groups: rules that allow access from the whole internet.

use palisade_sdk::Node;
use palisade_sdk::attribute::{Attribute, shape};
use palisade_sdk::network::{self, Ports};
use palisade_sdk::rule::{Answer, Setting, Subject, setting};

/// Resources with rules.
pub(crate) const RULES: &[Attribute] = &[
    shape(GROUP, "").each(&["securityRules"]).opens(opens),
    shape("azure.network-security-rule@1", "").opens(opens),
];

const GROUP: &str = "azure.network-security-group@1";

/// Whether a source is the whole internet: a network, a service tag, or a star.
pub(crate) fn is_everywhere(text: &str) -> bool {
    let word = text.trim().to_ascii_lowercase();
    matches!(word.as_str(), "*" | "any" | "internet") || network::is_everywhere(text)
}

/// Whether a rule applies to inbound TCP from everywhere at these ports.
fn concerns(rule: Node<'_>, at: Ports) -> Answer<'_> {
    Answer::any(rule.items_at("sources"), is_everywhere)
        .and(Answer::any(rule.items_at("ports"), |range| at.are_in(range)))
        .and(setting(rule, "direction").matches(|it| it.eq_ignore_ascii_case("Inbound")))
        .and(setting(rule, "protocol").matches(|it| it == "*" || it.eq_ignore_ascii_case("Tcp")))
}

fn has_access<'b>(rule: Node<'b>, access: &str) -> Answer<'b> {
    setting(rule, "access").matches(|it| it.eq_ignore_ascii_case(access))
}

/// Whether a rule precedes another one: the smaller number takes precedence.
fn precedes<'b>(rule: Node<'b>, other: Node<'b>) -> Answer<'b> {
    match (setting(rule, "priority"), setting(other, "priority")) {
        (Setting::Unknown(node), _) | (_, Setting::Unknown(node)) => Answer::Unknown(node),
        (Setting::Set(one), Setting::Set(two)) => {
            let number = |node: Node<'_>| node.as_scalar().and_then(|text| text.parse::<u32>().ok());
            match (number(one), number(two)) {
                (Some(first), Some(second)) if first < second => Answer::Yes(one),
                _ => Answer::No,
            }
        }
        _ => Answer::No,
    }
}

/// Whether a rule applies to every machine of the group.
fn is_for_all(rule: Node<'_>) -> Answer<'_> {
    Answer::any(rule.items_at("destinations"), |text| text == "*")
}

/// All rules of the groups that contain the rules of the subject, wherever they are declared.
fn rules_beside<'b>(subject: &Subject<'b>) -> impl Iterator<Item = Node<'b>> {
    let own = subject.resource().shape(GROUP);
    let named = subject.resource().shape("azure.network-security-rule-groups@1");
    let groups = own.into_iter().chain(named.into_iter().flat_map(|it| it.items_at("groups")));
    groups.flat_map(|group| group.items_at("securityRules").chain(group.items_at("rulesBeside")))
}

/// Whether a rule allows access from everywhere at these ports, and no preceding rule denies it.
fn opens<'b>(subject: &Subject<'b>, rule: Node<'b>, ports: Ports) -> Answer<'b> {
    let mut open = concerns(rule, ports).and(has_access(rule, "Allow"));
    if matches!(open, Answer::No) {
        return open;
    }
    for other in rules_beside(subject) {
        let denied = precedes(other, rule)
            .and(has_access(other, "Deny"))
            .and(concerns(other, ports))
            .and(is_for_all(other));
        open = open.unless(denied);
    }
    open
}
