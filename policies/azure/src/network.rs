//! Network security groups: which rules let the whole internet in.

use palisade_sdk::network;
use palisade_sdk::related::{Link, Referent};
use palisade_sdk::rule::{Answer, Findings, Setting, Subject, setting};
use palisade_sdk::terraform::{blocks, values};
use palisade_sdk::{Kind, Node, ResourceView};

/// What has rules.
pub(crate) const RULES: &[&str] = &["azurerm_network_security_group", "azurerm_network_security_rule"];

const GROUP: &str = "azurerm_network_security_group";

/// A rule that stands for itself names its group.
const RULE: Link =
    Link { kind: "azurerm_network_security_rule", path: "network_security_group_name", names: &["name"] };

/// Whether a source is the whole internet: a network, a service tag, or the sign for all.
pub(crate) fn is_everywhere(text: &str) -> bool {
    let word = text.trim().to_ascii_lowercase();
    matches!(word.as_str(), "*" | "any" | "internet") || network::is_everywhere(text)
}

/// Whether a range such as `*`, `22` or `20-30` holds a port.
fn holds(range: &str, port: u32) -> bool {
    let range = range.trim();
    if range == "*" {
        return true;
    }
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let bounds = (from.trim().parse::<u32>(), to.trim().parse::<u32>());
    matches!(bounds, (Ok(from), Ok(to)) if (from..=to).contains(&port))
}

/// Values of an attribute that there is for one and for several.
fn either<'b>(rule: Node<'b>, one: &str, several: &str) -> Vec<Node<'b>> {
    let mut found = values(rule, one);
    found.extend(values(rule, several));
    found
}

/// Whether a rule is for TCP at a port that comes in from everywhere.
fn concerns(rule: Node<'_>, port: u32) -> Answer<'_> {
    let source = either(rule, "source_address_prefix", "source_address_prefixes");
    let ports = either(rule, "destination_port_range", "destination_port_ranges");
    Answer::any(source, is_everywhere)
        .and(Answer::any(ports, |range| holds(range, port)))
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

/// Tells each rule of the subject that lets everybody in at a port, unless a rule before it says no.
pub(crate) fn forbid_open(subject: &Subject<'_>, findings: &mut Findings<'_>, port: u32, message: &str) {
    let resource = subject.resource();
    let (own, groups) = if resource.kind() == GROUP {
        (blocks(subject.start(), "security_rule"), vec![resource])
    } else {
        let group = subject.at("network_security_group_name");
        let groups = match group.map(|name| subject.referent(name, &[GROUP], &["name"])) {
            Some(Referent::Of(groups)) => groups,
            _ => Vec::new(),
        };
        (vec![subject.start()], groups)
    };
    for (position, rule) in own.into_iter().enumerate() {
        let name = rule.get("name").and_then(|name| name.as_scalar());
        let instance = match name {
            _ if resource.kind() != GROUP => String::new(),
            Some(name) => name.to_owned(),
            None => format!("security_rule[{position}]"),
        };
        if rule.kind() == Kind::Unknown {
            findings.unknown(rule, &instance);
            continue;
        }
        let mut open = concerns(rule, port).and(has_access(rule, "Allow"));
        if !matches!(open, Answer::No) {
            for other in groups.iter().flat_map(|group| rules_of(subject, *group)) {
                let denied = precedes(other, rule)
                    .and(has_access(other, "Deny"))
                    .and(concerns(other, port))
                    .and(is_for_all(other));
                open = open.unless(denied);
            }
        }
        findings.tell(open, &instance, message);
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn ranges_of_ports() {
        for (range, expected) in
            [("*", true), ("22", true), ("20-30", true), ("0-65535", true), ("23", false), ("x", false)]
        {
            assert_eq!(holds(range, 22), expected, "{range}");
        }
    }
}
