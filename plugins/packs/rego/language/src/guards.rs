//! Replacements of functions of the engine that panic. An extension takes precedence over the engine's own function of
//! the same name. As in OPA, what would be an error is undefined.

use regorus::{Engine, Value};

/// Replaces them, except those that were registered as extensions.
pub(crate) fn install(engine: &mut Engine) {
    let subset = Box::new(|arguments: Vec<Value>| Ok(binary(&arguments, subset)));
    let _ = engine.add_extension("object.subset".to_owned(), 2, subset);
    crate::template::install(engine);
    let count = Box::new(|arguments: Vec<Value>| Ok(binary(&arguments, count)));
    let _ = engine.add_extension("strings.count".to_owned(), 2, count);
}

fn binary(arguments: &[Value], function: impl Fn(&Value, &Value) -> Option<Value>) -> Value {
    match arguments {
        [left, right] => function(left, right).unwrap_or(Value::Undefined),
        _ => Value::Undefined,
    }
}

/// Whether the second is part of the first: keys with their values, members, or consecutive items.
fn subset(whole: &Value, part: &Value) -> Option<Value> {
    let comparable = matches!(
        (whole, part),
        (Value::Object(_), Value::Object(_))
            | (Value::Set(_) | Value::Array(_), Value::Set(_))
            | (Value::Array(_), Value::Array(_))
    );
    comparable.then(|| Value::Bool(contains(whole, part)))
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part)))
        }
        (Value::Set(whole), Value::Set(part)) => part.is_subset(whole),
        (Value::Array(whole), Value::Set(part)) => part.iter().all(|item| whole.contains(item)),
        (Value::Array(whole), Value::Array(part)) => {
            part.is_empty() || whole.as_slice().windows(part.len()).any(|run| run == part.as_slice())
        }
        _ => whole == part,
    }
}

/// How often a text occurs in another; an empty one occurs between all characters, and at both ends.
fn count(text: &Value, wanted: &Value) -> Option<Value> {
    let (Value::String(text), Value::String(wanted)) = (text, wanted) else { return None };
    let count = text.matches(&**wanted).count();
    Some(Value::from(u64::try_from(count).ok()?))
}
