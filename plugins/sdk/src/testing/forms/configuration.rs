//! The part of a plan that lists the references of expressions, built from the relations of a batch.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::tape::Relation;
use crate::{Kind, Node, ResourceView};

use super::source::{Source, own, values};

/// A module of the configuration.
#[derive(Default)]
struct Module {
    /// Expressions by the address of the resource without its key.
    resources: BTreeMap<String, Map<String, Value>>,
    calls: BTreeMap<String, Call>,
    /// References by the name of the output.
    outputs: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Default)]
struct Call {
    module: Module,
    /// References by the name of the variable.
    arguments: BTreeMap<String, BTreeSet<String>>,
}

/// The module calls on the path to a module, each with its key: `x["a"]`.
fn calls(address: &str) -> Vec<String> {
    let mut calls = Vec::new();
    let mut rest = address;
    while let Some(inner) = rest.strip_prefix("module.") {
        let end = inner.find(".module.").unwrap_or(inner.len());
        calls.push(inner.get(..end).unwrap_or(inner).to_owned());
        rest = inner.get(end..).unwrap_or("").trim_start_matches('.');
    }
    calls
}

fn bare(call: &str) -> &str {
    call.split('[').next().unwrap_or(call)
}

impl Module {
    fn at(&mut self, calls: &[String]) -> &mut Module {
        calls
            .iter()
            .fold(self, |module, call| &mut module.calls.entry(bare(call).to_owned()).or_default().module)
    }

    /// The reference in the module at `from` to a value of the module at `to`: variables on the way up, outputs on the
    /// way down.
    fn lead(&mut self, from: &[String], to: &[String], reference: &str) -> String {
        let common = from.iter().zip(to).take_while(|(one, other)| one == other).count();
        let name: String = format!("{}_{reference}", to.join("_"))
            .chars()
            .map(|it| if it.is_alphanumeric() { it } else { '_' })
            .collect();
        let mut seen = reference.to_owned();
        for depth in (common..to.len()).rev() {
            let Some(call) = to.get(depth) else { continue };
            let inside = self.at(to.get(..=depth).unwrap_or(to));
            inside.outputs.entry(name.clone()).or_default().insert(seen);
            seen = format!("module.{call}.{name}");
        }
        for depth in common..from.len() {
            let (Some(outer), Some(call)) = (from.get(..depth), from.get(depth)) else { continue };
            let call = self.at(outer).calls.entry(bare(call).to_owned()).or_default();
            call.arguments.entry(name.clone()).or_default().insert(seen);
            seen = format!("var.{name}");
        }
        seen
    }

    fn json(&self) -> Value {
        let resources: Vec<Value> = self
            .resources
            .iter()
            .map(|(address, expressions)| {
                let is_data = address.starts_with("data.");
                let mode = if is_data { "data" } else { "managed" };
                let mut parts = address.trim_start_matches("data.").splitn(2, '.');
                let (kind, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
                json!({"address": address, "mode": mode, "type": kind, "name": name, "expressions": expressions})
            })
            .collect();
        let references = |all: &BTreeSet<String>| json!({"references": all});
        let mut calls = Map::new();
        for (name, call) in &self.calls {
            let arguments: Map<String, Value> =
                call.arguments.iter().map(|(name, all)| (name.clone(), references(all))).collect();
            calls.insert(name.clone(), json!({"expressions": arguments, "module": call.module.json()}));
        }
        let outputs: Map<String, Value> = self
            .outputs
            .iter()
            .map(|(name, all)| (name.clone(), json!({"expression": references(all)})))
            .collect();
        json!({"resources": resources, "module_calls": calls, "outputs": outputs})
    }
}

struct Writer<'s, 'b> {
    source: &'s Source<'b>,
    root: Module,
}

/// `configuration.root_module` of a plan.
pub(super) fn render(source: &Source<'_>) -> Value {
    let mut writer = Writer { source, root: Module::default() };
    for resource in source.batch.resource_views() {
        let module = calls(resource.module());
        for node in values(resource) {
            let expression = writer.expression(resource, node);
            let own = own(resource).bare();
            let expressions = writer.root.at(&module).resources.entry(own).or_default();
            if let Some(expression) = expression {
                let entry = expressions.entry(node.key());
                entry.and_modify(|it| merge(it, &expression)).or_insert(expression);
            }
        }
    }
    writer.root.json()
}

/// Adds the references of another instance of the same block.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Array(into), Value::Array(from)) if into.first().is_none_or(Value::is_string) => {
            for it in from {
                if !into.contains(it) {
                    into.push(it.clone());
                }
            }
        }
        (Value::Array(into), Value::Array(from)) => {
            into.iter_mut().zip(from).for_each(|(into, from)| merge(into, from));
        }
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                let entry = into.entry(key.clone());
                entry.and_modify(|it| merge(it, value)).or_insert_with(|| value.clone());
            }
        }
        _ => {}
    }
}

impl Writer<'_, '_> {
    /// The expression of an attribute; for nested blocks, one expression for each attribute of each block.
    fn expression(&mut self, resource: ResourceView<'_>, node: Node<'_>) -> Option<Value> {
        let is_blocks = node.kind() == Kind::Sequence
            && node.items().next().is_some()
            && node.items().all(|it| it.kind() == Kind::Mapping)
            && self.source.relations(node).is_empty();
        if is_blocks {
            let mut blocks = Vec::new();
            for block in node.items() {
                let mut members = Map::new();
                for member in block.children() {
                    if let Some(expression) = self.expression(resource, member) {
                        members.insert(member.key().to_owned(), expression);
                    }
                }
                blocks.push(Value::Object(members));
            }
            return Some(blocks.into());
        }
        let mut references = BTreeSet::new();
        self.references(resource, node, &mut references);
        if !references.is_empty() {
            return Some(json!({"references": references}));
        }
        (node.kind() != Kind::Unknown).then(|| json!({"constant_value": null}))
    }

    /// All references in a value.
    fn references(&mut self, resource: ResourceView<'_>, node: Node<'_>, found: &mut BTreeSet<String>) {
        for relation in self.source.relations(node).to_vec() {
            found.extend(self.reference(resource, relation));
        }
        for child in node.children() {
            self.references(resource, child, found);
        }
    }

    /// A reference as Terraform writes it: with and without the attribute. If the key is an expression such as
    /// `count.index`, only without.
    fn reference(&mut self, resource: ResourceView<'_>, relation: &Relation) -> Vec<String> {
        let batch = self.source.batch;
        let Some(target) = batch.resource(relation.to_resource) else { return Vec::new() };
        let (from, to) = (calls(resource.module()), calls(target.module()));
        let (here, there) = (own(resource), own(target));
        if !there.key.is_empty() && there.key == here.key && from == to {
            let key = if there.key.starts_with("[\"") { "each.key" } else { "count.index" };
            return vec![there.bare(), key.to_owned()];
        }
        let instance = format!("{}{}", there.bare(), there.key);
        let attribute = batch.text(relation.attribute);
        let longer = (!attribute.is_empty()).then(|| format!("{instance}.{attribute}"));
        let all = longer.into_iter().chain([instance]);
        all.map(|it| if from == to { it } else { self.root.lead(&from, &to, &it) }).collect()
    }
}
