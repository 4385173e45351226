//! Resources and documents as the `input` of rules.

use std::collections::BTreeMap;

use palisade_rego::Step;
use palisade_sdk::tape::Relations;
use palisade_sdk::{Kind, Node, ResourceView};
use regorus::Value;

/// Maximum number of values of one input, with expanded anchors.
const VALUES: usize = 2_000_000;
/// Maximum number of unknown values whose places are recorded; with more, any value may be unknown.
const UNKNOWNS: usize = 10_000;

/// An input, and the unknown values in it.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) value: Value,
    /// The places of unknown values, each with the node that states the reason. They are not in the value.
    pub(crate) unknowns: Vec<(Vec<Step>, u32)>,
    /// Whether there were more unknown values than are recorded, or more values than an input may have.
    pub(crate) cut: bool,
}

/// The configuration of a resource, or a document.
pub(crate) fn config(resource: ResourceView<'_>) -> Input {
    let mut writer = Writer::default();
    let value = writer.value(resource.root());
    writer.end(value)
}

/// A resource with its shapes and relations: the input of a control in our dialect.
pub(crate) fn resource(it: ResourceView<'_>, shapes: &[String], relations: &Relations) -> Input {
    let mut writer = Writer::default();
    let mut members = header(it);
    let config = writer.under("config", |writer| writer.value(it.root()));
    members.insert(Value::from("config"), config);
    let shaped = writer.under("shapes", |writer| {
        let shapes = shapes.iter().filter_map(|id| Some((id, it.shape(id)?)));
        let shapes: Vec<_> = shapes.collect();
        let values = shapes
            .into_iter()
            .map(|(id, root)| (Value::from(id.as_str()), writer.under(id, |writer| writer.value(root))));
        Value::from(values.collect::<BTreeMap<_, _>>())
    });
    members.insert(Value::from("shapes"), shaped);
    let related = writer.under("relations", |writer| {
        let all = related(it, relations);
        let values = all
            .into_iter()
            .enumerate()
            .map(|(row, related)| writer.row(row, |writer| writer.related(&related)));
        Value::from(values.collect::<Vec<_>>())
    });
    members.insert(Value::from("relations"), related);
    writer.end(Value::from(members))
}

/// A resource that this one refers to, or that refers to it.
pub(crate) struct Related<'b> {
    /// `to` or `from`.
    direction: &'static str,
    attribute: &'b str,
    target: &'b str,
    pub(crate) resource: Option<ResourceView<'b>>,
}

/// All relations of a resource, outgoing ones first.
pub(crate) fn related<'b>(it: ResourceView<'b>, relations: &Relations) -> Vec<Related<'b>> {
    let batch = it.batch();
    let from = relations.from_resource(it).map(|relation| Related {
        direction: "to",
        attribute: batch.text(relation.attribute),
        target: batch.text(relation.target_text),
        resource: batch.resource(relation.to_resource),
    });
    let towards = relations.towards(it).map(|(resource, relation)| Related {
        direction: "from",
        attribute: batch.text(relation.attribute),
        target: batch.text(relation.target_text),
        resource: Some(resource),
    });
    from.chain(towards).collect()
}

/// The properties of a resource besides its configuration.
fn header(it: ResourceView<'_>) -> BTreeMap<Value, Value> {
    [
        ("address", it.address()),
        ("kind", it.kind()),
        ("provider", it.provider()),
        ("name", it.name()),
        ("format", it.format()),
        ("module", it.module()),
        ("file", it.path()),
    ]
    .into_iter()
    .map(|(key, text)| (Value::from(key), Value::from(text)))
    .collect()
}

/// Converts values, and records those that it cannot convert.
#[derive(Default)]
struct Writer {
    path: Vec<Step>,
    unknowns: Vec<(Vec<Step>, u32)>,
    cut: bool,
    values: usize,
    /// Values behind anchors that are completely known: converted once, and shared by all uses.
    shared: BTreeMap<u32, Value>,
}

impl Writer {
    fn end(self, value: Value) -> Input {
        Input { value, unknowns: self.unknowns, cut: self.cut }
    }

    fn under<T>(&mut self, key: &str, write: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(Step::Key(key.to_owned()));
        let written = write(self);
        self.path.pop();
        written
    }

    fn row<T>(&mut self, row: usize, write: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(Step::Index(row));
        let written = write(self);
        self.path.pop();
        written
    }

    fn related(&mut self, it: &Related<'_>) -> Value {
        let mut members = BTreeMap::from([
            (Value::from("direction"), Value::from(it.direction)),
            (Value::from("attribute"), Value::from(it.attribute)),
            (Value::from("target"), Value::from(it.target)),
        ]);
        if let Some(resource) = it.resource {
            let written = self.under("resource", |writer| {
                let mut members = header(resource);
                let config = writer.under("config", |writer| writer.value(resource.root()));
                members.insert(Value::from("config"), config);
                Value::from(members)
            });
            members.insert(Value::from("resource"), written);
        }
        Value::from(members)
    }

    /// An unknown value is omitted from a mapping, and null in a list, so that the indices of later items stay valid.
    fn value(&mut self, node: Node<'_>) -> Value {
        self.known(node).unwrap_or(Value::Null)
    }

    fn known(&mut self, node: Node<'_>) -> Option<Value> {
        self.values = self.values.saturating_add(1);
        if self.values > VALUES {
            self.cut = true;
            return None;
        }
        Some(match node.kind() {
            Kind::Null | Kind::Link => Value::Null,
            Kind::Boolean => Value::Bool(node.as_bool() == Some(true)),
            Kind::Number => number(node.as_scalar().unwrap_or_default()),
            Kind::Text => Value::from(node.as_str().unwrap_or_default()),
            Kind::Unknown => {
                if self.unknowns.len() < UNKNOWNS {
                    self.unknowns.push((self.path.clone(), node.index()));
                } else {
                    self.cut = true;
                }
                return None;
            }
            Kind::Mapping | Kind::Sequence => {
                if let Some(written) = self.shared.get(&node.index()) {
                    return Some(written.clone());
                }
                let before = self.unknowns.len();
                let written = self.collection(node);
                if self.unknowns.len() == before {
                    self.shared.insert(node.index(), written.clone());
                }
                written
            }
        })
    }

    fn collection(&mut self, node: Node<'_>) -> Value {
        if node.kind() == Kind::Sequence {
            let items = node.items().enumerate();
            let items = items.map(|(row, item)| self.row(row, |writer| writer.value(item)));
            return Value::from(items.collect::<Vec<_>>());
        }
        let mut members = BTreeMap::new();
        // If a key occurs twice, the last one counts.
        for child in node.children() {
            let value = self.under(child.key(), |writer| writer.known(child));
            let key = Value::from(child.key());
            match value {
                Some(value) => members.insert(key, value),
                None => members.remove(&key),
            };
        }
        Value::from(members)
    }
}

/// A number in JSON's notation; one that the engine cannot read stays a string.
fn number(text: &str) -> Value {
    Value::from_json_str(text)
        .ok()
        .filter(|value| matches!(value, Value::Number(_)))
        .unwrap_or_else(|| Value::from(text))
}
