//! Reads JSON. YAML includes nearly all of it, but not its surrogate pairs, and this reader is faster and allows more
//! depth.

use std::borrow::Cow;

use palisade_sdk::Kind;
use palisade_text::to_offset;

use crate::build::{Fault, Tree};
use crate::quoted;
use crate::scalar::Value;
use crate::tags::Properties;

enum Next {
    Value,
    /// A key, or the end of an empty object.
    FirstKey,
    Key,
    /// A value, or the end of an empty array.
    FirstItem,
    /// A comma or an end.
    More,
}

/// Reads one value from `at` on, after whitespace. Returns the byte after it; none if there is only whitespace.
pub(crate) fn value(tree: &mut Tree<'_, '_>, text: &str, at: usize) -> Result<Option<usize>, Fault> {
    let bytes = text.as_bytes();
    let mut at = skip(bytes, at);
    if at == bytes.len() {
        return Ok(None);
    }
    tree.begin(to_offset(at));
    // True for each open object, false for each open array.
    let mut open: Vec<bool> = Vec::new();
    let mut next = Next::Value;
    loop {
        at = skip(bytes, at);
        let byte = bytes.get(at).copied();
        next = match (next, byte) {
            (Next::More, _) if open.is_empty() => return Ok(Some(at)),
            (Next::FirstKey, Some(b'}'))
            | (Next::FirstItem, Some(b']'))
            | (Next::More, Some(b'}' | b']')) => {
                let object = byte == Some(b'}');
                if open.pop() != Some(object) {
                    return Err(wrong(at, byte, "the bracket that closes this collection"));
                }
                at += 1;
                tree.close(Some(to_offset(at)))?;
                Next::More
            }
            (Next::More, Some(b',')) => {
                at += 1;
                if open.last() == Some(&true) { Next::Key } else { Next::Value }
            }
            (Next::More, _) => return Err(wrong(at, byte, "a comma or a closing bracket")),
            (Next::FirstKey | Next::Key, Some(b'"')) => {
                at = string(tree, text, at)?;
                at = skip(bytes, at);
                if bytes.get(at) != Some(&b':') {
                    return Err(wrong(at, bytes.get(at).copied(), "a colon"));
                }
                at += 1;
                Next::Value
            }
            (Next::FirstKey | Next::Key, _) => return Err(wrong(at, byte, "a key in double quotes")),
            (Next::Value | Next::FirstItem, Some(b'{')) => {
                tree.open(Kind::Mapping, to_offset(at), Properties::default())?;
                open.push(true);
                at += 1;
                Next::FirstKey
            }
            (Next::Value | Next::FirstItem, Some(b'[')) => {
                tree.open(Kind::Sequence, to_offset(at), Properties::default())?;
                open.push(false);
                at += 1;
                Next::FirstItem
            }
            (Next::Value | Next::FirstItem, Some(b'"')) => {
                at = string(tree, text, at)?;
                Next::More
            }
            (Next::Value | Next::FirstItem, _) => {
                at = literal(tree, text, at)?;
                Next::More
            }
        };
    }
}

fn skip(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

fn wrong(at: usize, found: Option<u8>, wanted: &str) -> Fault {
    let message = match found {
        None => format!("the file ends where {wanted} is expected; is it complete?"),
        Some(byte) if byte.is_ascii_graphic() => {
            format!("found `{}` where {wanted} is expected", char::from(byte))
        }
        Some(_) => format!("{wanted} is expected here"),
    };
    Fault::syntax(to_offset(at), message)
}

fn string(tree: &mut Tree<'_, '_>, text: &str, start: usize) -> Result<usize, Fault> {
    let end = quoted::end(text, start);
    let whole = text.get(start..end).unwrap_or("");
    let inner = whole.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let Some(inner) = inner else {
        return Err(Fault::syntax(to_offset(start), "this text is never closed; add the closing quote"));
    };
    if let Some(at) = inner.bytes().position(|byte| byte < 0x20) {
        let message = "a control character in a text; write it as an escape such as `\\n`";
        return Err(Fault::syntax(to_offset(start + 1 + at), message));
    }
    let value = if inner.contains('\\') {
        match quoted::json(inner) {
            Ok(value) => Cow::Owned(value),
            Err(at) => {
                let message = "no such escape in a text; write a backslash as `\\\\`";
                return Err(Fault::syntax(to_offset(start + 1 + at), message));
            }
        }
    } else {
        Cow::Borrowed(inner)
    };
    let span = (to_offset(start), to_offset(end));
    tree.scalar(span, span.0, &Value::text(value), false, Properties::default())?;
    Ok(end)
}

fn literal(tree: &mut Tree<'_, '_>, text: &str, start: usize) -> Result<usize, Fault> {
    let rest = text.get(start..).unwrap_or("");
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    let word = rest.get(..length).unwrap_or("");
    let kind = match word {
        "true" | "false" => Kind::Boolean,
        "null" => Kind::Null,
        _ if crate::scalar::is_json_number(word) => {
            if !word.parse::<f64>().is_ok_and(f64::is_finite) {
                let end = to_offset(start + length);
                let message = "a number as large as this one is read by nothing; write it as a text";
                return Err(Fault::meaning(to_offset(start), end, message));
            }
            Kind::Number
        }
        _ => return Err(wrong(start, text.as_bytes().get(start).copied(), "a value")),
    };
    let span = (to_offset(start), to_offset(start + length));
    tree.scalar(span, span.0, &Value { kind, text: Cow::Borrowed(word) }, false, Properties::default())?;
    Ok(start + length)
}
