//! Security groups: which rules let the whole internet in.

use palisade_sdk::Node;
use palisade_sdk::attribute::{Attribute, terraform, when};
use palisade_sdk::network::{Ports, is_everywhere};
use palisade_sdk::number::whole;
use palisade_sdk::related::{Link, Referent};
use palisade_sdk::rule::{Answer, Setting, Subject, Want, setting};
use palisade_sdk::terraform::values;

/// What has rules for what comes in.
pub(crate) const INGRESS: &[Attribute] = &[
    terraform("aws_default_security_group", "").each(&["ingress"]).opens(opens),
    terraform("aws_security_group", "").each(&["ingress"]).opens(opens),
    terraform("aws_security_group_rule", "").only(&[when("type", Want::Not(&["egress"]))]).opens(opens),
    terraform("aws_vpc_security_group_ingress_rule", "").opens(opens),
];

/// What rules may take their networks from.
pub(crate) const PREFIX_LISTS: &[&str] =
    &["aws_ec2_managed_prefix_list", "aws_ec2_managed_prefix_list_entry"];

/// Entries of a prefix list that stand for themselves.
const ENTRIES: Link =
    Link { kind: "aws_ec2_managed_prefix_list_entry", path: "prefix_list_id", names: &["id"] };

fn networks<'b>(rule: Node<'b>, paths: &[&str]) -> Answer<'b> {
    Answer::any(paths.iter().flat_map(|path| values(rule, path)), is_everywhere)
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

/// Whether a rule lets everybody in at the ports.
fn opens<'b>(subject: &Subject<'b>, rule: Node<'b>, ports: Ports) -> Answer<'b> {
    source(subject, rule).and(passes(rule, ports))
}

/// Whether a rule opens the ports. `-1` as a protocol means all of them, whatever the ports say.
fn passes(rule: Node<'_>, ports: Ports) -> Answer<'_> {
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
    let protocols: &[&str] = match ports {
        Ports::Tcp(_) => &["tcp", "6"],
        Ports::All => &["tcp", "udp", "6", "17"],
    };
    if !protocols.contains(&protocol.as_str()) {
        return Answer::No;
    }
    let (from, to) = match (number(setting(rule, "from_port")), number(setting(rule, "to_port"))) {
        (Ok(Some(from)), Ok(Some(to))) => (from, to),
        (Err(node), _) | (_, Err(node)) => return Answer::Unknown(node),
        _ => return Answer::No,
    };
    if ports.are_within(from, to) { Answer::Yes(rule) } else { Answer::No }
}
