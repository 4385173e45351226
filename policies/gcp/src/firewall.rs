//! Firewalls: rules that allow access from the whole internet.

use palisade_sdk::Kind;
use palisade_sdk::Node;
use palisade_sdk::attribute::{Attribute, shape};
use palisade_sdk::network::{Ports, is_everywhere};
use palisade_sdk::rule::{Answer, Setting, Subject, setting};

/// Resources with rules.
pub(crate) const RULES: &[Attribute] = &[shape("gcp.firewall@1", "").opens(opens)];

fn has(rule: Node<'_>, list: &str) -> bool {
    rule.items_at(list).next().is_some()
}

/// Whether a block applies to TCP at these ports. Without ports it applies to all of them.
fn concerns(block: Node<'_>, at: Ports) -> Answer<'_> {
    if block.kind() == Kind::Unknown {
        return Answer::Unknown(block);
    }
    let protocol = setting(block, "protocol")
        .matches(|it| matches!(it.to_ascii_lowercase().as_str(), "tcp" | "6" | "all"));
    let ports = if has(block, "ports") {
        Answer::any(block.items_at("ports"), |range| at.are_in(range))
    } else {
        Answer::Yes(block)
    };
    ports.and(protocol)
}

/// Whether one of the given blocks of a rule applies to inbound traffic from everywhere.
fn takes<'b>(rule: Node<'b>, blocks: &str, at: Ports) -> Answer<'b> {
    // A rule without sources applies to everybody.
    let source = if has(rule, "sourceRanges") || has(rule, "sources") {
        Answer::any(rule.items_at("sourceRanges"), is_everywhere)
    } else {
        Answer::Yes(rule)
    };
    let ports = rule.items_at(blocks).fold(Answer::No, |answer, it| answer.or(concerns(it, at)));
    let outbound = setting(rule, "direction").matches(|it| it != "INGRESS");
    let disabled = setting(rule, "disabled").matches(|it| it == "true");
    source.and(ports).unless(outbound).unless(disabled)
}

/// Whether a rule precedes another one. With the same priority, the one that denies takes precedence.
fn precedes<'b>(denial: Node<'b>, rule: Node<'b>) -> Answer<'b> {
    let number = |node: Node<'_>| node.as_scalar().and_then(|text| text.parse().ok()).unwrap_or(1000u32);
    match (setting(denial, "priority"), setting(rule, "priority")) {
        (Setting::Unknown(node), _) | (_, Setting::Unknown(node)) => Answer::Unknown(node),
        (one, other) if number(one.node()) <= number(other.node()) => Answer::Yes(denial),
        _ => Answer::No,
    }
}

/// Whether a rule allows access from everywhere at these ports, and no preceding rule of the network denies it.
fn opens<'b>(subject: &Subject<'b>, rule: Node<'b>, ports: Ports) -> Answer<'b> {
    let mut open = takes(rule, "allow", ports);
    if matches!(open, Answer::No) {
        return open;
    }
    let network = subject.resource().shape("gcp.firewall-network@1");
    for other in network.into_iter().flat_map(|it| it.items_at("firewalls")) {
        let targeted = Answer::any(other.items_at("targets"), |_| true);
        let denied = precedes(other, rule).and(takes(other, "deny", ports)).unless(targeted);
        open = open.unless(denied);
    }
    open
}
