//! Output formats of parsed resources.

use std::borrow::Cow;
use std::fmt::Write as _;

use palisade_domain::tape::{Batch, Kind, Node, ResourceView};
use palisade_domain::{Coverage, Diagnostic, Location, Position};
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::clean::clean;
use crate::json::to_text;

/// The version of the output; a change of meaning needs a new one.
pub const RESOURCES_SCHEMA: &str = "palisade/resources/v1";

/// The most values that are printed for one resource. With anchors a small file can have endless content.
const MAX_VALUES: usize = 200_000;
/// The deepest nesting that is printed.
const MAX_DEPTH: usize = 200;

#[derive(Serialize)]
struct Record<'a> {
    address: &'a str,
    kind: &'a str,
    provider: &'a str,
    format: &'a str,
    /// The environment of the values, if environments were requested.
    environment: Option<&'a str>,
    location: Option<Location>,
    config: Value,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    resources: Vec<Record<'a>>,
    coverage: &'a [Coverage],
    diagnostics: &'a [Diagnostic],
}

fn location(resource: ResourceView<'_>) -> Option<Location> {
    let origin = resource.origin()?;
    Some(Location {
        path: resource.batch().path(origin.document).to_owned(),
        start: Position { line: origin.line, column: origin.column },
        end: Position { line: origin.end_line, column: origin.end_column },
    })
}

fn sign(name: &str, text: &str) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), Value::String(text.to_owned()))]))
}

fn value(node: Node<'_>, depth: usize, budget: &mut usize) -> Value {
    if depth > MAX_DEPTH || *budget == 0 {
        return sign("$cut", "more than is shown");
    }
    *budget -= 1;
    match node.kind() {
        Kind::Mapping => Value::Object(
            node.children().map(|it| (it.key().to_owned(), value(it, depth + 1, budget))).collect(),
        ),
        Kind::Sequence => Value::Array(node.items().map(|it| value(it, depth + 1, budget)).collect()),
        Kind::Boolean => Value::Bool(node.as_bool().unwrap_or(false)),
        Kind::Number => {
            let text = node.as_scalar().unwrap_or("0");
            let number =
                text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
            let number = number.ok().or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
            number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
        }
        Kind::Text => Value::String(node.as_str().unwrap_or("").to_owned()),
        Kind::Unknown => {
            let expression = node.as_unknown().map_or("", |it| node.batch().text(it.expression));
            sign("$unknown", expression)
        }
        Kind::Null | Kind::Link => Value::Null,
    }
}

/// Resources with the name of their environment.
fn resources(batches: &[(String, Batch)]) -> impl Iterator<Item = (&str, ResourceView<'_>)> {
    batches.iter().flat_map(|(name, batch)| batch.resource_views().map(move |it| (name.as_str(), it)))
}

/// The parsed resources as JSON. Batches come with the name of their environment; that of the default one is empty.
pub fn resources_json(
    batches: &[(String, Batch)],
    coverage: &[Coverage],
    diagnostics: &[Diagnostic],
) -> String {
    let resources = resources(batches)
        .map(|(environment, it)| Record {
            address: it.address(),
            kind: it.kind(),
            provider: it.provider(),
            format: it.format(),
            environment: Some(environment).filter(|name| !name.is_empty()),
            location: location(it),
            config: value(it.root(), 0, &mut { MAX_VALUES }),
        })
        .collect();
    to_text(&Document { schema: RESOURCES_SCHEMA, resources, coverage, diagnostics })
}

/// The parsed resources, one line for each, with the environment if there is one.
pub fn resources_table(batches: &[(String, Batch)]) -> String {
    let rows: Vec<(String, Cow<'_, str>, Cow<'_, str>)> = resources(batches)
        .map(|(environment, it)| {
            let place =
                location(it).map_or_else(String::new, |at| format!("{}:{}", clean(&at.path), at.start.line));
            (place, clean(environment), clean(it.address()))
        })
        .collect();
    let places = rows.iter().map(|(place, ..)| place.chars().count()).max().unwrap_or(0);
    let environments = rows.iter().map(|(_, name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (place, environment, address) in &rows {
        // Writing to a string cannot fail.
        let _ = match environments {
            0 => writeln!(text, "{place:places$}  {address}"),
            _ => writeln!(text, "{place:places$}  {environment:environments$}  {address}"),
        };
    }
    text
}
