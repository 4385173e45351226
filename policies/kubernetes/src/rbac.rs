//! What the controls share about roles and bindings.

use palisade_sdk::rule::{Findings, Subject};
use palisade_sdk::{Kind, Node};

/// What grants permissions.
pub(crate) const ROLES: &[&str] = &["kubernetes.role@1"];

/// What gives them to somebody.
pub(crate) const BINDINGS: &[&str] = &["kubernetes.role-binding@1"];

/// One rule of a role.
#[derive(Clone, Debug)]
pub(crate) struct RoleRule<'b> {
    /// What it is about, for a reader: the same wherever the rule stands in its role.
    pub(crate) label: String,
    /// The rule.
    pub(crate) node: Node<'b>,
}

/// What a rule grants of what is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Grant<'b> {
    /// Nothing.
    No,
    /// It does; the resource and the verb that decide.
    Yes { resource: Node<'b>, verb: Node<'b> },
    /// It depends on a value that cannot be known.
    Unknown(Node<'b>),
}

/// The rules of a role.
pub(crate) fn rules<'b>(subject: &Subject<'b>, findings: &mut Findings<'_>) -> Vec<RoleRule<'b>> {
    let mut rules: Vec<RoleRule<'b>> = Vec::new();
    let Some(list) = subject.at("rules") else { return rules };
    if list.kind() == Kind::Unknown {
        findings.unknown(list, "");
    }
    for node in list.items() {
        if node.kind() == Kind::Unknown {
            findings.unknown(node, "");
            continue;
        }
        let base = label(node);
        let same = rules.iter().filter(|rule| {
            rule.label.strip_prefix(&base).is_some_and(|rest| rest.is_empty() || rest.starts_with(" #"))
        });
        let label = match same.count() {
            0 => base,
            earlier => format!("{base} #{}", earlier + 1),
        };
        rules.push(RoleRule { label, node });
    }
    rules
}

/// `pods,pods/log`, `apps/deployments`, `/metrics`.
fn label(rule: Node<'_>) -> String {
    let join = |key: &str| {
        let items = rule.get(key).into_iter().flat_map(|list| list.items());
        items.filter_map(|item| item.as_scalar()).collect::<Vec<_>>().join(",")
    };
    let resources = join("resources");
    if resources.is_empty() {
        return join("nonResourceURLs");
    }
    match join("apiGroups") {
        groups if groups.is_empty() => resources,
        groups => format!("{groups}/{resources}"),
    }
}

impl<'b> RoleRule<'b> {
    /// Whether the rule grants one of the verbs on one of the resources; stars count as what they stand for.
    pub(crate) fn grants(&self, group: &str, resources: &[&str], verbs: &[&str]) -> Grant<'b> {
        let groups = match self.node.get("apiGroups") {
            None => Hit::Yes(self.node),
            Some(_) => self.find("apiGroups", &[group, "*"]),
        };
        let resource = self.find("resources", &with_star(resources));
        let verb = self.find("verbs", &with_star(verbs));
        match (groups, resource, verb) {
            (Hit::No, _, _) | (_, Hit::No, _) | (_, _, Hit::No) => Grant::No,
            (Hit::Unknown(at), _, _) | (_, Hit::Unknown(at), _) | (_, _, Hit::Unknown(at)) => {
                Grant::Unknown(at)
            }
            (Hit::Yes(_), Hit::Yes(resource), Hit::Yes(verb)) => Grant::Yes { resource, verb },
        }
    }

    /// Whether it is restricted to objects of certain names.
    pub(crate) fn names_objects(&self) -> bool {
        self.node.get("resourceNames").is_some_and(|names| names.items().next().is_some())
    }

    fn find(&self, key: &str, wanted: &[&str]) -> Hit<'b> {
        let Some(list) = self.node.get(key) else { return Hit::No };
        if list.kind() == Kind::Unknown {
            return Hit::Unknown(list);
        }
        let mut hit = Hit::No;
        for item in list.items() {
            match item.as_scalar() {
                Some(text) if wanted.contains(&text) => return Hit::Yes(item),
                None if item.kind() == Kind::Unknown => hit = Hit::Unknown(item),
                _ => {}
            }
        }
        hit
    }
}

enum Hit<'b> {
    No,
    Yes(Node<'b>),
    Unknown(Node<'b>),
}

fn with_star<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().chain(["*"]).collect()
}

/// Reports every rule that grants what is asked for, at its verb or at its resource. The message is told the
/// rule's label and the word that decides, which may be a star.
pub(crate) fn forbid_grant<'b>(
    subject: &Subject<'b>,
    findings: &mut Findings<'_>,
    grant: impl Fn(&RoleRule<'b>) -> Grant<'b>,
    at_verb: bool,
    message: impl Fn(&str, &str) -> String,
) {
    for rule in rules(subject, findings) {
        match grant(&rule) {
            Grant::No => {}
            Grant::Yes { resource, verb } => {
                let at = if at_verb { verb } else { resource };
                findings.fail(at, &rule.label, message(&rule.label, at.as_scalar().unwrap_or("")));
            }
            Grant::Unknown(at) => {
                findings.unknown(at, &rule.label);
            }
        }
    }
}

/// Those whom a binding binds: `kind/name` or `kind/namespace/name` for a label, and the declaration.
pub(crate) fn bound<'b>(subject: &Subject<'b>, findings: &mut Findings<'_>) -> Vec<(String, Node<'b>)> {
    let Some(list) = subject.at("subjects") else { return Vec::new() };
    if list.kind() == Kind::Unknown {
        findings.unknown(list, "");
    }
    let text = |node: Node<'b>, key: &str| node.get(key).and_then(|it| it.as_scalar()).unwrap_or("");
    list.items()
        .map(|node| {
            let parts = [text(node, "kind"), text(node, "namespace"), text(node, "name")];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (parts.join("/"), node)
        })
        .collect()
}
