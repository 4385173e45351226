//! Security groups: rules that allow access from the whole internet.

use palisade_sdk::Node;
use palisade_sdk::attribute::{Attribute, shape, when};
use palisade_sdk::network::{Ports, is_everywhere};
use palisade_sdk::number::whole;
use palisade_sdk::rule::{Answer, Setting, Subject, Want, setting};

/// Resources with ingress rules: groups, and rules that are separate resources.
pub(crate) const INGRESS: &[Attribute] = &[
    shape("aws.security-group@1", "").each(&["ingress"]).opens(opens),
    shape("aws.security-group-rule@1", "").only(&[when("type", Want::Not(&["egress"]))]).opens(opens),
];

fn number(setting: Setting<'_>) -> Result<Option<i64>, Node<'_>> {
    match setting {
        Setting::Set(node) => Ok(node.as_scalar().and_then(whole)),
        Setting::Unset(_) => Ok(None),
        Setting::Unknown(node) => Err(node),
    }
}

/// Whether a rule allows access from everywhere to the ports.
fn opens<'b>(_: &Subject<'b>, rule: Node<'b>, ports: Ports) -> Answer<'b> {
    let networks = rule.items_at("cidrs");
    Answer::any(networks, is_everywhere).and(passes(rule, ports))
}

/// Whether a rule opens the ports. The protocol `-1` means all protocols, whatever the ports are.
fn passes(rule: Node<'_>, ports: Ports) -> Answer<'_> {
    let protocol = match setting(rule, "ipProtocol") {
        Setting::Set(node) => {
            let text = node.as_scalar().unwrap_or("");
            whole(text).map_or_else(|| text.to_ascii_lowercase(), |number| number.to_string())
        }
        Setting::Unknown(node) => return Answer::Unknown(node),
        Setting::Unset(_) => String::new(),
    };
    if matches!(protocol.as_str(), "-1" | "all") {
        return Answer::Yes(rule);
    }
    let protocols: &[&str] = match ports {
        Ports::Tcp(_) => &["tcp", "6"],
        Ports::All => &["tcp", "udp", "6", "17"],
    };
    if !protocols.contains(&protocol.as_str()) {
        return Answer::No;
    }
    let (from, to) = match (number(setting(rule, "fromPort")), number(setting(rule, "toPort"))) {
        (Ok(Some(from)), Ok(Some(to))) => (from, to),
        (Err(node), _) | (_, Err(node)) => return Answer::Unknown(node),
        _ => return Answer::No,
    };
    if ports.are_within(from, to) { Answer::Yes(rule) } else { Answer::No }
}
