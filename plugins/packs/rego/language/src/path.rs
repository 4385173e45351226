//! Places in an input.

use std::fmt;

use regorus::Value;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of an object.
    Key(String),
    /// An index of an array.
    Index(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

/// A step that a rule takes, as far as its text defines it; `None` is any step.
pub type Pattern = Vec<Option<Step>>;

/// Maximum number of values that are searched for one that a rule identifies only by its value.
const LOOKS: usize = 100_000;

/// Where a rule read that returns these steps: keys and indices, `null` for any, `{"is": v}` if the value there is `v`,
/// `{"all": p}` for the steps of a path that is itself a value. What is missing ends the path before it. `None` for no
/// steps.
pub(crate) fn resolve(input: &Value, steps: &[Value]) -> Option<Vec<Step>> {
    let mut flat = Vec::new();
    for value in steps {
        match tag(value, "all") {
            Some(Value::Array(steps)) => flat.extend(steps.iter().cloned()),
            Some(_) => return None,
            None => flat.push(value.clone()),
        }
    }
    let mut looks = 0;
    let mut path = Vec::new();
    follow(input, &flat, &mut path, &mut looks);
    (!path.is_empty()).then_some(path)
}

/// Follows the steps as far as values exist. Returns whether all expected values were found.
fn follow(at: &Value, steps: &[Value], path: &mut Vec<Step>, looks: &mut usize) -> bool {
    *looks = looks.saturating_add(1);
    let Some((first, rest)) = steps.split_first() else { return true };
    if let Some(expected) = tag(first, "is") {
        return at == expected && follow(at, rest, path, looks);
    }
    if matches!(first, Value::Null) {
        // Only a later step with a value selects one of many.
        if rest.iter().any(|step| tag(step, "is").is_some()) {
            let depth = path.len();
            for (step, value) in children(at) {
                if *looks > LOOKS {
                    break;
                }
                path.push(step);
                if follow(value, rest, path, looks) {
                    return true;
                }
                path.truncate(depth);
            }
            return false;
        }
        return true;
    }
    match child(at, first) {
        Some((step, value)) => {
            path.push(step);
            let held = follow(value, rest, path, looks);
            if !held {
                path.pop();
            }
            held
        }
        // What follows is missing too, and the steps fail only if they expect a value.
        None => !rest.iter().any(|step| tag(step, "is").is_some()),
    }
}

fn tag<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(object) => object.get(&Value::from(name)),
        _ => None,
    }
}

fn child<'a>(at: &'a Value, step: &Value) -> Option<(Step, &'a Value)> {
    match (at, step) {
        (Value::Object(object), Value::String(key)) => {
            object.get(step).map(|value| (Step::Key(key.to_string()), value))
        }
        (Value::Array(items), Value::Number(_)) => {
            let index = usize::try_from(step.as_u64().ok()?).ok()?;
            items.get(index).map(|value| (Step::Index(index), value))
        }
        _ => None,
    }
}

fn children(at: &Value) -> Vec<(Step, &Value)> {
    match at {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (Step::Index(index), value)).collect()
        }
        Value::Object(object) => object
            .iter_sorted()
            .filter_map(|(key, value)| match key {
                Value::String(key) => Some((Step::Key(key.to_string()), value)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A path that a result names: `"a.b[0]"`, `"/a/b/0"`, or a list of keys and indices.
pub(crate) fn explicit(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.to_vec()),
        Value::String(text) => {
            let pointer = text.starts_with('/');
            let text = text.strip_prefix("input.").unwrap_or(text);
            let steps = text.split(|c: char| if pointer { c == '/' } else { matches!(c, '.' | '[' | ']') });
            Some(
                steps
                    .filter(|step| !step.is_empty())
                    .map(|step| {
                        let step = step.trim_matches(|c| matches!(c, '"' | '\''));
                        let step = if pointer {
                            step.replace("~1", "/").replace("~0", "~")
                        } else {
                            step.to_owned()
                        };
                        step.parse::<u64>().map_or_else(|_| Value::from(step.as_str()), Value::from)
                    })
                    .collect(),
            )
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(input: &str, steps: &str) -> String {
        let input = Value::from_json_str(input).unwrap();
        let steps = Value::from_json_str(steps).unwrap();
        let path = resolve(&input, steps.as_array().unwrap().as_slice());
        path.map_or("none".to_owned(), |path| {
            path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
        })
    }

    #[test]
    fn a_path_goes_as_far_as_there_is_something() {
        let input = r#"{"a": [{"b": 1}, {"b": 2, "c": {"d": 3}}]}"#;
        for (steps, expected) in [
            (r#"["a", 1, "c", "d"]"#, "a.1.c.d"),
            (r#"["a", 1, "c", "x", "y"]"#, "a.1.c"),
            (r#"["a", null, "b"]"#, "a"),
            (r#"["a", null, {"is": {"b": 1}}, "b"]"#, "a.0.b"),
            (r#"["a", null, "b", {"is": 2}]"#, "a.1.b"),
            (r#"["a", {"all": [1, "c"]}, "d"]"#, "a.1.c.d"),
            (r#"["x"]"#, "none"),
            (r"[]", "none"),
        ] {
            assert_eq!(shown(input, steps), expected, "{steps}");
        }
    }
}
