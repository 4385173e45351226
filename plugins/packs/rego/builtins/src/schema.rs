//! JSON Schema. Results for a document are those of OPA; messages are those of this validator. Remote schemas are never
//! fetched.

use jsonschema::Validator;
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, array, object};
use crate::numbers::bounded_exponents;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("json.match_schema", 2, match_schema),
    Function::new("json.verify_schema", 1, verify_schema),
];

fn verify_schema(call: &Arguments<'_>) -> Outcome {
    let schema = call.any(0)?;
    if !matches!(schema, Value::String(_) | Value::Object(_)) {
        let why = "jsonschema: wrong type, expected string or object";
        return Ok(array([Value::Bool(false), Value::from(why)]));
    }
    let problem = match document(schema)? {
        Ok(schema) => compiled(&schema).err(),
        Err(problem) => Some(problem),
    };
    Ok(match problem {
        None => array([Value::Bool(true), Value::Null]),
        Some(why) => array([Value::Bool(false), Value::from(why)]),
    })
}

fn match_schema(call: &Arguments<'_>) -> Outcome {
    let document = document(call.any(0)?)?.or_undefined()?;
    let schema = self::document(call.any(1)?)?.or_undefined()?;
    let schema = compiled(&schema).or_undefined()?;
    let problems: Vec<Value> = schema
        .iter_errors(&document)
        .map(|problem| {
            let place = problem.instance_path().to_string();
            let field = place.trim_start_matches('/').replace('/', ".");
            let field = if field.is_empty() { "(Root)".to_owned() } else { field };
            let why = problem.to_string();
            object([
                ("desc", Value::from(why.as_str())),
                ("error", Value::from(format!("{field}: {why}"))),
                ("field", Value::from(field)),
                ("type", Value::from(problem.kind().keyword().to_owned())),
            ])
        })
        .collect();
    Ok(array([Value::Bool(problems.is_empty()), Value::from(problems)]))
}

/// The document of a string or an object; other types are invalid.
fn document(value: &Value) -> Result<Result<serde_json::Value, String>, Refusal> {
    let text = match value {
        Value::String(text) => text.to_string(),
        Value::Object(_) => value.to_json_str().or_undefined()?,
        _ => return Err(Refusal::Undefined),
    };
    bounded_exponents(&text)?;
    Ok(serde_json::from_str(&text).map_err(|it| it.to_string()))
}

fn compiled(schema: &serde_json::Value) -> Result<Validator, String> {
    jsonschema::validator_for(schema).map_err(|it| it.to_string())
}
