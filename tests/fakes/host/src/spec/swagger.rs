//! Swagger 2.0 in the form of `OpenAPI` 3.0.

use serde_json::{Map, Value, json};

/// Where Swagger 2.0 keeps what references name, and where `OpenAPI` 3.0 does.
const MOVED: [(&str, &str); 3] = [
    ("#/definitions/", "#/components/schemas/"),
    ("#/parameters/", "#/components/parameters/"),
    ("#/responses/", "#/components/responses/"),
];

/// Words of a parameter that are not words of its schema.
const OUTSIDE: [&str; 6] = ["allowEmptyValue", "collectionFormat", "description", "in", "name", "required"];

/// The paths, with the base path before each, and the components of a document. Parameters of forms are dropped.
pub(super) fn upgrade(document: &Value) -> Value {
    let base = document["basePath"].as_str().unwrap_or_default().trim_end_matches('/');
    let consumes = &document["consumes"];
    let paths =
        members(&document["paths"]).map(|(path, node)| (format!("{base}{path}"), item(node, consumes)));
    let named = |place: &str, one: fn(&Value) -> Value| -> Map<String, Value> {
        members(&document[place]).map(|(name, node)| (name.clone(), one(node))).collect()
    };
    let paths: Map<String, Value> = paths.collect();
    json!({
        "paths": paths,
        "components": {
            "schemas": named("definitions", moved),
            "parameters": named("parameters", parameter),
            "responses": named("responses", response),
        },
    })
}

fn members(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

/// The same with references into the components.
fn moved(node: &Value) -> Value {
    match node {
        Value::Array(all) => Value::Array(all.iter().map(moved).collect()),
        Value::Object(all) => Value::Object(
            all.iter()
                .map(|(name, value)| match value.as_str().filter(|_| name == "$ref").and_then(target) {
                    Some(reference) => (name.clone(), json!(reference)),
                    None => (name.clone(), moved(value)),
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

fn target(reference: &str) -> Option<String> {
    MOVED.iter().find_map(|(old, new)| reference.strip_prefix(old).map(|name| format!("{new}{name}")))
}

/// The operations of a path, and the parameters that they share.
fn item(node: &Value, consumes: &Value) -> Value {
    let member = |(name, value): (&String, &Value)| match value {
        Value::Array(_) if name == "parameters" => (name.clone(), parameters(value)),
        Value::Object(_) => (name.clone(), operation(value, consumes)),
        other => (name.clone(), other.clone()),
    };
    members(node).map(member).collect::<Map<_, _>>().into()
}

fn operation(node: &Value, consumes: &Value) -> Value {
    let responses: Map<String, Value> =
        members(&node["responses"]).map(|(status, one)| (status.clone(), response(one))).collect();
    let mut new = json!({ "parameters": parameters(&node["parameters"]), "responses": responses });
    let body = node["parameters"].as_array().into_iter().flatten().find(|one| one["in"] == "body");
    if let Some(body) = body {
        let accepted = node["consumes"].as_array().or(consumes.as_array());
        let accepted = accepted.and_then(|all| all.first()).and_then(Value::as_str);
        new["requestBody"] = json!({
            "required": body["required"] == true,
            "content": { accepted.unwrap_or("application/json"): { "schema": moved(&body["schema"]) } },
        });
    }
    new
}

/// All parameters but those of bodies and forms.
fn parameters(node: &Value) -> Value {
    let all = node.as_array().into_iter().flatten();
    all.filter(|one| one["in"] != "body" && one["in"] != "formData").map(parameter).collect()
}

fn parameter(node: &Value) -> Value {
    if node.get("$ref").is_some() {
        return moved(node);
    }
    let schema: Map<String, Value> = members(node)
        .filter(|(name, _)| !OUTSIDE.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), moved(value)))
        .collect();
    json!({
        "name": node["name"], "in": node["in"], "required": node["required"] == true, "schema": schema,
        // Without a format, the items of an array are separated by commas.
        "explode": node["collectionFormat"] == "multi",
    })
}

fn response(node: &Value) -> Value {
    if node.get("$ref").is_some() {
        return moved(node);
    }
    match node.get("schema") {
        Some(schema) => json!({ "content": { "application/json": { "schema": moved(schema) } } }),
        None => json!({}),
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_document() {
        let document = json!({
            "swagger": "2.0", "basePath": "/api/",
            "paths": { "/things/{id}": { "put": {
                "consumes": ["application/json-patch+json"],
                "parameters": [
                    { "in": "path", "name": "id", "required": true, "type": "integer", "description": "d" },
                    { "in": "query", "name": "tags", "type": "array", "items": { "type": "string" } },
                    { "in": "body", "name": "body", "required": true, "schema": { "$ref": "#/definitions/thing" } },
                    { "$ref": "#/parameters/version" },
                ],
                "responses": {
                    "200": { "description": "d", "schema": { "$ref": "#/definitions/thing" } },
                    "204": { "description": "d" },
                },
            } } },
            "definitions": { "thing": { "properties": { "next": { "$ref": "#/definitions/thing" } } } },
            "parameters": { "version": { "in": "query", "name": "version", "required": true, "type": "string" } },
        });
        let thing = json!({ "$ref": "#/components/schemas/thing" });
        let schema = json!({ "schema": thing });
        let expected = json!({
            "paths": { "/api/things/{id}": { "put": {
                "parameters": [
                    {
                        "name": "id", "in": "path", "required": true, "schema": { "type": "integer" },
                        "explode": false,
                    },
                    {
                        "name": "tags", "in": "query", "required": false, "explode": false,
                        "schema": { "type": "array", "items": { "type": "string" } },
                    },
                    { "$ref": "#/components/parameters/version" },
                ],
                "responses": { "200": { "content": { "application/json": schema } }, "204": {} },
                "requestBody": { "required": true, "content": { "application/json-patch+json": schema } },
            } } },
            "components": {
                "schemas": { "thing": { "properties": { "next": thing } } },
                "parameters": {
                    "version": {
                        "name": "version", "in": "query", "required": true, "schema": { "type": "string" },
                        "explode": false,
                    },
                },
                "responses": {},
            },
        });
        assert_eq!(upgrade(&document), expected);
    }
}
