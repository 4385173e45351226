//! The order of items in a set.

use std::cmp::Ordering;

use std::fmt::Write as _;

use crate::number::general;
use crate::{Data, Held, Value};

impl Value {
    /// A set: sorted in Terraform's order, without duplicates. All unknown items are kept, since they may differ.
    pub fn set(mut items: Vec<Value>) -> Value {
        items.sort_by(order);
        if items.first().is_some_and(is_composed) {
            // Stable, so that equal items are adjacent.
            items.sort_by_cached_key(|it| (rank(&it.data) > LAST_KNOWN, digest(it)));
        }
        items.dedup_by(|one, other| one == other && one.first_unknown().is_none());
        Data::Set(Held::items(items)).into()
    }
}

/// A total order: texts by code point, numbers by size, false before true, and other values by the values in them.
pub fn order(one: &Value, other: &Value) -> Ordering {
    match (&one.data, &other.data) {
        (Data::Bool(one), Data::Bool(other)) => one.cmp(other),
        (Data::Number(one), Data::Number(other)) => one.cmp(other),
        (Data::String(one), Data::String(other)) => one.as_str().cmp(other.as_str()),
        (Data::List(one), Data::List(other))
        | (Data::Set(one), Data::Set(other))
        | (Data::Tuple(one), Data::Tuple(other)) => {
            let unlike = one.iter().zip(other.iter()).map(|(one, other)| order(one, other));
            unlike.into_iter().find(|it| it.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        (Data::Map(one), Data::Map(other)) | (Data::Object(one), Data::Object(other)) => {
            let pairs = one.iter().zip(other.iter());
            let mut unlike = pairs.map(|((key, value), (other_key, other_value))| {
                key.cmp(other_key).then_with(|| order(value, other_value))
            });
            unlike.find(|it| it.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        (Data::Unknown(one), Data::Unknown(other)) => one.expression.cmp(&other.expression),
        (one, other) => rank(one).cmp(&rank(other)),
    }
}

fn rank(data: &Data) -> u8 {
    match data {
        Data::Bool(_) => 0,
        Data::Number(_) => 1,
        Data::String(_) => 2,
        Data::List(_) => 3,
        Data::Set(_) => 4,
        Data::Tuple(_) => 5,
        Data::Map(_) => 6,
        Data::Object(_) => 7,
        Data::Unknown(_) => 8,
        Data::Null(_) => 9,
    }
}

/// The last rank of values that are known and not null.
const LAST_KNOWN: u8 = 7;

fn is_composed(value: &Value) -> bool {
    value.items().is_some() || value.entries().is_some()
}

/// The text by which `cty` sorts items that contain items (its `makeSetHashBytes`).
fn digest(value: &Value) -> String {
    let mut text = String::new();
    write_digest(value, &mut text);
    text
}

fn write_digest(value: &Value, out: &mut String) {
    let items = |items: &[Value], out: &mut String| {
        for item in items {
            write_digest(item, out);
            out.push(';');
        }
    };
    match &value.data {
        Data::Unknown(_) => out.push('?'),
        Data::Null(_) => out.push('~'),
        Data::Bool(it) => out.push(if *it { 'T' } else { 'F' }),
        Data::Number(number) => out.push_str(&general(number)),
        Data::String(text) => quote(text.as_str(), out),
        Data::List(held) | Data::Set(held) => {
            out.push('[');
            items(held, out);
            out.push(']');
        }
        Data::Tuple(held) => {
            out.push('<');
            items(held, out);
            out.push('>');
        }
        Data::Map(entries) => {
            out.push('{');
            for (key, item) in entries.iter() {
                quote(key, out);
                out.push(':');
                write_digest(item, out);
                out.push(';');
            }
            out.push('}');
        }
        Data::Object(entries) => {
            out.push('<');
            for item in entries.values() {
                write_digest(item, out);
                out.push(';');
            }
            out.push('>');
        }
    }
}

/// A quoted text, as Go writes it.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        // Writing to a string cannot fail.
        let _ = match character {
            '"' | '\\' => write!(out, "\\{character}"),
            '\u{7}' => write!(out, "\\a"),
            '\u{8}' => write!(out, "\\b"),
            '\u{c}' => write!(out, "\\f"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\u{b}' => write!(out, "\\v"),
            other if other.is_ascii_control() => write!(out, "\\x{:02x}", u32::from(other)),
            other => write!(out, "{other}"),
        };
    }
    out.push('"');
}
