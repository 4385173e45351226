//! Writes YAML: one item per line, all keys and texts in double quotes, texts of several lines as blocks.

use palisade_terraform_values::{Data, Value};

use crate::arguments::Outcome;
use crate::{FunctionError, limits};

/// The maximum depth of a value.
const MAX_DEPTH: usize = 128;

/// A value as a document.
pub(crate) fn encode(value: &Value) -> Outcome<String> {
    let mut out = String::new();
    node(value, Place { depth: 0, indent: 0, in_item: false }, &mut out)?;
    if matches!(value.data, Data::Null(_) | Data::Bool(_) | Data::Number(_)) {
        // A plain scalar would continue on the next line.
        out.push_str("...\n");
    }
    Ok(out)
}

/// The position of a node.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// The indentation of its lines.
    indent: usize,
    /// Whether it follows `- ` on the same line, so its first line is not indented.
    in_item: bool,
}

fn node(value: &Value, place: Place, out: &mut String) -> Outcome<()> {
    if place.depth > MAX_DEPTH {
        return Err(FunctionError::limit(format!("nested deeper than {MAX_DEPTH} levels")));
    }
    match &value.data {
        Data::List(items) | Data::Set(items) | Data::Tuple(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                begin(place, index, out)?;
                out.push_str("- ");
                let inner = Place { depth: place.depth + 1, indent: place.indent + 2, in_item: true };
                node(item, inner, out)?;
            }
        }
        Data::Map(entries) | Data::Object(entries) if !entries.is_empty() => {
            for (index, (key, item)) in entries.iter().enumerate() {
                begin(place, index, out)?;
                quote(key, out);
                out.push(':');
                let nested = item.entries().is_some_and(|it| !it.is_empty());
                let list = item.items().is_some_and(|it| !it.is_empty());
                // A list has the indentation of its key.
                let indent = place.indent + if list { 0 } else { 2 };
                let inner = Place { depth: place.depth + 1, indent, in_item: false };
                out.push(if nested || list { '\n' } else { ' ' });
                node(item, inner, out)?;
            }
        }
        _ => {
            scalar(value, place, out)?;
            out.push('\n');
        }
    }
    Ok(())
}

fn begin(place: Place, index: usize, out: &mut String) -> Outcome<()> {
    limits::text(Some(out.len()))?;
    if index > 0 || !place.in_item {
        out.push_str(&" ".repeat(place.indent));
    }
    Ok(())
}

fn scalar(value: &Value, place: Place, out: &mut String) -> Outcome<()> {
    match &value.data {
        Data::Null(_) => out.push_str("null"),
        Data::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) if is_block(text.as_str()) => block(text.as_str(), place, out)?,
        Data::String(text) => quote(text.as_str(), out),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => out.push_str("[]"),
        Data::Map(_) | Data::Object(_) => out.push_str("{}"),
        Data::Unknown(_) => return Err(FunctionError::failed("a value in it cannot be known")),
    }
    Ok(())
}

/// Whether to write a block: for several lines that do not end in whitespace and have no control characters.
fn is_block(text: &str) -> bool {
    let odd =
        |it: char| it != '\n' && (it.is_control() || matches!(it, '\u{2028}' | '\u{2029}' | '\u{feff}'));
    text.contains('\n') && !text.contains(" \n") && !text.ends_with(' ') && !text.contains(odd)
}

fn block(text: &str, place: Place, out: &mut String) -> Outcome<()> {
    // A block at the top is indented too.
    let indent = place.indent.max(2);
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = text.strip_suffix('\n');
    match body {
        None => out.push('-'),
        Some(body) if body.ends_with('\n') || body.is_empty() => out.push('+'),
        Some(_) => {}
    }
    for line in body.unwrap_or(text).split('\n') {
        limits::text(Some(out.len()))?;
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
    }
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{a0}' => out.push_str("\\_"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            other if other.is_control() => out.extend(format!("\\x{:02X}", u32::from(other)).chars()),
            '\u{feff}' => out.push_str("\\uFEFF"),
            other => out.push(other),
        }
    }
    out.push('"');
}
