//! The description of the API, as a client reads it.

use std::fmt::Write as _;

use serde_json::Value;

/// An operation of the description.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The action that it needs.
    pub(crate) action: String,
}

impl Operation {
    /// The path with ids that do not exist, and with the required query parameters.
    pub(crate) fn anywhere(&self) -> String {
        let parts = self.path.split('/').map(|it| if it.starts_with('{') { "none" } else { it });
        let path = parts.collect::<Vec<_>>().join("/");
        match self.id.as_str() {
            "pull.list" | "acceptance.list" => format!("{path}?integration=none"),
            "resource.list" => format!("{path}?source=none"),
            "integration.folders" => format!("{path}?branch=main"),
            _ => path,
        }
    }
}

pub(crate) fn document() -> Value {
    serde_json::to_value(palisade_web::openapi()).unwrap()
}

/// All operations.
pub(crate) fn operations() -> Vec<Operation> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let needs = operation["security"][0]["token"][0].as_str();
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                action: needs.unwrap_or_else(|| panic!("{method} {path} says not what it needs")).to_owned(),
            });
        }
    }
    all
}

#[test]
fn operations_and_what_they_need() {
    let mut table = String::new();
    for it in operations() {
        let _ = writeln!(table, "{:<10} {:<24} {:<6} {}", it.action, it.id, it.method, it.path);
    }
    insta::assert_snapshot!(table);
}

#[test]
fn it_is_openapi_3_1_and_whole() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut ids: Vec<String> = operations().into_iter().map(|it| it.id).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id of an operation comes twice");
    // Every reference has a target.
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "`{name}` is described nowhere");
    }
}

#[test]
fn every_part_of_a_path_is_described() {
    let document = document();
    for it in operations() {
        let described = &document["paths"][&it.path][it.method.to_lowercase()]["parameters"];
        let described: Vec<&Value> = described.as_array().map(|all| all.iter().collect()).unwrap_or_default();
        let of_path = described.iter().filter(|it| it["in"] == "path");
        let mut names: Vec<&str> = of_path.map(|it| it["name"].as_str().unwrap()).collect();
        let parts = it.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let mut parts: Vec<&str> = parts.collect();
        names.sort_unstable();
        parts.sort_unstable();
        assert_eq!(names, parts, "{}", it.id);
    }
}

#[test]
fn secrets_are_written_and_never_read() {
    let document = document();
    for place in ["NewConnection/properties/secrets/additionalProperties", "NewSecret/properties/value"] {
        let schema = document.pointer(&format!("/components/schemas/{place}")).unwrap();
        assert_eq!(schema["writeOnly"], true, "{place}: {schema}");
    }
    let connection = &document["components"]["schemas"]["Connection"]["properties"];
    assert!(connection.get("secrets").is_none());
}
