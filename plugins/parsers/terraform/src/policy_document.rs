//! The `json` attribute of `data "aws_iam_policy_document"` (the AWS provider's page on it).

use std::rc::Rc;

use palisade_terraform_values::{Data, Entries, Text, Type, Unknown, Value, to_json};

/// The text of the document, with the document itself.
pub(crate) fn text(block: &Value) -> Value {
    let Some(body) = block.entries() else { return Value::null() };
    let mut statements = Vec::new();
    let mut stopped = None;
    for source in sources(body, "source_policy_documents", "source_json") {
        merge(&mut statements, &source, &mut stopped);
    }
    match body.get("statement") {
        Some(list) if list.as_unknown().is_some() => statements.push(list.clone()),
        Some(list) => {
            let own = list.items().into_iter().flat_map(|items| items.iter());
            for made in own.map(statement) {
                put(&mut statements, made);
            }
        }
        None => {}
    }
    for source in sources(body, "override_policy_documents", "override_json") {
        merge(&mut statements, &source, &mut stopped);
    }
    let mut document = Entries::new();
    let version = body.get("version").filter(|it| !it.is_null()).cloned();
    document.insert("Version".into(), version.unwrap_or_else(|| "2012-10-17".into()));
    if let Some(id) = body.get("policy_id").filter(|it| !it.is_null()) {
        document.insert("Id".into(), id.clone());
    }
    statements.extend(stopped);
    document.insert("Statement".into(), Value::tuple(statements).at(block.origin));
    let document = Value::object(document).at(block.origin);
    if let Some(unknown) = document.first_unknown() {
        let mut whole = unknown.derive(Type::String, []);
        whole.decoded = Some(document);
        return whole.into();
    }
    match to_json(&document) {
        Ok(text) => Data::String(Text::of_document(text, document)).into(),
        Err(_) => Value::null(),
    }
}

/// Documents that this one extends or that override it.
fn sources(body: &Entries, list: &str, single: &str) -> Vec<Value> {
    let many = body.get(list).and_then(|it| match it.items() {
        Some(items) => Some(items.to_vec()),
        None => it.as_unknown().map(|_| vec![it.clone()]),
    });
    let one = body.get(single).filter(|it| !it.is_null()).cloned();
    many.into_iter().flatten().chain(one).collect()
}

/// Adds the statements of another document.
fn merge(statements: &mut Vec<Value>, source: &Value, stopped: &mut Option<Value>) {
    let decoded = match &source.data {
        Data::String(text) => {
            text.decoded().cloned().or_else(|| palisade_terraform_values::from_json(text.as_str()).ok())
        }
        Data::Unknown(unknown) => unknown.decoded.clone(),
        _ => None,
    };
    let Some(found) = decoded.as_ref().and_then(|it| it.entries()?.get("Statement").cloned()) else {
        if source.as_unknown().is_some() {
            *stopped = Some(source.clone());
        }
        return;
    };
    match found.items() {
        Some(items) => items.iter().cloned().for_each(|it| put(statements, it)),
        None => put(statements, found),
    }
}

/// Adds a statement. It replaces an earlier one with the same `Sid`.
fn put(statements: &mut Vec<Value>, made: Value) {
    let sid = |it: &Value| Some(it.entries()?.get("Sid")?.as_str()?.to_owned());
    let own = sid(&made).filter(|it| !it.is_empty());
    match statements.iter_mut().find(|it| own.is_some() && sid(it) == own) {
        Some(place) => *place = made,
        None => statements.push(made),
    }
}

fn statement(block: &Value) -> Value {
    let Some(body) = block.entries() else { return block.clone() };
    let mut made = Entries::new();
    let plain = [("sid", "Sid"), ("effect", "Effect")];
    for (from, to) in plain {
        if let Some(value) = body.get(from).filter(|it| !it.is_null()) {
            made.insert(to.into(), value.clone());
        }
    }
    if !made.contains_key("Effect") {
        made.insert("Effect".into(), "Allow".into());
    }
    let lists = [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ];
    for (from, to) in lists {
        if let Some(value) = body.get(from).filter(|it| !it.is_null()) {
            made.insert(to.into(), single(value));
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(value) = body.get(from).filter(|it| !it.is_null()) {
            made.insert(to.into(), principals(value));
        }
    }
    if let Some(value) = body.get("condition").filter(|it| !it.is_null()) {
        made.insert("Condition".into(), conditions(value));
    }
    Value::object(made).at(block.origin)
}

/// A list with one item is written without brackets.
fn single(value: &Value) -> Value {
    match value.items() {
        Some(items) if items.len() == 1 => items.first().cloned().unwrap_or_else(Value::null),
        _ => value.clone(),
    }
}

fn principals(blocks: &Value) -> Value {
    let Some(items) = blocks.items() else { return blocks.clone() };
    let mut by_type: std::collections::BTreeMap<Rc<str>, Vec<Value>> = std::collections::BTreeMap::new();
    for item in items.iter() {
        let Some(body) = item.entries() else { return item.clone() };
        let Some(kind) = body.get("type").and_then(Value::as_str) else {
            return body.get("type").cloned().unwrap_or_else(Value::null);
        };
        let identifiers = body.get("identifiers").cloned().unwrap_or_else(Value::null);
        let all = by_type.entry(kind.into()).or_default();
        match identifiers.items() {
            Some(items) => all.extend(items.iter().cloned()),
            None => all.push(identifiers),
        }
    }
    if let (Some(stars), 1) = (by_type.get("*"), by_type.len()) {
        return single(&Value::tuple(stars.clone()).at(blocks.origin));
    }
    let entry = |(kind, all): (Rc<str>, Vec<Value>)| (kind, single(&Value::tuple(all).at(blocks.origin)));
    Value::object(by_type.into_iter().map(entry).collect()).at(blocks.origin)
}

fn conditions(blocks: &Value) -> Value {
    let Some(items) = blocks.items() else { return blocks.clone() };
    let mut tests: std::collections::BTreeMap<Rc<str>, Entries> = std::collections::BTreeMap::new();
    for item in items.iter() {
        let Some(body) = item.entries() else { return item.clone() };
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let (Some(test), Some(variable)) = (text("test"), text("variable")) else {
            let unknown = Unknown::new("condition", "its test or variable cannot be known", Type::Any);
            return Value::from(unknown).at(item.origin);
        };
        let values = body.get("values").map_or_else(Value::null, single);
        tests.entry(test.into()).or_default().insert(variable.into(), values);
    }
    let entry = |(test, entries): (Rc<str>, Entries)| (test, Value::object(entries).at(blocks.origin));
    Value::object(tests.into_iter().map(entry).collect()).at(blocks.origin)
}
