//! The values of rules, as results.

use regorus::Value;

use crate::control::{Control, Dialect};
use crate::path::{Step, explicit, resolve};

/// One result of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The message of the rule; empty if it has none.
    pub message: String,
    /// An identifier that distinguishes several results of one control in one input, if the rule gives one.
    pub instance: String,
    /// The place in the input; `None` for the input as a whole.
    pub path: Option<Vec<Step>>,
    /// Whether the path is what the rule read last, and not named by the rule.
    pub implied: bool,
    /// Further places that the same result came from.
    pub others: Vec<Vec<Step>>,
    /// All other fields of the rule's result, as JSON; `null` if there are none.
    pub details: Value,
}

/// What a control found in an input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The results, without duplicates.
    pub found: Vec<Found>,
    /// Whether an `exception` of Conftest names the control for this input: the results are then excepted.
    pub excepted: bool,
}

/// A result before its place is known.
pub(crate) struct RuleResult {
    message: String,
    instance: String,
    path: Option<Vec<Value>>,
    details: Value,
    /// The value that the rule gave.
    value: Value,
}

/// Reads the value of a control's rule.
pub(crate) fn read_results(control: &Control, value: &Value) -> Result<Vec<RuleResult>, String> {
    if control.dialect == Dialect::Reference {
        return match value {
            Value::Bool(true) => Ok(vec![RuleResult::plain(String::new(), value)]),
            Value::Bool(false) | Value::Undefined => Ok(Vec::new()),
            _ => Err(format!("{} is {}, and has to be true or false", control.rule, kind(value))),
        };
    }
    let items: Vec<&Value> = match value {
        Value::Undefined => Vec::new(),
        Value::Set(items) => items.iter().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => return Err(format!("{} is {}, and has to be a set", control.rule, kind(value))),
    };
    items.into_iter().map(|item| read_result(control, item)).collect()
}

fn read_result(control: &Control, item: &Value) -> Result<RuleResult, String> {
    let object = match item {
        Value::String(text) => return Ok(RuleResult::plain(text.to_string(), item)),
        Value::Object(object) => object,
        _ => return Err(format!("{} gave {}, neither a string nor an object", control.rule, kind(item))),
    };
    let text = |key: &str| match object.get(&Value::from(key)) {
        Some(Value::String(text)) => Some(text.to_string()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_json_str().ok(),
        _ => None,
    };
    let word = if control.dialect == Dialect::Own { "message" } else { "msg" };
    // Conftest stops if the message is not a string.
    let message = match object.get(&Value::from(word)) {
        Some(Value::String(text)) => Some(text.to_string()),
        Some(_) if control.dialect == Dialect::Conftest => None,
        _ => text(word),
    };
    let Some(message) = message else {
        return Err(format!("{} gave an object without a text {word}", control.rule));
    };
    let path = object.get(&Value::from("path")).and_then(explicit);
    let rest: std::collections::BTreeMap<Value, Value> = object
        .iter()
        .filter(|(key, _)| ![word, "instance", "path"].into_iter().any(|known| **key == Value::from(known)))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let details = if rest.is_empty() { Value::Null } else { Value::from(rest) };
    Ok(RuleResult {
        message,
        instance: text("instance").unwrap_or_default(),
        path,
        details,
        value: item.clone(),
    })
}

impl RuleResult {
    fn plain(message: String, value: &Value) -> Self {
        Self { message, instance: String::new(), path: None, details: Value::Null, value: value.clone() }
    }

    /// Finds the place: the path that the result names, or else the one that the tracing rule pairs it with.
    pub(crate) fn placed(self, input: &Value, origins: Option<&Value>) -> Found {
        let named = self.path.as_deref().and_then(|path| resolve(input, path));
        let implied = named.is_none();
        let mut paths: Vec<Vec<Step>> = match (named, origins) {
            (Some(path), _) => vec![path],
            (None, Some(Value::Set(pairs))) => {
                let mut found: Vec<(u64, Vec<Step>)> =
                    pairs.iter().filter_map(|pair| self.pair(pair, input)).collect();
                let first = found.iter().map(|(clause, _)| *clause).min();
                // Of an `else` chain only the first body that holds counts; of a set all do.
                if self.value == Value::Bool(true) {
                    found.retain(|(clause, _)| Some(*clause) == first);
                }
                found.into_iter().map(|(_, path)| path).collect()
            }
            _ => Vec::new(),
        };
        paths.sort();
        paths.dedup();
        let mut paths = paths.into_iter();
        let path = paths.next();
        let others = paths.collect();
        let implied = implied && path.is_some();
        Found { message: self.message, instance: self.instance, path, implied, others, details: self.details }
    }

    /// A pair's clause and place, if it belongs to this result.
    fn pair(&self, pair: &Value, input: &Value) -> Option<(u64, Vec<Step>)> {
        let Value::Array(pair) = pair else { return None };
        let [clause, result, Value::Array(origins)] = pair.as_slice() else { return None };
        if *result != self.value {
            return None;
        }
        // The longest of several possible places.
        let places = origins.iter().filter_map(|origins| resolve(input, origins.as_array().ok()?.as_slice()));
        Some((clause.as_u64().ok()?, places.max_by_key(Vec::len)?))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Set(_) => "a set",
        Value::Object(_) => "an object",
        Value::Undefined => "undefined",
    }
}
