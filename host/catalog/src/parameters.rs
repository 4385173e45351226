//! Parameters of controls: whether a value is valid, and whether it is stricter than another.

use jsonschema::{PatternOptions, Validator};
use palisade_domain::{Control, Parameter, Stricter};
use serde_json::{Number, Value};
use thiserror::Error;

/// The largest schema, in bytes.
const MAX_SCHEMA: usize = 16 << 10;

/// The largest value, in bytes of its JSON.
const MAX_VALUE: usize = 64 << 10;

/// The largest compiled pattern of a schema, in bytes.
const MAX_PATTERN: usize = 256 << 10;

/// Why a value is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    /// It does not fit the parameter's schema.
    #[error("{0}")]
    Unfit(String),
    /// It is too large.
    #[error("value has more than {MAX_VALUE} bytes")]
    Large,
    /// The plugin's schema is invalid. Admission refuses such a parameter.
    #[error("schema of the parameter is invalid: {0}")]
    Schema(String),
}

/// The largest depth of a schema: validation of several branches can take twice as long with each level.
const MAX_DEPTH: u32 = 12;

/// Reference keywords, which no parameter needs: a schema that refers to itself has no end.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// An unsupported part of a schema, at this number of levels below its top.
fn unsupported(schema: &Value, depth: u32) -> Option<String> {
    if depth > MAX_DEPTH {
        return Some(format!("it has more than {MAX_DEPTH} levels"));
    }
    match schema {
        Value::Object(fields) => fields.iter().find_map(|(key, value)| {
            if REFERENCES.contains(&key.as_str()) {
                return Some(format!("`{key}` is unsupported in parameters"));
            }
            unsupported(value, depth + 1)
        }),
        Value::Array(items) => items.iter().find_map(|it| unsupported(it, depth + 1)),
        _ => None,
    }
}

/// Checks that a value fits the schema of a parameter.
///
/// # Errors
/// If it does not.
pub fn fits(parameter: &Parameter, value: &Value) -> Result<(), ValueError> {
    let schema = |why: String| ValueError::Schema(why);
    if parameter.schema.len() > MAX_SCHEMA {
        return Err(schema(format!("it has more than {MAX_SCHEMA} bytes")));
    }
    if value.to_string().len() > MAX_VALUE {
        return Err(ValueError::Large);
    }
    let declared: Value =
        serde_json::from_str(&parameter.schema).map_err(|error| schema(error.to_string()))?;
    if let Some(why) = unsupported(&declared, 0) {
        return Err(schema(why));
    }
    // Patterns of a plugin are matched in linear time.
    let patterns = PatternOptions::regex().size_limit(MAX_PATTERN).dfa_size_limit(MAX_PATTERN);
    let validator = jsonschema::options()
        .with_pattern_options(patterns)
        .build(&declared)
        .map_err(|error| schema(error.to_string()))?;
    first_error(&validator, value).map_or(Ok(()), |why| Err(ValueError::Unfit(why)))
}

/// Where a value first differs from a schema, and how; none if it fits.
pub fn first_error(validator: &Validator, value: &Value) -> Option<String> {
    let error = validator.iter_errors(value).next()?;
    let place = error.instance_path().to_string();
    Some(if place.is_empty() { error.to_string() } else { format!("{place}: {error}") })
}

/// Whether a name can be typed after the id of its control and a dot.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    (1..=64).contains(&name.len()) && name.chars().all(plain)
}

/// Checks the parameters of a pack, as it describes them.
pub(crate) fn check(controls: &[Control]) -> Result<(), String> {
    for control in controls {
        for (index, parameter) in control.parameters.iter().enumerate() {
            let (id, name) = (&control.id, &parameter.name);
            if !is_name(name) {
                return Err(format!(
                    "invalid parameter name `{}` of control `{id}`: expected 1 to 64 small letters, digits, `-` and `_`",
                    name.escape_debug()
                ));
            }
            if control.parameters.iter().take(index).any(|it| it.name == *name) {
                return Err(format!("parameter `{id}.{name}` is declared twice"));
            }
            let default = serde_json::from_str(&parameter.default)
                .map_err(|error| format!("default of parameter `{id}.{name}` is invalid JSON: {error}"))?;
            fits(parameter, &default).map_err(|error| match error {
                ValueError::Unfit(why) => {
                    format!("default of parameter `{id}.{name}` does not fit its schema: {why}")
                }
                other => format!("parameter `{id}.{name}`: {other}"),
            })?;
        }
    }
    Ok(())
}

/// Compares whole numbers exactly, others as floating point.
fn order(one: &Number, other: &Number) -> Option<std::cmp::Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// Whether a value is at least as strict as another. Equal values always are.
pub fn is_as_strict(stricter: Stricter, value: &Value, than: &Value) -> bool {
    if value == than {
        return true;
    }
    match (stricter, value, than) {
        (Stricter::Larger, Value::Number(one), Value::Number(other)) => {
            order(one, other).is_some_and(std::cmp::Ordering::is_ge)
        }
        (Stricter::Smaller, Value::Number(one), Value::Number(other)) => {
            order(one, other).is_some_and(std::cmp::Ordering::is_le)
        }
        (Stricter::FewerItems, Value::Array(one), Value::Array(other)) => {
            one.iter().all(|it| other.contains(it))
        }
        (Stricter::MoreItems, Value::Array(one), Value::Array(other)) => {
            other.iter().all(|it| one.contains(it))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use palisade_domain::{Parameter, Stricter};
    use serde_json::{Value, json};

    use super::{ValueError, fits, is_as_strict};

    fn parameter(schema: &str) -> Parameter {
        Parameter {
            name: "minimum".to_owned(),
            title: String::new(),
            schema: schema.to_owned(),
            default: "null".to_owned(),
            stricter: Stricter::None,
        }
    }

    #[test]
    fn values_are_held_against_the_schema() {
        let check =
            |schema: &str, value: Value| fits(&parameter(schema), &value).map_err(|it| it.to_string());
        let integer = r#"{"type": "integer", "minimum": 1}"#;
        assert_eq!(check(integer, json!(7)), Ok(()));
        assert_eq!(check(integer, json!(0)), Err("0 is less than the minimum of 1".to_owned()));
        assert_eq!(check(integer, json!("7")), Err("\"7\" is not of type \"integer\"".to_owned()));
        let list = r#"{"type": "array", "items": {"type": "string"}}"#;
        assert_eq!(check(list, json!(["a", 1])), Err("/1: 1 is not of type \"string\"".to_owned()));
        assert_eq!(check(list, json!(["a".repeat(70_000)])), Err(ValueError::Large.to_string()));
    }

    #[test]
    fn a_schema_leads_nowhere_else_and_takes_no_time() {
        let why = |schema: &str| match fits(&parameter(schema), &json!("a".repeat(40_000))) {
            Err(ValueError::Schema(why)) => why,
            other => format!("{other:?}"),
        };
        assert_eq!(why(r##"{"$ref": "#"}"##), "`$ref` is unsupported in parameters");
        assert_eq!(
            why(r##"{"not": [{"$dynamicRef": "#a"}]}"##),
            "`$dynamicRef` is unsupported in parameters"
        );
        let deep = format!("{}{{}}{}", "{\"not\":".repeat(20), "}".repeat(20));
        assert_eq!(why(&deep), "it has more than 12 levels");
        assert!(why("{").starts_with("EOF while parsing"));
        assert!(why(r#"{"type": "number of things"}"#).contains("number of things"));
        // Patterns that take exponential time in a backtracking engine.
        assert!(why(r#"{"pattern": "^(a+)+$b"}"#).starts_with("Err(Unfit"));
        // Look-around requires such an engine.
        assert!(why(r#"{"pattern": "(?=a)a"}"#).contains("(?=a)a"));
    }

    #[test]
    fn which_values_are_stricter() {
        for (stricter, value, than, expected) in [
            (Stricter::Larger, json!(14), json!(8), true),
            (Stricter::Larger, json!(8), json!(14), false),
            (Stricter::Larger, json!(8.5), json!(8), true),
            (Stricter::Larger, json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), true),
            (Stricter::Larger, json!("9"), json!(8), false),
            (Stricter::Smaller, json!(8), json!(14), true),
            (Stricter::Smaller, json!(15), json!(14), false),
            (Stricter::FewerItems, json!([]), json!(["a"]), true),
            (Stricter::FewerItems, json!(["a", "a"]), json!(["a"]), true),
            (Stricter::FewerItems, json!(["a", "b"]), json!(["a"]), false),
            (Stricter::MoreItems, json!(["b", "a"]), json!(["a"]), true),
            (Stricter::MoreItems, json!([]), json!(["a"]), false),
            (Stricter::None, json!(1), json!(1), true),
            (Stricter::None, json!(1), json!(2), false),
            (Stricter::None, json!(2), json!(1), false),
        ] {
            assert_eq!(is_as_strict(stricter, &value, &than), expected, "{stricter:?} {value} {than}");
        }
    }
}
