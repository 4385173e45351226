//! Security groups: which rules let the whole internet in.

use palisade_sdk::network::is_everywhere;
use palisade_sdk::number::whole;
use palisade_sdk::rule::{Answer, Findings, Setting, Subject, setting};
use palisade_sdk::{Kind, Node};

/// What has rules for what comes in: groups, and rules that stand for themselves.
pub(crate) const RULES: &[&str] = &[GROUP, "aws.security-group-rule@1"];

const GROUP: &str = "aws.security-group@1";

/// Which ports a rule must open to count.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ports {
    /// This port of TCP.
    Tcp(i64),
    /// All of them.
    All,
}

fn number(setting: Setting<'_>) -> Result<Option<i64>, Node<'_>> {
    match setting {
        Setting::Set(node) => Ok(node.as_scalar().and_then(whole)),
        Setting::Unset(_) => Ok(None),
        Setting::Unknown(node) => Err(node),
    }
}

/// Whether a rule opens the ports. `-1` as a protocol means all of them, whatever the ports say.
fn opens(rule: Node<'_>, ports: Ports) -> Answer<'_> {
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
    if !matches!(protocol.as_str(), "tcp" | "6") && matches!(ports, Ports::Tcp(_)) {
        return Answer::No;
    }
    let (from, to) = match (number(setting(rule, "fromPort")), number(setting(rule, "toPort"))) {
        (Ok(Some(from)), Ok(Some(to))) => (from, to),
        (Err(node), _) | (_, Err(node)) => return Answer::Unknown(node),
        _ => return Answer::No,
    };
    let open = match ports {
        Ports::Tcp(port) => (from..=to).contains(&port),
        Ports::All => from <= 1 && to >= 65535 && matches!(protocol.as_str(), "tcp" | "udp" | "6" | "17"),
    };
    if open { Answer::Yes(rule) } else { Answer::No }
}

/// Tells each rule of the subject that lets everybody in at these ports.
pub(crate) fn forbid_open(subject: &Subject<'_>, findings: &mut Findings<'_>, ports: Ports, message: &str) {
    let start = subject.start();
    let rules: Vec<(String, Node<'_>)> = if subject.resource().shape(GROUP).is_some() {
        let rules = subject.each(&["ingress"]).enumerate();
        rules.map(|(position, rule)| (format!("ingress[{position}]"), rule)).collect()
    } else {
        vec![(String::new(), start)]
    };
    for (instance, rule) in rules {
        if rule.kind() == Kind::Unknown {
            findings.unknown(rule, &instance);
            continue;
        }
        let open = Answer::any(rule.get("cidrs").into_iter().flat_map(|it| it.items()), is_everywhere);
        let outward = setting(rule, "type").says(|it| it == "egress");
        findings.tell(open.and(opens(rule, ports)).unless(outward), &instance, message);
    }
}
