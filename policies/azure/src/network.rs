//! Network security groups: which rules let the whole internet in.

use palisade_sdk::attribute::{Attribute, terraform};
use palisade_sdk::network::{self, Ports};
use palisade_sdk::related::{Link, Referent};
use palisade_sdk::rule::{Answer, Setting, Subject, setting};
use palisade_sdk::terraform::{blocks, values};
use palisade_sdk::{Node, ResourceView};

/// What has rules.
pub(crate) const RULES: &[Attribute] = &[
    terraform(GROUP, "").each(&["security_rule"]).opens(opens),
    terraform("azurerm_network_security_rule", "").opens(opens),
];

/// What decides with a rule.
pub(crate) const GROUPS: &[&str] = &[GROUP, "azurerm_network_security_rule"];

const GROUP: &str = "azurerm_network_security_group";

/// A rule that stands for itself names its group.
const RULE: Link =
    Link { kind: "azurerm_network_security_rule", path: "network_security_group_name", names: &["name"] };

/// Whether a source is the whole internet: a network, a service tag, or the sign for all.
pub(crate) fn is_everywhere(text: &str) -> bool {
    let word = text.trim().to_ascii_lowercase();
    matches!(word.as_str(), "*" | "any" | "internet") || network::is_everywhere(text)
}

/// Values of an attribute that there is for one and for several.
fn either<'b>(rule: Node<'b>, one: &str, several: &str) -> Vec<Node<'b>> {
    let mut found = values(rule, one);
    found.extend(values(rule, several));
    found
}

/// Whether a rule is for TCP at these ports that comes in from everywhere.
fn concerns(rule: Node<'_>, at: Ports) -> Answer<'_> {
    let source = either(rule, "source_address_prefix", "source_address_prefixes");
    let ports = either(rule, "destination_port_range", "destination_port_ranges");
    Answer::any(source, is_everywhere)
        .and(Answer::any(ports, |range| at.are_in(range)))
        .and(setting(rule, "direction").says(|it| it.eq_ignore_ascii_case("Inbound")))
        .and(setting(rule, "protocol").says(|it| it == "*" || it.eq_ignore_ascii_case("Tcp")))
}

fn has_access<'b>(rule: Node<'b>, access: &str) -> Answer<'b> {
    setting(rule, "access").says(|it| it.eq_ignore_ascii_case(access))
}

/// Whether a rule comes before another one: the smaller number wins.
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

/// Whether a rule is for every machine that the group guards.
fn is_for_all(rule: Node<'_>) -> Answer<'_> {
    let to = either(rule, "destination_address_prefix", "destination_address_prefixes");
    Answer::any(to, |text| text == "*")
}

/// Every rule of a group, wherever it is declared.
fn rules_of<'b>(subject: &Subject<'b>, group: ResourceView<'b>) -> Vec<Node<'b>> {
    let mut rules = blocks(group.root(), "security_rule");
    let beside = subject.companions_of(group, &[RULE]).certain;
    rules.extend(beside.iter().map(|it| it.resource.root()));
    rules
}

/// The groups that a rule of the subject is in.
fn groups<'b>(subject: &Subject<'b>) -> Vec<ResourceView<'b>> {
    let resource = subject.resource();
    if resource.kind() == GROUP {
        return vec![resource];
    }
    let group = subject.at("network_security_group_name");
    match group.map(|name| subject.referent(name, &[GROUP], &["name"])) {
        Some(Referent::Of(groups)) => groups,
        _ => Vec::new(),
    }
}

/// Whether a rule lets everybody in at these ports, and none before it denies that.
fn opens<'b>(subject: &Subject<'b>, rule: Node<'b>, ports: Ports) -> Answer<'b> {
    let mut open = concerns(rule, ports).and(has_access(rule, "Allow"));
    if matches!(open, Answer::No) {
        return open;
    }
    for other in groups(subject).into_iter().flat_map(|group| rules_of(subject, group)) {
        let denied = precedes(other, rule)
            .and(has_access(other, "Deny"))
            .and(concerns(other, ports))
            .and(is_for_all(other));
        open = open.unless(denied);
    }
    open
}
