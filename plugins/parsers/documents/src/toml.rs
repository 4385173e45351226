//! TOML, as `BurntSushi/toml`, which Conftest uses, reads it. Dates become texts, as in JSON; so do `inf` and `nan`,
//! which JSON does not have.

use std::ops::Range;

use palisade_sdk::parser::may_suppress;
use palisade_text::to_offset;
use palisade_yaml::{Fault, is_json_number};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::lines::Cursor;
use crate::read::Read;
use crate::value::{Form, Map, Place, Value};

/// Reads a file. The crate limits the depth, and so the recursion here.
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| floor(text, span.start));
        let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
        Fault::syntax(at, message)
    })?;
    let mut reader = Reader { text, leaves: Vec::new() };
    let map = reader.map(table.get_ref());
    let place = map.place();
    reader.leaves.sort_unstable();
    let comments = comments(text, &reader.leaves);
    Ok(Read { root: Value::new(Form::Map(map), place), comments })
}

struct Reader<'a> {
    text: &'a str,
    /// Places of keys and scalars, in which no comment begins.
    leaves: Vec<Place>,
}

impl Reader<'_> {
    fn map(&mut self, table: &DeTable<'_>) -> Map {
        let mut map = Map::default();
        for (key, value) in table {
            let place = self.place(&key.span());
            self.leaves.push(place);
            let value = self.value(value);
            map.set(key.get_ref(), place, value);
        }
        map.sort();
        map
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) -> Value {
        let place = self.place(&value.span());
        let form = match value.get_ref() {
            DeValue::String(text) => Form::Text(text.clone().into_owned()),
            DeValue::Integer(integer) => number(&integer.to_string()),
            DeValue::Float(float) => number(float.as_str()),
            DeValue::Boolean(value) => Form::Boolean(*value),
            DeValue::Datetime(time) => Form::Text(time.to_string()),
            DeValue::Array(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.value(item)).collect();
                let end = items.last().map_or(place.1, |item| item.place.1);
                return Value::new(Form::List(items), (place.0, place.1.max(end)));
            }
            DeValue::Table(table) => {
                let map = self.map(table);
                // The span of a table in the crate covers only its header.
                let end = map.place().1;
                return Value::new(Form::Map(map), (place.0, place.1.max(end)));
            }
        };
        self.leaves.push(place);
        Value::new(form, place)
    }

    fn place(&self, range: &Range<usize>) -> Place {
        let start = floor(self.text, range.start);
        (start, floor(self.text, range.end).max(start))
    }
}

/// The character boundary at or before a byte, in case a span of the crate is inside a character.
fn floor(text: &str, byte: usize) -> u32 {
    to_offset(text.floor_char_boundary(byte))
}

fn number(written: &str) -> Form {
    if is_json_number(written) {
        return Form::Number(written.to_owned());
    }
    let radix = |digits: &str, radix| i128::from_str_radix(digits, radix).ok();
    let integer = match written.get(..2) {
        Some("0x") => written.get(2..).and_then(|digits| radix(digits, 16)),
        Some("0o") => written.get(2..).and_then(|digits| radix(digits, 8)),
        Some("0b") => written.get(2..).and_then(|digits| radix(digits, 2)),
        _ => None,
    };
    match (integer, written.parse::<f64>()) {
        (Some(integer), _) => Form::Number(integer.to_string()),
        (None, Ok(float)) if float.is_finite() => Form::Number(float.to_string()),
        _ => Form::Text(written.to_owned()),
    }
}

/// The comments that may suppress findings: from a `#` outside of keys and values to the end of the line.
fn comments(text: &str, leaves: &[Place]) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    if !may_suppress(text) {
        return found;
    }
    let mut cursor = Cursor::new(text);
    while let Some(line) = cursor.line() {
        let begins = line.text.match_indices('#').map(|(at, _)| at).find(|at| {
            let byte = to_offset(line.start + at);
            let before = leaves.partition_point(|(start, _)| *start <= byte);
            before.checked_sub(1).and_then(|index| leaves.get(index)).is_none_or(|(_, end)| *end <= byte)
        });
        found.extend(begins.map(|at| line.skip(at).comment()));
    }
    found
}
