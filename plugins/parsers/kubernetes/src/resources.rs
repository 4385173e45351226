//! The resources that a document declares, and their addresses.

use palisade_sdk::Kind;
use palisade_sdk::addresses::Addresses;
use palisade_sdk::tape::{Builder, NONE, Relation, Resource};
use palisade_yaml::resolve;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::metadata;
use crate::pods::{self, child, children};

/// The resources of a unit.
#[derive(Default)]
pub(crate) struct Resources {
    /// The addresses of this file.
    addresses: Addresses,
    /// The service accounts of this file, by namespace and name. The last of two with the same name counts.
    accounts: FxHashMap<(String, String), u32>,
    /// The pods and their service accounts: namespace and name of the account, and the node that refers to it.
    runs_as: Vec<((String, String), u32)>,
}

/// The result of reading a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Whether it is a Kubernetes object.
    pub(crate) kubernetes: bool,
    /// Nodes of list items that are not Kubernetes objects.
    pub(crate) strangers: Vec<u32>,
    /// Why kubectl refuses the document, and the node at fault.
    pub(crate) refused: Option<(u32, String)>,
}

struct Pending {
    root: u32,
    kind: String,
    namespace: String,
    name: String,
}

impl Resources {
    /// Begins another file, which is read independently.
    pub(crate) fn next_file(&mut self) {
        *self = Resources::default();
    }

    /// Ends a file: relates its pods to its service accounts.
    pub(crate) fn end_file(&mut self, out: &mut Builder) {
        for (account, from_node) in self.runs_as.drain(..) {
            let Some(row) = self.accounts.get(&account) else { continue };
            let (target_text, attribute) = (out.text(&account.1), out.text(""));
            out.relation(Relation { from_node, to_resource: *row, target_text, attribute });
        }
    }

    /// Adds the resources of the document with this root.
    pub(crate) fn add(&mut self, out: &mut Builder, document: u32, root: u32) -> Declared {
        let mut found = Vec::new();
        let mut strangers = Vec::new();
        let mut refused = None;
        // Objects to read, each with the version and kind that its list implies.
        let mut open: Vec<(u32, Option<(String, String)>)> = vec![(root, None)];
        let mut kubernetes = false;
        // An item that is an alias is the same object again.
        let mut seen = FxHashSet::default();
        while let Some((at, implied)) = open.pop() {
            let node = resolve(out, at);
            if !seen.insert(node) {
                continue;
            }
            let (version, kind) = (text(out, node, "apiVersion"), text(out, node, "kind"));
            // The version and kind of a list apply to items that have neither.
            let silent = version.is_none() && kind.is_none();
            let is_mapping = out.batch().nodes.kind(node) == Kind::Mapping;
            // kubectl accepts a `List` without a version: it declares its items.
            let version = version.or_else(|| (at == root && is_list_of_all(out, node)).then(String::new));
            let implied = implied.filter(|_| is_mapping && silent);
            let is_implied = implied.is_some();
            let Some((version, kind)) = version.zip(kind).or(implied) else {
                if at != root {
                    strangers.push(at);
                    refused.get_or_insert((at, "an item of a list is not a Kubernetes object".to_owned()));
                }
                continue;
            };
            kubernetes = true;
            refused = refused.or_else(|| metadata::version(out, node));
            if at == root {
                refused = refused.or_else(|| metadata::refusal(out, node));
            }
            let is_list = kind.ends_with("List");
            match self::items(out, node, &kind) {
                Items::List(items) if at == root || is_list => {
                    if at != root {
                        refused.get_or_insert((at, "kubectl reads no list within a list".to_owned()));
                    }
                    let item = kind.strip_suffix("List").unwrap_or(&kind);
                    let implied =
                        (!item.is_empty() && !version.is_empty()).then(|| (version.clone(), item.to_owned()));
                    open.extend(items.into_iter().rev().map(|item| (item, implied.clone())));
                    continue;
                }
                Items::List(items) if !items.is_empty() => {
                    refused.get_or_insert((at, "kubectl reads no list within a list".to_owned()));
                }
                Items::Wrong(items) if at == root => {
                    let message = "what has `items` is a list to kubectl, and these are none".to_owned();
                    refused.get_or_insert((items, message));
                }
                _ => {}
            }
            let node = if is_implied { completed(out, node, &version, &kind) } else { node };
            let metadata = child(out, node, "metadata").map_or(node, |(node, _)| node);
            let named = metadata != node;
            let field = |key: &str| if named { text(out, metadata, key) } else { None };
            let name = field("name").or_else(|| field("generateName").map(|prefix| prefix + "*"));
            found.push(Pending {
                root: node,
                kind: qualified(&version, &kind),
                namespace: field("namespace").unwrap_or_default(),
                name: name.unwrap_or_default(),
            });
        }
        for pending in &found {
            let row = self.resource(out, document, pending);
            if pending.kind == "ServiceAccount" {
                self.accounts.insert((pending.namespace.clone(), pending.name.clone()), row);
            }
            let Some(spec) = pods::spec(out, pending.root, &pending.kind) else { continue };
            let named = ["serviceAccountName", "serviceAccount"]
                .into_iter()
                .find_map(|key| Some((text(out, spec, key)?, child(out, spec, key)?.1)));
            let (name, node) = named.unwrap_or_else(|| ("default".to_owned(), spec));
            self.runs_as.push(((pending.namespace.clone(), name), node));
        }
        Declared { kubernetes, strangers, refused }
    }

    fn resource(&mut self, out: &mut Builder, document: u32, pending: &Pending) -> u32 {
        let Pending { root, kind, namespace, name } = pending;
        let called = if name.is_empty() { "(unnamed)" } else { name };
        let address = if namespace.is_empty() {
            format!("{kind}/{called}")
        } else {
            format!("{namespace}/{kind}/{called}")
        };
        let address = self.addresses.next(&address);
        let origin = header(out, *root);
        let resource = Resource {
            address: out.text(&address),
            kind: out.text(kind),
            provider: out.text("kubernetes"),
            name: out.text(name),
            format: out.text("kubernetes"),
            document,
            root: *root,
            origin,
            module: 0,
        };
        out.resource(resource)
    }
}

/// An item of a list, with the version and kind of the list added as kubectl adds them.
fn completed(out: &mut Builder, node: u32, version: &str, kind: &str) -> u32 {
    let nodes = &out.batch().nodes;
    let row = |column: &[u32], at: u32| column.get(at as usize).copied().unwrap_or(NONE);
    let origin = row(&nodes.origins, node);
    let children: Vec<(u32, u32, u32)> = children(out, node)
        .filter(|at| !matches!(out.batch().text(row(&nodes.keys, *at)), "apiVersion" | "kind"))
        .map(|at| (at, row(&nodes.keys, at), row(&nodes.key_origins, at)))
        .collect();
    let mark = out.open(Kind::Mapping, 0, NONE, origin);
    for (at, key, key_origin) in children {
        let target = resolve(out, at);
        let origin = out.batch().nodes.origins.get(at as usize).copied().unwrap_or(NONE);
        out.link(key, key_origin, target, origin);
    }
    for (key, value) in [("apiVersion", version), ("kind", kind)] {
        let key = out.text(key);
        out.scalar(Kind::Text, key, NONE, value, origin);
    }
    out.close(mark, None)
}

/// Whether an object is of the kind `List` and has items.
fn is_list_of_all(out: &Builder, node: u32) -> bool {
    let items = child(out, node, "items").map(|(items, _)| out.batch().nodes.kind(items));
    items == Some(Kind::Sequence) && text(out, node, "kind").as_deref() == Some("List")
}

/// The value of `items`.
enum Items {
    /// Not set.
    None,
    /// An invalid value: its node.
    Wrong(u32),
    List(Vec<u32>),
}

/// The items of a list. For kubectl, an object of any kind that has items is a list.
fn items(out: &Builder, node: u32, kind: &str) -> Items {
    let Some((items, at)) = child(out, node, "items") else { return Items::None };
    let nodes = &out.batch().nodes;
    match nodes.kind(items) {
        Kind::Null => Items::List(Vec::new()),
        Kind::Sequence => {
            let found: Vec<u32> = children(out, items).collect();
            let object = |item: &u32| nodes.kind(resolve(out, *item)) == Kind::Mapping;
            // An object of another kind, which kubectl refuses, and not an empty list.
            let other = kind != "List" && !found.is_empty() && !found.iter().any(object);
            if other { Items::Wrong(at) } else { Items::List(found) }
        }
        _ => Items::Wrong(at),
    }
}

/// The kind as rules name it: without a group if Kubernetes defines it, otherwise with its group.
fn qualified(version: &str, kind: &str) -> String {
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let own = matches!(group, "" | "apps" | "batch" | "autoscaling" | "policy" | "extensions")
        || group.ends_with(".k8s.io");
    if own { kind.to_owned() } else { format!("{kind}.{group}") }
}

/// A field that is a scalar and not empty.
fn text(out: &Builder, mapping: u32, key: &str) -> Option<String> {
    let (node, _) = child(out, mapping, key)?;
    let batch = out.batch();
    let wanted = match batch.nodes.kind(node) {
        Kind::Text => true,
        // A name such as `1234` without quotes is a mistake that kubectl reports, but still the name.
        Kind::Number | Kind::Boolean => key != "apiVersion" && key != "kind",
        _ => false,
    };
    let value = batch.nodes.values.get(node as usize).copied().unwrap_or(0);
    let value = batch.text(value);
    (wanted && !value.is_empty()).then(|| value.to_owned())
}

/// The origin of the first entry of the mapping, which represents the resource.
fn header(out: &mut Builder, root: u32) -> u32 {
    let batch = out.batch();
    let first = root as usize + 1;
    let row = |column: &[u32]| column.get(first).copied().unwrap_or(NONE);
    let key = batch.origins.get(row(&batch.nodes.key_origins));
    let value = batch.origins.get(row(&batch.nodes.origins));
    match (key, value) {
        (Some(mut origin), Some(value)) => {
            if value.line == origin.line && value.end_line == origin.line && value.end > origin.end {
                (origin.end, origin.end_line, origin.end_column) =
                    (value.end, value.end_line, value.end_column);
            }
            out.origin(origin)
        }
        _ => batch.nodes.origins.get(root as usize).copied().unwrap_or(NONE),
    }
}

#[cfg(test)]
mod tests {
    use super::qualified;

    #[test]
    fn kinds() {
        for (version, kind, expected) in [
            ("v1", "Pod", "Pod"),
            ("apps/v1", "Deployment", "Deployment"),
            ("extensions/v1beta1", "Ingress", "Ingress"),
            ("rbac.authorization.k8s.io/v1", "Role", "Role"),
            ("argoproj.io/v1alpha1", "Rollout", "Rollout.argoproj.io"),
            ("serving.knative.dev/v1", "Service", "Service.serving.knative.dev"),
            ("notk8s.io/v1", "Thing", "Thing.notk8s.io"),
        ] {
            assert_eq!(qualified(version, kind), expected);
        }
    }
}
