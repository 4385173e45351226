//! JSON for `jsonencode` and `jsondecode`.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::{Data, Number, Value};

/// The maximum length of a document, in bytes. Values may share parts, but their text does not.
const MAX_TEXT: usize = 16 << 20;

/// The maximum depth of a document.
const MAX_DEPTH: usize = 128;

/// Why a value cannot be written as JSON, or a text cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// A value in it is unknown.
    #[error("a value in it cannot be known: {0}")]
    Unknown(String),
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A number exceeds the limit of digits.
    #[error("a number has too many digits")]
    Number,
    /// The text exceeds the limit.
    #[error("longer than {MAX_TEXT} bytes")]
    Length,
    /// The depth exceeds the limit.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
}

/// Writes a value as Terraform does: keys in order, no whitespace between tokens, and `<`, `>`, `&` escaped.
pub fn to_json(value: &Value) -> Result<String, JsonError> {
    let mut out = String::new();
    write(value, &mut out, 0)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String, depth: usize) -> Result<(), JsonError> {
    if depth > MAX_DEPTH {
        return Err(JsonError::Depth);
    }
    if out.len() > MAX_TEXT {
        return Err(JsonError::Length);
    }
    match &value.data {
        Data::Null(_) => out.push_str("null"),
        Data::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => write_text(text.as_str(), out)?,
        Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        Data::Map(entries) | Data::Object(entries) => {
            out.push('{');
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out)?;
                out.push(':');
                write(item, out, depth + 1)?;
            }
            out.push('}');
        }
        Data::Unknown(unknown) => return Err(JsonError::Unknown(unknown.expression.to_string())),
    }
    Ok(())
}

fn write_text(text: &str, out: &mut String) -> Result<(), JsonError> {
    // The characters that are escaped in addition to those of JSON only occur in strings.
    for character in serde_json::to_string(text)?.chars() {
        match character {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            other => out.push(other),
        }
    }
    Ok(())
}

/// Reads a document. Numbers remain exact.
pub fn from_json(text: &str) -> Result<Value, JsonError> {
    // Raw values keep the text of numbers, which `serde_json::Value` would round. Its feature against that would change
    // numbers in the whole workspace.
    read(serde_json::from_str(text)?, 0)
}

fn read(raw: &RawValue, depth: usize) -> Result<Value, JsonError> {
    if depth > MAX_DEPTH {
        return Err(JsonError::Depth);
    }
    let text = raw.get();
    Ok(match text.bytes().next() {
        Some(b'n') => Value::null(),
        Some(b't') => true.into(),
        Some(b'f') => false.into(),
        Some(b'"') => serde_json::from_str::<String>(text)?.into(),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            Value::tuple(items.into_iter().map(|it| read(it, depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let entries: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            let entries = entries.into_iter().map(|(key, it)| Ok((key.into(), read(it, depth + 1)?)));
            Value::object(entries.collect::<Result<_, JsonError>>()?)
        }
        _ => text.parse::<Number>().map_err(|_| JsonError::Number)?.into(),
    })
}
