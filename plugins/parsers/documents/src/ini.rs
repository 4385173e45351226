//! INI, as `go-ini/ini` with its defaults reads it and Conftest (`parser/ini/ini.go`) converts it: sections of keys,
//! with booleans and numbers as such. Keys before the first section, or in `[DEFAULT]`, are omitted, as in Conftest.

use palisade_text::to_offset;
use palisade_yaml::{Fault, is_json_number};

use crate::lines::{Cursor, Stretch, flat};
use crate::read::Read;
use crate::value::{Form, Map, Value};

const DEFAULT: &str = "DEFAULT";

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    let mut cursor = Cursor::new(text);
    let (mut root, mut comments) = (Map::default(), Vec::new());
    let mut section = DEFAULT.to_owned();
    let mut count = 0;
    while let Some(line) = cursor.line() {
        let line = line.trim();
        match line.text.bytes().next() {
            None => {}
            Some(b'#' | b';') => comments.push(line.comment()),
            Some(b'[') => {
                let Some(end) = line.text.rfind(']').filter(|end| *end > 1) else {
                    return Err(fault(line, "a section needs a name and a closing bracket"));
                };
                let name = line.skip(1).split(end - 1).0;
                name.text.clone_into(&mut section);
                count = 0;
                if section != DEFAULT {
                    let whole = line.split(end + 1).0.place();
                    root.entry(&section, name.place(), || Value::new(Form::Map(Map::default()), whole));
                }
                let rest = line.skip(end + 1).trim_start();
                if rest.text.starts_with(['#', ';']) {
                    comments.push(rest.comment());
                }
            }
            Some(_) => {
                let (key, rest) = key(line)?;
                let mut name = key.text.to_owned();
                if name == "-" {
                    count += 1;
                    name = format!("#{count}");
                }
                let (text, end) = value(&mut cursor, rest.trim_start(), &mut comments)?;
                let start = to_offset(rest.trim_start().start);
                let value = Value::new(typed(text), (start, to_offset(end).max(start)));
                let end = value.place.1;
                if let Some(Value { form: Form::Map(map), place }) = root.get_mut(&section) {
                    map.set(&name, key.place(), value);
                    place.1 = place.1.max(end);
                }
            }
        }
    }
    Ok(flat(root, comments))
}

fn fault(line: Stretch<'_>, message: &str) -> Fault {
    let (start, end) = line.place();
    Fault { end, ..Fault::syntax(start, message) }
}

/// A key, which may be quoted, and the rest after its separator.
fn key(line: Stretch<'_>) -> Result<(Stretch<'_>, Stretch<'_>), Fault> {
    let quote = ["\"\"\"", "\"", "`"].into_iter().find(|quote| line.text.starts_with(quote)).unwrap_or("");
    let inner = line.skip(quote.len());
    let closed = if quote.is_empty() { Some(0) } else { inner.text.find(quote) };
    let Some(closed) = closed else { return Err(fault(line, "the quote around this key is never closed")) };
    let after = inner.skip(closed + quote.len());
    let Some(sign) = after.text.find(['=', ':']) else {
        return Err(fault(line, "a line without `=` is neither a key, a section nor a comment"));
    };
    let key = if quote.is_empty() { inner.split(sign).0 } else { inner.split(closed).0 };
    Ok((key.trim(), after.skip(sign + 1)))
}

/// The value that begins here, and the byte after it. It may continue on the next lines.
fn value(
    cursor: &mut Cursor<'_>,
    rest: Stretch<'_>,
    comments: &mut Vec<(crate::value::Place, String)>,
) -> Result<(String, usize), Fault> {
    for quote in ["\"\"\"", "`"] {
        if !rest.text.starts_with(quote) {
            continue;
        }
        let inner = rest.skip(quote.len());
        if let Some(end) = inner.text.rfind(quote) {
            return Ok((inner.split(end).0.text.to_owned(), inner.start + end + quote.len()));
        }
        let all = cursor.rest(inner.start);
        let Some(end) = all.find(quote) else {
            return Err(fault(rest, "the quote around this value is never closed"));
        };
        cursor.skip_past(inner.start + end);
        return Ok((all.get(..end).unwrap_or("").to_owned(), inner.start + end + quote.len()));
    }
    let mut line = rest.trim_end();
    if let Some(first) = line.text.strip_suffix('\\') {
        let (mut text, mut end) = (first.to_owned(), line.end());
        while let Some(next) = cursor.line().map(Stretch::trim).filter(|next| !next.text.is_empty()) {
            end = next.end();
            let more = next.text.strip_suffix('\\');
            text.push_str(more.unwrap_or(next.text));
            if more.is_none() {
                break;
            }
        }
        return Ok((text, end));
    }
    if let Some(at) = line.text.find(['#', ';']) {
        comments.push(line.skip(at).comment());
        line = line.split(at).0.trim_end();
    }
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let inner = line.text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    Ok((quoted.unwrap_or(line.text).to_owned(), line.end()))
}

/// Numbers and booleans in the syntax of Go's `strconv`, except for numbers that JSON does not have.
fn typed(text: String) -> Form {
    if is_json_number(&text) {
        return Form::Number(text);
    }
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() => return Form::Number(float.to_string()),
        _ => {}
    }
    match text.as_str() {
        "t" | "T" | "true" | "True" | "TRUE" => Form::Boolean(true),
        "f" | "F" | "false" | "False" | "FALSE" => Form::Boolean(false),
        _ => Form::Text(text),
    }
}
