//! What kubectl checks first in an object: the types of the fields that all objects have.
//!
//! The fields are those of `ObjectMeta` (`k8s.io/apimachinery/pkg/apis/meta/v1`). Null is always accepted, and unknown
//! fields are ignored.

use palisade_sdk::Kind;
use palisade_sdk::tape::Builder;
use palisade_yaml::{is_rfc3339, resolve};

use crate::pods::{child, children};

/// The type of a field.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Boolean,
    Integer,
    Time,
    Texts,
    /// A mapping of texts.
    Map,
    /// A list of mappings with these fields.
    List(&'static [(&'static str, Type)]),
}

const FIELDS: &[(&str, Type)] = &[
    ("name", Type::Text),
    ("generateName", Type::Text),
    ("namespace", Type::Text),
    ("selfLink", Type::Text),
    ("uid", Type::Text),
    ("resourceVersion", Type::Text),
    ("generation", Type::Integer),
    ("creationTimestamp", Type::Time),
    ("deletionTimestamp", Type::Time),
    ("deletionGracePeriodSeconds", Type::Integer),
    ("labels", Type::Map),
    ("annotations", Type::Map),
    ("ownerReferences", Type::List(OWNER)),
    ("finalizers", Type::Texts),
    ("managedFields", Type::List(MANAGED)),
];

const OWNER: &[(&str, Type)] = &[
    ("apiVersion", Type::Text),
    ("kind", Type::Text),
    ("name", Type::Text),
    ("uid", Type::Text),
    ("controller", Type::Boolean),
    ("blockOwnerDeletion", Type::Boolean),
];

const MANAGED: &[(&str, Type)] = &[
    ("manager", Type::Text),
    ("operation", Type::Text),
    ("apiVersion", Type::Text),
    ("time", Type::Time),
    ("fieldsType", Type::Text),
    ("subresource", Type::Text),
];

/// Why kubectl refuses the `apiVersion` of an object, and the node at fault.
pub(crate) fn version(out: &Builder, object: u32) -> Option<(u32, String)> {
    let (node, at) = child(out, object, "apiVersion")?;
    let slashes = scalar(out, node).bytes().filter(|byte| *byte == b'/').count();
    (slashes > 1).then(|| (at, "`apiVersion` has more than one `/`".to_owned()))
}

/// Why kubectl refuses the `metadata` of a document, and the node at fault. It does not check the items of a list.
pub(crate) fn refusal(out: &Builder, object: u32) -> Option<(u32, String)> {
    let (metadata, at) = child(out, object, "metadata")?;
    match out.batch().nodes.kind(metadata) {
        Kind::Null => None,
        Kind::Mapping => fields(out, metadata, FIELDS, "metadata"),
        _ => Some((at, "`metadata` must be a mapping".to_owned())),
    }
}

fn scalar(out: &Builder, node: u32) -> &str {
    let batch = out.batch();
    batch.text(batch.nodes.values.get(node as usize).copied().unwrap_or(0))
}

fn fields(out: &Builder, mapping: u32, fields: &[(&str, Type)], path: &str) -> Option<(u32, String)> {
    fields.iter().find_map(|(key, wanted)| {
        let (node, at) = child(out, mapping, key)?;
        value(out, node, at, *wanted, &format!("{path}.{key}"))
    })
}

fn value(out: &Builder, node: u32, at: u32, wanted: Type, path: &str) -> Option<(u32, String)> {
    let batch = out.batch();
    let kind = batch.nodes.kind(node);
    let wrong = |what: &str| Some((at, format!("`{path}` must be {what}")));
    match (wanted, kind) {
        (_, Kind::Null) | (Type::Text, Kind::Text) | (Type::Boolean, Kind::Boolean) => None,
        (Type::Text, _) => wrong("a text; quote it"),
        (Type::Boolean, _) => wrong("true or false"),
        (Type::Integer, Kind::Number) if is_integer(scalar(out, node)) => None,
        (Type::Integer, _) => wrong("a whole number"),
        (Type::Time, Kind::Text) if is_rfc3339(scalar(out, node)) => None,
        (Type::Time, _) => wrong("a time such as `2024-01-31T12:00:00Z`"),
        (Type::Map, Kind::Mapping) => {
            let wrong = children(out, node)
                .find(|child| !matches!(batch.nodes.kind(resolve(out, *child)), Kind::Text | Kind::Null))?;
            let key = batch.text(batch.nodes.keys.get(wrong as usize).copied().unwrap_or(0));
            Some((wrong, format!("`{key}` of `{path}` must be a text; quote it")))
        }
        (Type::Map, _) => wrong("a mapping"),
        (Type::Texts, Kind::Sequence) => {
            let wrong = children(out, node)
                .find(|child| !matches!(batch.nodes.kind(resolve(out, *child)), Kind::Text | Kind::Null))?;
            Some((wrong, format!("`{path}` must be a list of texts")))
        }
        (Type::Texts, _) => wrong("a list of texts"),
        (Type::List(inner), Kind::Sequence) => children(out, node).find_map(|child| {
            let item = resolve(out, child);
            match batch.nodes.kind(item) {
                Kind::Null => None,
                Kind::Mapping => fields(out, item, inner, path),
                _ => Some((child, format!("`{path}` must be a list of mappings"))),
            }
        }),
        (Type::List(_), _) => wrong("a list"),
    }
}

/// Whether a number is a 64-bit integer, such as `3` and `3.0`.
fn is_integer(text: &str) -> bool {
    let whole = |it: f64| it.fract() == 0.0 && it.abs() < 9_223_372_036_854_775_808.0;
    text.parse::<i64>().is_ok() || text.parse().is_ok_and(whole)
}
