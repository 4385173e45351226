//! Properties, as `magiconair/properties`, which Conftest uses, reads them: one mapping of texts, with escapes resolved
//! and lines joined that end with a backslash. `${…}` is kept as written, since it may refer to the environment.

use palisade_text::to_offset;
use palisade_yaml::Fault;

use crate::lines::{Cursor, flat};
use crate::read::Read;
use crate::value::{Map, Value};

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    let mut cursor = Cursor::new(text);
    let (mut map, mut comments) = (Map::default(), Vec::new());
    while let Some(line) = cursor.line() {
        let line = line.trim_start();
        if line.text.is_empty() {
            continue;
        }
        if line.text.starts_with(['#', '!']) {
            comments.push(line.trim_end().comment());
            continue;
        }
        let (name, after) = line.split(key_end(line.text));
        let after = after.trim_start();
        let value = if after.text.starts_with(['=', ':']) { after.skip(1).trim_start() } else { after };
        let mut end = value.end();
        let mut content = value.text;
        let mut text = String::new();
        while let Some(more) = continued(content) {
            text.push_str(more);
            content = "";
            if let Some(next) = cursor.line().map(crate::lines::Stretch::trim_start) {
                (content, end) = (next.text, next.end());
            }
        }
        text.push_str(content);
        let key = unescaped(name.text, name.start)?;
        let value_text = unescaped(&text, value.start)?;
        let start = to_offset(value.start);
        map.set(&key, name.place(), Value::text(value_text, (start, to_offset(end).max(start))));
    }
    Ok(flat(map, comments))
}

/// The end of a key: whitespace, `=` or `:` that is not escaped.
fn key_end(line: &str) -> usize {
    let mut escaped = false;
    let ends = line.char_indices().find(|(_, letter)| {
        let ends = !escaped && (letter.is_whitespace() || matches!(letter, '=' | ':'));
        escaped = *letter == '\\' && !escaped;
        ends
    });
    ends.map_or(line.len(), |(at, _)| at)
}

/// A line that continues on the next one, without its last backslash.
fn continued(line: &str) -> Option<&str> {
    let slashes = line.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if slashes % 2 == 1 { line.strip_suffix('\\') } else { None }
}

fn unescaped(text: &str, start: usize) -> Result<String, Fault> {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u' | 'U') => {
                let digits = letters.as_str().get(..4).filter(|digits| !digits.starts_with('+'));
                let digits = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let Some(code) = digits else {
                    return Err(Fault::syntax(to_offset(start), "`\\u` needs four hexadecimal digits"));
                };
                // A lone surrogate is not a character.
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                letters = letters.as_str().get(4..).unwrap_or("").chars();
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    Ok(out)
}
