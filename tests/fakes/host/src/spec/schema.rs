//! Schemas of descriptions as JSON Schema, and errors in words.

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

/// Words of a schema that do not restrict values.
const DROPPED: [&str; 5] = ["description", "example", "examples", "nullable", "x-nullable"];

/// A node of a description in which `nullable` (`OpenAPI` 3.0) and `x-nullable` (Swagger 2.0) are a union with null.
pub(super) fn modern(node: &Value) -> Value {
    match node {
        Value::Array(all) => Value::Array(all.iter().map(modern).collect()),
        Value::Object(all) => schema(all),
        other => other.clone(),
    }
}

fn schema(all: &Map<String, Value>) -> Value {
    let member = |(name, value): (&String, &Value)| {
        let value = match value {
            _ if name == "enum" => value.clone(),
            // Its members are names and not words of a schema.
            Value::Object(named) if name == "properties" => {
                Value::Object(named.iter().map(|(name, value)| (name.clone(), modern(value))).collect())
            }
            _ => modern(value),
        };
        (name.clone(), value)
    };
    let kept = all.iter().filter(|(name, _)| !DROPPED.contains(&name.as_str()));
    let mut new: Map<String, Value> = kept.map(member).collect();
    if !["nullable", "x-nullable"].iter().any(|name| all.get(*name) == Some(&Value::Bool(true))) {
        return Value::Object(new);
    }
    if let Some(Value::String(kind)) = new.get("type").cloned() {
        new.insert("type".into(), json!([kind, "null"]));
        if let Some(Value::Array(list)) = new.get_mut("enum")
            && !list.contains(&Value::Null)
        {
            list.push(Value::Null);
        }
        // Branches beside the type would still refuse null.
        if !["anyOf", "oneOf", "allOf"].iter().any(|name| new.contains_key(*name)) {
            return Value::Object(new);
        }
    }
    if let (1, Some(Value::Array(branches))) = (new.len(), new.get_mut("anyOf")) {
        branches.push(json!({ "type": "null" }));
        return Value::Object(new);
    }
    json!({ "anyOf": [Value::Object(new), { "type": "null" }] })
}

/// The text of a parameter as a value of the type that its schema declares.
pub(super) fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "number") => {
            let whole = text.parse::<i64>().map(|number| json!(number));
            whole.or_else(|_| text.parse::<f64>().map(|number| json!(number))).unwrap_or_else(|_| json!(text))
        }
        Some("boolean") => text.parse::<bool>().map_or_else(|_| json!(text), |flag| json!(flag)),
        _ => json!(text),
    }
}

/// An error in words, with the errors of each branch of a union.
pub(super) fn describe(error: &jsonschema::ValidationError<'_>) -> String {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return format!("{}: {error}", error.instance_path());
    };
    let inner: Vec<String> = context.iter().flatten().map(describe).collect();
    format!("{}: no branch fits: {}", error.instance_path(), inner.join(", "))
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn null_is_a_type() {
        let check = |schema: Value, expected: Value| assert_eq!(modern(&schema), expected);
        check(json!({ "type": "string" }), json!({ "type": "string" }));
        check(json!({ "type": "string", "nullable": true }), json!({ "type": ["string", "null"] }));
        check(json!({ "type": "string", "x-nullable": true }), json!({ "type": ["string", "null"] }));
        check(json!({ "type": "string", "x-nullable": false }), json!({ "type": "string" }));
        check(
            json!({ "type": "string", "nullable": true, "enum": ["a"] }),
            json!({ "type": ["string", "null"], "enum": ["a", null] }),
        );
        check(
            json!({ "nullable": true, "oneOf": [{ "type": "object" }] }),
            json!({ "anyOf": [{ "oneOf": [{ "type": "object" }] }, { "type": "null" }] }),
        );
        check(
            json!({ "$ref": "#/components/schemas/a", "x-nullable": true, "description": "d" }),
            json!({ "anyOf": [{ "$ref": "#/components/schemas/a" }, { "type": "null" }] }),
        );
    }

    #[test]
    fn a_property_may_have_the_name_of_a_word() {
        let one = json!({ "type": "string", "nullable": true });
        let properties = json!({ "description": one, "example": one, "properties": one, "nullable": one });
        let union = json!({ "type": ["string", "null"] });
        assert_eq!(
            modern(&json!({ "description": "d", "properties": properties })),
            json!({ "properties": { "description": union, "example": union, "properties": union, "nullable": union } }),
        );
    }

    #[test]
    fn texts_of_parameters() {
        let table = [
            ("integer", "7", json!(7)),
            ("integer", "x", json!("x")),
            ("number", "1.5", json!(1.5)),
            ("boolean", "true", json!(true)),
            ("boolean", "1", json!("1")),
            ("string", "7", json!("7")),
        ];
        for (kind, text, expected) in table {
            assert_eq!(typed(&json!({ "type": kind }), text), expected, "{kind} {text}");
        }
    }
}
