//! The provider's own description of its API, and checks against it.

mod schema;
mod swagger;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::Error;
use crate::template::{fixed, matches};
use schema::{describe, modern, typed};

/// The operation of a request.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The path with its parameters in braces.
    pub template: String,
    /// The method in lower case.
    pub method: String,
    /// Values of the path's parameters, decoded.
    pub parameters: BTreeMap<String, String>,
    /// Position of its document.
    document: usize,
}

/// One file of the description.
struct Document {
    paths: Map<String, Value>,
    components: Value,
}

/// The description; schemas are compiled when they are first needed.
pub struct Specification {
    documents: Vec<Document>,
    spanning: &'static [&'static str],
    compiled: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Document {
    fn read(path: &Path) -> Result<Self, Error> {
        let bad = |why: String| Error::Specification(path.display().to_string(), why);
        let bytes = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
        let document: Value = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        Self::new(document).map_err(|why| bad(why.to_owned()))
    }

    fn new(mut document: Value) -> Result<Self, &'static str> {
        if document["swagger"] == "2.0" {
            document = swagger::upgrade(&document);
        } else if !document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0.")) {
            return Err("it is neither OpenAPI 3.0 nor Swagger 2.0");
        }
        let Value::Object(paths) = document["paths"].take() else { return Err("it has no paths") };
        let mut components = document["components"].take();
        let parts = components.as_object_mut().ok_or("it has no components")?;
        let used = ["parameters", "requestBodies", "responses", "schemas"];
        parts.retain(|name, _| used.contains(&name.as_str()));
        let components = parts.iter().map(|(name, part)| {
            let part = part.as_object().into_iter().flatten();
            let part: Map<String, Value> = part.map(|(name, one)| (name.clone(), modern(one))).collect();
            (name.clone(), Value::Object(part))
        });
        Ok(Self { paths, components: Value::Object(components.collect()) })
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

    fn node(&self, operation: &Operation) -> &Value {
        &self.paths[&operation.template][&operation.method]
    }

    /// The parameters of an operation: its own, then those of its path.
    fn known(&self, operation: &Operation) -> Vec<&Value> {
        let shared = &self.paths[&operation.template]["parameters"];
        let lists = [&self.node(operation)["parameters"], shared];
        let all = lists.into_iter().filter_map(Value::as_array).flatten();
        all.map(|one| self.follow(one)).collect()
    }

    /// The schema of JSON among the media types of a body.
    fn json<'a>(&'a self, body: &'a Value) -> Option<&'a Value> {
        let all = self.follow(body)["content"].as_object()?;
        let json = |name: &str| name == "application/json" || name.ends_with("+json");
        all.iter().find(|(name, _)| json(name)).map(|(_, one)| &one["schema"]).filter(|one| !one.is_null())
    }
}

impl Specification {
    /// Reads a description in one or more files, each `OpenAPI` 3.0 or Swagger 2.0. The base path of Swagger 2.0 is a
    /// part of paths, the servers of `OpenAPI` 3.0 are not. The first parameter of a path that is named in `spanning`
    /// may contain slashes.
    pub fn read<P: AsRef<Path>>(files: &[P], spanning: &'static [&'static str]) -> Result<Self, Error> {
        let documents = files.iter().map(|file| Document::read(file.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { documents, spanning, compiled: Mutex::default() })
    }

    /// The same with another document in these formats, which describes what the files lack. Its operations take
    /// precedence over theirs.
    pub fn extend(mut self, document: Value) -> Result<Self, Error> {
        let bad = |why: &str| Error::Specification("of the fake".to_owned(), why.to_owned());
        self.documents.push(Document::new(document).map_err(bad)?);
        Ok(self)
    }

    /// Reads a description, or returns `None` if one of the files does not exist.
    pub fn read_existing<P: AsRef<Path>>(
        files: &[P],
        spanning: &'static [&'static str],
    ) -> Result<Option<Self>, Error> {
        let exist = files.iter().all(|file| file.as_ref().is_file());
        exist.then(|| Self::read(files, spanning)).transpose()
    }

    /// The operation of a method and a path; the template with more fixed parts wins.
    pub fn find(&self, method: &str, path: &str) -> Option<Operation> {
        let method = method.to_lowercase();
        let all =
            self.documents.iter().enumerate().flat_map(|(number, one)| {
                one.paths.iter().map(move |(template, item)| (number, template, item))
            });
        let hits =
            all.filter(|(_, _, item)| item.get(&method).is_some()).filter_map(|(number, template, _)| {
                Some((number, template, matches(template, path, self.spanning)?))
            });
        let (document, template, parameters) = hits.max_by_key(|(_, template, _)| fixed(template))?;
        Some(Operation { template: template.clone(), method, parameters, document })
    }

    fn document(&self, operation: &Operation) -> &Document {
        &self.documents[operation.document]
    }

    /// The errors in the parameters of a request.
    pub fn parameters(&self, operation: &Operation, query: &[(String, String)]) -> Vec<String> {
        let document = self.document(operation);
        let known = document.known(operation);
        let mut wrong = Vec::new();
        let mut given: BTreeMap<(&str, &str), (&Value, Vec<&str>)> = BTreeMap::new();
        let path = operation.parameters.iter().map(|(name, value)| ("path", name, value));
        let asked = query.iter().map(|(name, value)| ("query", name, value));
        for (place, name, value) in path.chain(asked) {
            let named =
                |name: &str| known.iter().copied().find(|one| one["in"] == place && one["name"] == name);
            // `name[]`, as several frameworks write the items of an array.
            let listed = || named(name.strip_suffix("[]")?).filter(|one| is_array(document, one));
            match named(name).or_else(listed) {
                Some(one) => {
                    let name = one["name"].as_str().unwrap_or_default();
                    given.entry((place, name)).or_insert_with(|| (one, Vec::new())).1.push(value);
                }
                None => wrong.push(format!("the {place} parameter `{name}` is not known")),
            }
        }
        for ((place, name), (parameter, texts)) in &given {
            let schema = document.follow(&parameter["schema"]);
            let values: Vec<Value> = if is_array(document, parameter) {
                let separated = parameter["explode"] == false;
                let items = texts
                    .iter()
                    .flat_map(|text| if separated { text.split(',').collect() } else { vec![*text] });
                vec![items.map(|text| typed(document.follow(&schema["items"]), text)).collect()]
            } else {
                texts.iter().map(|text| typed(schema, text)).collect()
            };
            for value in values {
                let why = self.judge(operation, &format!("{place} {name}"), &parameter["schema"], &value);
                wrong.extend(why.into_iter().map(|why| format!("the {place} parameter `{name}`: {why}")));
            }
        }
        for one in &known {
            let name = one["name"].as_str().unwrap_or_default();
            if one["required"] == true && one["in"] == "query" && !given.contains_key(&("query", name)) {
                wrong.push(format!("the query parameter `{name}` is missing"));
            }
        }
        wrong
    }

    /// The errors in the body of a request, which is null if there is none.
    pub fn body(&self, operation: &Operation, body: Option<&Value>) -> Vec<String> {
        let document = self.document(operation);
        let asked = document.follow(&document.node(operation)["requestBody"]);
        match (body, document.json(asked)) {
            (None, _) if asked["required"] == true => vec!["the body is missing".to_owned()],
            (None, _) | (_, None) => Vec::new(),
            (Some(body), Some(schema)) => self.judge(operation, "body", schema, body),
        }
    }

    /// The errors in a response; empty if the description has no schema for it.
    pub fn answer(&self, operation: &Operation, status: u16, body: &Value) -> Vec<String> {
        let document = self.document(operation);
        let answers = &document.node(operation)["responses"];
        let Some(answer) = answers.get(status.to_string()).or_else(|| answers.get("default")) else {
            return vec![format!("the status {status} is not foreseen")];
        };
        match document.json(answer) {
            Some(schema) => self.judge(operation, &status.to_string(), schema, body),
            None => Vec::new(),
        }
    }

    /// Validates a value with the schema of a part of an operation.
    fn judge(&self, operation: &Operation, part: &str, schema: &Value, value: &Value) -> Vec<String> {
        let key = format!("{} {} {} {part}", operation.document, operation.method, operation.template);
        let compiled = self.compiled.lock().unwrap().get(&key).cloned();
        let validator = compiled.unwrap_or_else(|| {
            let components = &self.document(operation).components;
            let whole = json!({ "allOf": [modern(schema)], "components": components });
            let options = jsonschema::options().with_draft(Draft::Draft4).should_ignore_unknown_formats(true);
            let made = options.build(&whole).unwrap_or_else(|error| panic!("schema of `{key}`: {error}"));
            let made = Arc::new(made);
            self.compiled.lock().unwrap().insert(key, made.clone());
            made
        });
        validator.iter_errors(value).map(|error| describe(&error)).collect()
    }
}

/// Whether a parameter has several values.
fn is_array(document: &Document, parameter: &Value) -> bool {
    document.follow(&parameter["schema"])["type"] == "array"
}
