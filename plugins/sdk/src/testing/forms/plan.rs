//! A batch as the JSON of a plan (Terraform, "JSON Output Format").

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{Kind, Node, ResourceView};

use super::configuration;
use super::source::{Source, own, values as values_of};
use crate::tape::Batch;

/// A batch as `terraform show -json` prints a plan that creates all its resources.
pub(super) fn render(batch: &Batch) -> String {
    let source = Source::of(batch);
    let mut planned: Modules = BTreeMap::new();
    let mut prior: Modules = BTreeMap::new();
    let mut changes = Vec::new();
    for resource in batch.resource_views() {
        let (mut values, mut unknown) = (Map::new(), Map::new());
        for node in values_of(resource) {
            member(node, &mut values, &mut unknown);
        }
        // A data source without unknown values was read during planning, and is part of the prior state.
        let is_read = own(resource).is_data && unknown.is_empty();
        let mut row = header(resource);
        if !is_read {
            let mut change = row.clone();
            let actions = if own(resource).is_data { "read" } else { "create" };
            change.insert(
                "change".to_owned(),
                json!({"actions": [actions], "before": null, "after": values, "after_unknown": unknown}),
            );
            changes.push(Value::Object(change));
        }
        row.insert("values".to_owned(), Value::Object(values));
        let modules = if is_read { &mut prior } else { &mut planned };
        modules.entry(resource.module().to_owned()).or_default().push(Value::Object(row));
    }
    let plan = json!({
        "format_version": "1.2",
        "terraform_version": "1.12.0",
        "planned_values": {"root_module": module("", &planned)},
        "resource_changes": changes,
        "prior_state": {"format_version": "1.0", "values": {"root_module": module("", &prior)}},
        "configuration": {"root_module": configuration::render(&source)},
    });
    format!("{plan:#}")
}

/// Resources by the address of their module.
type Modules = BTreeMap<String, Vec<Value>>;

fn header(resource: ResourceView<'_>) -> Map<String, Value> {
    let own = own(resource);
    let mut row = Map::new();
    let mut put = |name: &str, value: &str| row.insert(name.to_owned(), value.into());
    put("address", resource.address());
    put("mode", if own.is_data { "data" } else { "managed" });
    put("type", own.kind);
    put("name", own.name);
    put("provider_name", &format!("registry.terraform.io/hashicorp/{}", resource.provider()));
    row
}

/// The parent module; none for a module of the root.
fn parent(address: &str) -> &str {
    address.rfind(".module.").and_then(|at| address.get(..at)).unwrap_or("")
}

fn module(address: &str, all: &Modules) -> Value {
    let mut object = Map::new();
    if !address.is_empty() {
        object.insert("address".to_owned(), address.into());
    }
    if let Some(resources) = all.get(address) {
        object.insert("resources".to_owned(), resources.clone().into());
    }
    // A module without resources of its own is kept for its child modules.
    let mut children: Vec<&str> = all.keys().map(String::as_str).filter(|it| !it.is_empty()).collect();
    let mut at = 0;
    while let Some(above) = children.get(at).map(|it| parent(it)) {
        if !above.is_empty() && !children.contains(&above) {
            children.push(above);
        }
        at += 1;
    }
    children.retain(|it| parent(it) == address);
    children.sort_unstable();
    if !children.is_empty() {
        let children: Vec<Value> = children.into_iter().map(|it| module(it, all)).collect();
        object.insert("child_modules".to_owned(), children.into());
    }
    Value::Object(object)
}

/// Adds a value to the known values, and its unknown parts to the unknown ones.
fn member(node: Node<'_>, values: &mut Map<String, Value>, unknowns: &mut Map<String, Value>) {
    let (value, unknown) = value(node);
    if let Some(value) = value {
        values.insert(node.key().to_owned(), value);
    }
    if is_any(&unknown) {
        unknowns.insert(node.key().to_owned(), unknown);
    }
}

fn is_any(unknown: &Value) -> bool {
    match unknown {
        Value::Bool(it) => *it,
        Value::Array(items) => items.iter().any(is_any),
        Value::Object(members) => members.values().any(is_any),
        _ => false,
    }
}

/// A value, if it is known, and its part of `after_unknown`.
fn value(node: Node<'_>) -> (Option<Value>, Value) {
    match node.kind() {
        Kind::Unknown => (None, true.into()),
        Kind::Mapping => {
            let (mut values, mut unknown) = (Map::new(), Map::new());
            for child in node.children() {
                member(child, &mut values, &mut unknown);
            }
            (Some(values.into()), unknown.into())
        }
        Kind::Sequence => {
            let (values, unknown): (Vec<Value>, Vec<Value>) =
                node.items().map(value).map(|(value, unknown)| (value.unwrap_or_default(), unknown)).unzip();
            (Some(values.into()), unknown.into())
        }
        _ => (Some(scalar(node)), false.into()),
    }
}

/// A scalar that is known.
pub(super) fn scalar(node: Node<'_>) -> Value {
    let text = node.as_scalar().unwrap_or("");
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Boolean => (text == "true").into(),
        Kind::Number => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}
