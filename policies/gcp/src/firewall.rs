//! Firewalls: which rules let the whole internet in.

use palisade_sdk::Kind;
use palisade_sdk::Node;
use palisade_sdk::attribute::{Attribute, terraform};
use palisade_sdk::network::{Ports, is_everywhere};
use palisade_sdk::rule::{Answer, Setting, Subject, setting};
use palisade_sdk::terraform::{blocks, values};

/// What has rules.
pub(crate) const RULES: &[Attribute] = &[terraform(FIREWALL, "").opens(opens)];

/// What decides with a rule.
pub(crate) const RELATED: &[&str] = &[FIREWALL, "google_compute_network"];

const FIREWALL: &str = "google_compute_firewall";

/// Whether a block is about TCP at these ports. Without ports it is about all of them.
fn concerns(block: Node<'_>, at: Ports) -> Answer<'_> {
    if block.kind() == Kind::Unknown {
        return Answer::Unknown(block);
    }
    let protocol =
        setting(block, "protocol").says(|it| matches!(it.to_ascii_lowercase().as_str(), "tcp" | "6" | "all"));
    let ports = match setting(block, "ports") {
        Setting::Unset(_) => Answer::Yes(block),
        Setting::Unknown(node) => Answer::Unknown(node),
        Setting::Set(list) if list.items().next().is_none() => Answer::Yes(block),
        Setting::Set(list) => Answer::any(list.items(), |range| at.are_in(range)),
    };
    ports.and(protocol)
}

/// Whether a rule takes what comes in from everywhere, to some block of it.
fn takes<'b>(rule: Node<'b>, block: &str, at: Ports) -> Answer<'b> {
    // Without any source a rule is for everybody.
    let paths = ["source_ranges", "source_tags", "source_service_accounts"];
    let filled = |list: Node<'_>| list.children().next().is_some();
    let named = paths.iter().any(|path| setting(rule, path).set().is_some_and(filled));
    let unknown = paths.iter().any(|path| matches!(setting(rule, path), Setting::Unknown(_)));
    let source = if named || unknown {
        Answer::any(values(rule, "source_ranges"), is_everywhere)
    } else {
        Answer::Yes(rule)
    };
    let blocks = blocks(rule, block);
    let ports = blocks.into_iter().fold(Answer::No, |answer, it| answer.or(concerns(it, at)));
    let inbound = match setting(rule, "direction").says(|it| it != "INGRESS") {
        Answer::No => Answer::Yes(rule),
        Answer::Yes(_) => Answer::No,
        Answer::Unknown(at) => Answer::Unknown(at),
    };
    source.and(ports).and(inbound).unless(setting(rule, "disabled").says(|it| it == "true"))
}

fn priority(rule: Node<'_>) -> Result<u32, Node<'_>> {
    match setting(rule, "priority") {
        Setting::Set(node) => Ok(node.as_scalar().and_then(|text| text.parse().ok()).unwrap_or(1000)),
        Setting::Unset(_) => Ok(1000),
        Setting::Unknown(node) => Err(node),
    }
}

/// Whether two rules are certainly of one network: both refer to it, or name it alike.
fn share_a_network<'b>(subject: &Subject<'b>, one: Node<'b>, other: Node<'b>) -> bool {
    let (Some(one), Some(other)) = (one.get("network"), other.get("network")) else { return false };
    let target = |node: Node<'b>| subject.targets(node).next().map(|(target, _)| target.row());
    match (target(one), target(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.as_scalar().is_some() && one.as_scalar() == other.as_scalar(),
    }
}

/// Whether a rule lets everybody in at these ports, and none of the same network before it denies that.
fn opens<'b>(subject: &Subject<'b>, rule: Node<'b>, ports: Ports) -> Answer<'b> {
    let mut open = takes(rule, "allow", ports);
    if matches!(open, Answer::No) {
        return open;
    }
    let targeted = |rule: Node<'_>| {
        ["target_tags", "target_service_accounts"].iter().any(|path| setting(rule, path).set().is_some())
    };
    for other in subject.of_kind(FIREWALL).map(|it| it.root()) {
        if other.index() == rule.index() || targeted(other) || !share_a_network(subject, rule, other) {
            continue;
        }
        // Of two with one priority the one that denies wins.
        let first = match (priority(other), priority(rule)) {
            (Ok(one), Ok(two)) if one <= two => Answer::Yes(other),
            (Ok(_), Ok(_)) => Answer::No,
            (Err(node), _) | (_, Err(node)) => Answer::Unknown(node),
        };
        open = open.unless(first.and(takes(other, "deny", ports)));
    }
    open
}
