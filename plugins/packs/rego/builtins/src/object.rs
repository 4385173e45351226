//! Objects.

use std::collections::BTreeSet;

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal};

pub(crate) const FUNCTIONS: &[Function] = &[Function::new("object.subset", 2, subset)];

/// Whether all of the second is in the first. Objects are compared recursively, arrays as consecutive items.
fn subset(call: &Arguments<'_>) -> Outcome {
    let (whole, part) = (call.any(0)?, call.any(1)?);
    match (whole, part) {
        (Value::Object(_), Value::Object(_))
        | (Value::Set(_), Value::Set(_))
        | (Value::Array(_), Value::Array(_)) => Ok(Value::Bool(within(whole, part))),
        (Value::Array(items), Value::Set(members)) => {
            let items: BTreeSet<&Value> = items.iter().collect();
            Ok(Value::Bool(members.iter().all(|it| items.contains(it))))
        }
        _ => Err(Refusal::Undefined),
    }
}

fn within(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|it| within(it, value)))
        }
        (Value::Set(whole), Value::Set(part)) => part.is_subset(whole),
        (Value::Array(whole), Value::Array(part)) => {
            part.is_empty() || whole.as_slice().windows(part.len()).any(|it| it == part.as_slice())
        }
        _ => whole == part,
    }
}
