//! Security groups: which rules let the whole internet in.

use palisade_sdk::network::is_everywhere;
use palisade_sdk::number::whole;
use palisade_sdk::related::{Link, Referent};
use palisade_sdk::rule::{Answer, Findings, Setting, Subject, setting};
use palisade_sdk::terraform::{blocks, values};
use palisade_sdk::{Kind, Node};

/// What has rules for what comes in.
pub(crate) const INGRESS: &[&str] = &[
    "aws_default_security_group",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
];

/// What rules may take their networks from.
pub(crate) const PREFIX_LISTS: &[&str] =
    &["aws_ec2_managed_prefix_list", "aws_ec2_managed_prefix_list_entry"];

/// Entries of a prefix list that stand for themselves.
const ENTRIES: Link =
    Link { kind: "aws_ec2_managed_prefix_list_entry", path: "prefix_list_id", names: &["id"] };

/// Which ports a rule must open to count.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ports {
    /// This port of TCP.
    Tcp(i64),
    /// All of them.
    All,
}

fn networks<'b>(rule: Node<'b>, paths: &[&str]) -> Answer<'b> {
    let mut answer = Answer::No;
    for node in paths.iter().flat_map(|path| values(rule, path)) {
        answer = answer.or(match node.as_scalar() {
            Some(text) if is_everywhere(text) => Answer::Yes(node),
            None if node.kind() == Kind::Unknown => Answer::Unknown(node),
            _ => Answer::No,
        });
    }
    answer
}

/// Whether a rule is for everybody: by its networks, or by the prefix lists that it names.
fn source<'b>(subject: &Subject<'b>, rule: Node<'b>) -> Answer<'b> {
    let mut answer = networks(rule, &["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"]);
    let lists = ["prefix_list_ids", "prefix_list_id"].into_iter().flat_map(|path| values(rule, path));
    for list in lists {
        let lists = match subject.referent(list, &["aws_ec2_managed_prefix_list"], &["id"]) {
            Referent::Of(lists) => lists,
            Referent::Unknown(node) => {
                answer = answer.or(Answer::Unknown(node));
                continue;
            }
            Referent::Elsewhere => continue,
        };
        for list in lists {
            answer = answer.or(networks(list.root(), &["entry.cidr"]));
            for entry in subject.companions_of(list, &[ENTRIES]).certain {
                answer = answer.or(networks(entry.resource.root(), &["cidr"]));
            }
        }
    }
    answer
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
    let protocol = ["protocol", "ip_protocol"].into_iter().map(|key| setting(rule, key));
    let protocol = match protocol.reduce(|one, other| if one.set().is_some() { one } else { other }) {
        Some(Setting::Set(node)) => {
            let text = node.as_scalar().unwrap_or("");
            whole(text).map_or_else(|| text.to_ascii_lowercase(), |number| number.to_string())
        }
        Some(Setting::Unknown(node)) => return Answer::Unknown(node),
        _ => String::new(),
    };
    if matches!(protocol.as_str(), "-1" | "all") {
        return Answer::Yes(rule);
    }
    if !matches!(protocol.as_str(), "tcp" | "6") && matches!(ports, Ports::Tcp(_)) {
        return Answer::No;
    }
    let (from, to) = match (number(setting(rule, "from_port")), number(setting(rule, "to_port"))) {
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
    let root = subject.start();
    let rules: Vec<(String, Node<'_>)> = match subject.resource().kind() {
        "aws_security_group_rule" => {
            match setting(root, "type") {
                Setting::Set(node) if node.as_scalar() == Some("egress") => return,
                Setting::Unknown(node) => {
                    findings.unknown(node, "");
                    return;
                }
                _ => {}
            }
            vec![(String::new(), root)]
        }
        "aws_vpc_security_group_ingress_rule" => vec![(String::new(), root)],
        _ => {
            let rules = blocks(root, "ingress");
            let name = |position: usize| format!("ingress[{position}]");
            rules.into_iter().enumerate().map(|(position, rule)| (name(position), rule)).collect()
        }
    };
    for (instance, rule) in rules {
        if rule.kind() == Kind::Unknown {
            findings.unknown(rule, &instance);
            continue;
        }
        findings.tell(source(subject, rule).and(opens(rule, ports)), &instance, message);
    }
}
