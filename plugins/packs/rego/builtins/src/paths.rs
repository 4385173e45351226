//! `json.filter` and `json.remove`: parts of a document by their paths.

use std::collections::BTreeMap;

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, array, items, set};

pub(crate) const FUNCTIONS: &[Function] =
    &[Function::new("json.filter", 2, filter), Function::new("json.remove", 2, remove)];

/// Merged paths: a path that ends here includes everything below.
enum Tree {
    All,
    Below(BTreeMap<Value, Tree>),
}

impl Tree {
    fn insert(&mut self, path: &[Value]) {
        let Self::Below(children) = self else { return };
        match path.split_first() {
            None => *self = Self::All,
            Some((first, rest)) => {
                children.entry(first.clone()).or_insert_with(|| Self::Below(BTreeMap::new())).insert(rest);
            }
        }
    }
}

fn tree(paths: &Value) -> Result<Tree, Refusal> {
    let mut tree = Tree::Below(BTreeMap::new());
    for path in items(paths)? {
        let steps = match path {
            Value::String(text) => steps(text),
            Value::Array(steps) => steps.iter().cloned().collect(),
            _ => return Err(Refusal::Undefined),
        };
        if !steps.is_empty() {
            tree.insert(&steps);
        }
    }
    Ok(tree)
}

/// A path as text: steps separated by `/`, in which `~1` is `/` and `~0` is `~`.
fn steps(text: &str) -> Vec<Value> {
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.trim_start_matches('/');
    text.split('/').map(|it| Value::from(it.replace("~1", "/").replace("~0", "~"))).collect()
}

fn filter(call: &Arguments<'_>) -> Outcome {
    call.entries(0)?;
    keep(call.any(0)?, &tree(call.any(1)?)?).ok_or(Refusal::Undefined)
}

/// The part of a value that the paths select; `None` for a value into which no path can lead.
fn keep(value: &Value, tree: &Tree) -> Option<Value> {
    let Tree::Below(children) = tree else { return Some(value.clone()) };
    Some(match value {
        Value::Object(entries) => Value::from(
            entries
                .iter_sorted()
                .filter_map(|(key, it)| Some((key.clone(), keep(it, children.get(key)?)?)))
                .collect::<BTreeMap<_, _>>(),
        ),
        Value::Array(items) => array(
            items
                .iter()
                .enumerate()
                .filter_map(|(at, it)| keep(it, children.get(&Value::from(at.to_string()))?)),
        ),
        Value::Set(members) => set(members.iter_sorted().filter_map(|it| keep(it, children.get(it)?))),
        _ => return None,
    })
}

fn remove(call: &Arguments<'_>) -> Outcome {
    call.entries(0)?;
    Ok(without(call.any(0)?, &tree(call.any(1)?)?))
}

fn without(value: &Value, tree: &Tree) -> Value {
    let Tree::Below(children) = tree else { return value.clone() };
    let left = |key: &Value, it: &Value| match children.get(key) {
        None => Some(it.clone()),
        Some(Tree::All) => None,
        Some(below) => Some(without(it, below)),
    };
    match value {
        Value::Object(entries) => Value::from(
            entries
                .iter_sorted()
                .filter_map(|(key, it)| Some((key.clone(), left(key, it)?)))
                .collect::<BTreeMap<_, _>>(),
        ),
        Value::Array(items) => {
            array(items.iter().enumerate().filter_map(|(at, it)| left(&Value::from(at.to_string()), it)))
        }
        Value::Set(members) => set(members.iter_sorted().filter_map(|it| left(it, it))),
        _ => value.clone(),
    }
}
