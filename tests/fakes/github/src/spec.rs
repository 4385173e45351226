//! GitHub's own description of its API, and checks against it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::Error;

/// The operation of a request.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The path with its parameters in braces.
    pub(crate) template: String,
    /// The method in lower case.
    pub(crate) method: String,
    /// Values of the path's parameters, decoded.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// The description; schemas are compiled when they are first needed.
pub(crate) struct Specification {
    paths: Map<String, Value>,
    components: Value,
    compiled: Mutex<BTreeMap<String, std::sync::Arc<Validator>>>,
}

impl Specification {
    /// Reads an `OpenAPI` 3.0 document.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let bad = |why: String| Error::Specification(path.display().to_string(), why);
        let bytes = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
        let mut all: Value = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        let paths = all["paths"].as_object().cloned().ok_or_else(|| bad("it has no paths".into()))?;
        let mut components = all["components"].take();
        let parts = components.as_object_mut().ok_or_else(|| bad("it has no components".into()))?;
        parts.retain(|name, _| ["schemas", "parameters", "responses"].contains(&name.as_str()));
        Ok(Self { paths, components: modern(&components), compiled: Mutex::default() })
    }

    /// The operation of a method and a path; the template with more fixed parts wins.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Operation> {
        let method = method.to_lowercase();
        let hits = self.paths.iter().filter(|(_, item)| item.get(&method).is_some());
        let hits = hits.filter_map(|(template, _)| Some((template, matches(template, path)?)));
        let (template, parameters) = hits.max_by_key(|(template, _)| crate::api::fixed(template))?;
        Some(Operation { template: template.clone(), method, parameters })
    }

    fn node(&self, operation: &Operation) -> &Value {
        &self.paths[&operation.template][&operation.method]
    }

    /// Follows a reference into the components.
    fn follow<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                self.components.pointer(reference.trim_start_matches("#/components")).unwrap_or(&Value::Null)
            }
            None => node,
        }
    }

    /// The errors in the parameters of a request.
    pub(crate) fn parameters(&self, operation: &Operation, query: &[(String, String)]) -> Vec<String> {
        let mut wrong = Vec::new();
        let empty = Vec::new();
        let known: Vec<&Value> = self.node(operation)["parameters"]
            .as_array()
            .unwrap_or(&empty)
            .iter()
            .map(|one| self.follow(one))
            .collect();
        let named = |place: &str, name: &str| {
            known.iter().find(|one| one["in"] == place && one["name"] == name).copied()
        };
        let given = operation.parameters.iter().map(|(name, value)| ("path", name, value));
        let asked = query.iter().map(|(name, value)| ("query", name, value));
        for (place, name, value) in given.chain(asked) {
            let Some(parameter) = named(place, name) else {
                wrong.push(format!("the {place} parameter `{name}` is not known"));
                continue;
            };
            let key = format!("{} {} {place} {name}", operation.method, operation.template);
            let typed = typed(self.follow(&parameter["schema"]), value);
            wrong.extend(
                self.judge(&key, &parameter["schema"], &typed)
                    .into_iter()
                    .map(|why| format!("the {place} parameter `{name}`: {why}")),
            );
        }
        for one in &known {
            let name = one["name"].as_str().unwrap_or_default();
            if one["required"] == true
                && one["in"] == "query"
                && !query.iter().any(|(given, _)| given == name)
            {
                wrong.push(format!("the query parameter `{name}` is missing"));
            }
        }
        wrong
    }

    /// The errors in the body of a request, which is null if there is none.
    pub(crate) fn body(&self, operation: &Operation, body: Option<&Value>) -> Vec<String> {
        let asked = self.follow(&self.node(operation)["requestBody"]);
        let schema = &asked["content"]["application/json"]["schema"];
        match body {
            None if asked["required"] == true => vec!["the body is missing".to_owned()],
            None => Vec::new(),
            Some(_) if schema.is_null() => Vec::new(),
            Some(body) => {
                self.judge(&format!("{} {} body", operation.method, operation.template), schema, body)
            }
        }
    }

    /// The errors in a response; empty if the description has no schema for it.
    pub(crate) fn answer(&self, operation: &Operation, status: u16, body: &Value) -> Vec<String> {
        let answers = &self.node(operation)["responses"];
        let Some(answer) = answers.get(status.to_string()) else {
            return vec![format!("the status {status} is not foreseen")];
        };
        let schema = &self.follow(answer)["content"]["application/json"]["schema"];
        if schema.is_null() {
            return Vec::new();
        }
        self.judge(&format!("{} {} {status}", operation.method, operation.template), schema, body)
    }

    /// Validates a value with a schema.
    fn judge(&self, key: &str, schema: &Value, value: &Value) -> Vec<String> {
        let compiled = self.compiled.lock().unwrap().get(key).cloned();
        let validator = compiled.unwrap_or_else(|| {
            let whole = json!({ "allOf": [modern(schema)], "components": self.components });
            let options = jsonschema::options().with_draft(Draft::Draft4).should_ignore_unknown_formats(true);
            let made = options.build(&whole).unwrap_or_else(|error| panic!("schema of `{key}`: {error}"));
            let made = std::sync::Arc::new(made);
            self.compiled.lock().unwrap().insert(key.to_owned(), made.clone());
            made
        });
        validator.iter_errors(value).map(|error| describe(&error)).collect()
    }
}

/// An error in words, with the errors of each branch of a union.
fn describe(error: &jsonschema::ValidationError<'_>) -> String {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return format!("{}: {error}", error.instance_path());
    };
    let inner: Vec<String> = context.iter().flatten().map(describe).collect();
    format!("{}: no branch fits: {}", error.instance_path(), inner.join(", "))
}

/// `OpenAPI` 3.0's `nullable` as JSON Schema: a union with null. Descriptions are dropped.
fn modern(schema: &Value) -> Value {
    match schema {
        Value::Array(all) => Value::Array(all.iter().map(modern).collect()),
        Value::Object(all) => {
            let kept = |name: &str| !["nullable", "example", "examples", "description"].contains(&name);
            let mut new: Map<String, Value> = all
                .iter()
                .filter(|(name, value)| kept(name) || (value.is_object() && *name == "description"))
                .map(|(name, value)| (name.clone(), modern(value)))
                .collect();
            if all.get("nullable") != Some(&Value::Bool(true)) {
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
        other => other.clone(),
    }
}

/// The text of a parameter as a value of the type that its schema declares.
fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "number") => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        Some("boolean") => text.parse::<bool>().map_or_else(|_| json!(text), |flag| json!(flag)),
        _ => json!(text),
    }
}

/// The parameters of a path that matches a template. The last parameter may span slashes if GitHub documents it as a
/// path or the name of a reference.
pub(crate) fn matches(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    const SPANNING: [&str; 5] = ["{path}", "{ref}", "{branch}", "{basehead}", "{tree_sha}"];
    let mut parameters = BTreeMap::new();
    let pattern: Vec<&str> = template.split('/').collect();
    let given: Vec<&str> = path.split('/').collect();
    let spanning = pattern.iter().position(|part| SPANNING.contains(part));
    let extra = given.len().checked_sub(pattern.len())?;
    if extra > 0 && spanning.is_none() {
        return None;
    }
    let mut at = 0;
    for (index, part) in pattern.iter().enumerate() {
        let width = if Some(index) == spanning { extra + 1 } else { 1 };
        let value = given[at..at + width].join("/");
        at += width;
        if let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            // Only the path of contents may be empty: the root directory.
            if value.is_empty() && name != "path" {
                return None;
            }
            let value = percent_encoding::percent_decode_str(&value).decode_utf8().ok()?.into_owned();
            parameters.insert(name.to_owned(), value);
        } else if *part != value {
            return None;
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn paths_and_templates() {
        let check = |template: &str, path: &str, expected: Option<&[(&str, &str)]>| {
            let expected = expected.map(|all| {
                all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
            });
            assert_eq!(matches(template, path), expected, "{template} {path}");
        };
        check("/app", "/app", Some(&[]));
        check("/app", "/apps", None);
        check("/app/{id}", "/app/7", Some(&[("id", "7")]));
        check("/app/{id}", "/app/", None);
        check("/app/{id}", "/app/7/8", None);
        check("/r/contents/{path}", "/r/contents/a/b%20c", Some(&[("path", "a/b c")]));
        check("/r/contents/{path}", "/r/contents/", Some(&[("path", "")]));
        check("/r/commits/{ref}/check-runs", "/r/commits/heads/x/check-runs", Some(&[("ref", "heads/x")]));
    }

    #[test]
    fn null_is_a_type() {
        let check = |schema: Value, expected: Value| assert_eq!(modern(&schema), expected);
        check(json!({ "type": "string" }), json!({ "type": "string" }));
        check(json!({ "type": "string", "nullable": true }), json!({ "type": ["string", "null"] }));
        check(
            json!({ "type": "string", "nullable": true, "enum": ["a"] }),
            json!({ "type": ["string", "null"], "enum": ["a", null] }),
        );
        check(
            json!({ "nullable": true, "oneOf": [{ "type": "object" }] }),
            json!({ "anyOf": [{ "oneOf": [{ "type": "object" }] }, { "type": "null" }] }),
        );
        // A property whose name is a keyword is kept.
        check(
            json!({ "properties": { "description": { "type": "string", "nullable": true } } }),
            json!({ "properties": { "description": { "type": ["string", "null"] } } }),
        );
    }
}
