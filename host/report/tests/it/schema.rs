//! The published schema of the JSON report.

use std::path::Path;

use palisade_domain::Report;
use palisade_report::{REPORT_SCHEMA, json};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::sample;

/// The schema of the types. Keys are in the order of the report.
fn derived() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Report>();
    let named = [("title", "A report of Palisade"), ("$id", "https://palisade.dev/schema/report-v1.json")];
    let mut value = Map::new();
    value.insert("$schema".to_owned(), schema.get("$schema").unwrap().clone());
    value.extend(named.map(|(name, text)| (name.to_owned(), Value::from(text))));
    for (name, part) in schema.to_value().as_object().unwrap() {
        value.entry(name.clone()).or_insert_with(|| part.clone());
    }
    format!("{}\n", serde_json::to_string_pretty(&value).unwrap())
}

/// Set `PALISADE_BLESS=1` to write the file again.
#[test]
fn the_published_schema_is_that_of_the_types() {
    let derived = derived();
    if std::env::var_os("PALISADE_BLESS").is_some_and(|it| !it.is_empty()) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.schema.json");
        std::fs::write(file, &derived).unwrap();
        return;
    }
    assert!(derived == REPORT_SCHEMA, "docs/report.schema.json is stale: run the test with PALISADE_BLESS=1");
}

/// The same schema without additional properties.
fn closed(mut schema: Value) -> Value {
    fn close(value: &mut Value) {
        match value {
            Value::Object(object) => {
                if object.contains_key("properties") {
                    object.insert("additionalProperties".to_owned(), Value::Bool(false));
                }
                object.values_mut().for_each(close);
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

#[test]
fn reports_are_of_that_form() {
    let schema: Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    let open = jsonschema::draft202012::new(&schema).unwrap();
    let closed = jsonschema::draft202012::new(&closed(schema)).unwrap();
    for report in [
        sample::report(),
        sample::compared(),
        sample::empty(),
        sample::many(10),
        sample::hostile_compared("\0\u{1b}[2J\u{202e}\"\\"),
    ] {
        let value: Value = serde_json::from_str(&json(&report)).unwrap();
        for validator in [&open, &closed] {
            let errors: Vec<String> =
                validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
            assert_eq!(errors, Vec::<String>::new());
        }
    }
}

/// Fields of reports that were compared with a commit and leave out unchanged files.
const OF_A_CHANGE: [&str; 1] = ["unchanged"];

/// Every other field of the schema is required, so that the test above fails if one is not written.
#[test]
fn every_field_is_always_written() {
    fn check(value: &Value) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            let mut names: Vec<&str> = properties.keys().map(String::as_str).collect();
            names.retain(|it| !OF_A_CHANGE.contains(it));
            let mut required: Vec<&str> =
                value["required"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
            names.sort_unstable();
            required.sort_unstable();
            assert_eq!(names, required);
        }
        match value {
            Value::Object(object) => object.values().for_each(check),
            Value::Array(items) => items.iter().for_each(check),
            _ => {}
        }
    }
    check(&serde_json::from_str(REPORT_SCHEMA).unwrap());
}

#[test]
fn what_is_no_report_is_not_of_that_form() {
    let schema: Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut value: Value = serde_json::from_str(&json(&sample::report())).unwrap();
    value["schema"] = Value::from("palisade/report/v2");
    assert!(!validator.is_valid(&value));
    let mut value: Value = serde_json::from_str(&json(&sample::report())).unwrap();
    value["results"][0]["severity"] = Value::from("dreadful");
    assert!(!validator.is_valid(&value));
    let mut value: Value = serde_json::from_str(&json(&sample::report())).unwrap();
    value.as_object_mut().unwrap().remove("coverage");
    assert!(!validator.is_valid(&value));
}
