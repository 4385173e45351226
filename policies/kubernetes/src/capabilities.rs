//! Linux capabilities, as manifests spell them.

use palisade_sdk::rule::{Findings, Setting};
use palisade_sdk::{Kind, Node};

use crate::pod::Container;

/// A capability's name without the prefix that some write, in upper case.
pub(crate) fn normal(name: &str) -> String {
    let upper = name.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or_else(|| upper.clone(), str::to_owned)
}

/// The capabilities that a container adds or drops.
#[derive(Debug)]
pub(crate) struct Listed<'b> {
    /// The names, normal, and where each stands.
    pub(crate) names: Vec<(String, Node<'b>)>,
    /// The list, or the deepest node on the way to it.
    pub(crate) at: Node<'b>,
    /// What of it cannot be known.
    pub(crate) unknown: Option<Node<'b>>,
}

impl<'b> Listed<'b> {
    /// Reads `add` or `drop` of a container.
    pub(crate) fn read(container: &Container<'b>, which: &str) -> Listed<'b> {
        match container.own(&format!("securityContext.capabilities.{which}")) {
            Setting::Set(list) => Listed {
                names: list.items().filter_map(|item| Some((normal(item.as_str()?), item))).collect(),
                at: list,
                unknown: list.items().find(|item| item.kind() == Kind::Unknown),
            },
            Setting::Unset(at) => Listed { names: Vec::new(), at, unknown: None },
            Setting::Unknown(at) => Listed { names: Vec::new(), at, unknown: Some(at) },
        }
    }

    /// Where one of these names stands, if it does.
    pub(crate) fn find(&self, wanted: &[&str]) -> Option<Node<'b>> {
        self.names.iter().find(|(name, _)| wanted.contains(&name.as_str())).map(|(_, node)| *node)
    }
}

/// Forbids to add one capability, by its name or with all others.
pub(crate) fn forbid_added(
    containers: &[Container<'_>],
    findings: &mut Findings<'_>,
    capability: &str,
    consequence: &str,
) {
    for container in containers {
        let name = &container.name;
        let added = Listed::read(container, "add");
        if let Some(node) = added.find(&[capability, "ALL"]) {
            let message = format!(
                "container `{name}` {consequence}: remove `{}` from `securityContext.capabilities.add`",
                node.as_str().unwrap_or(capability)
            );
            findings.fail(node, name, message);
        } else if let Some(node) = added.unknown {
            findings.unknown(node, name);
        }
    }
}
