//! Environment files, as the strict mode of `subosito/gotenv`, which Conftest uses, reads them: one mapping of texts.
//! References to variables earlier in the file are replaced; other references are kept as written, since they depend on
//! the environment.

use palisade_text::to_offset;
use palisade_yaml::Fault;

use crate::lines::{Cursor, Stretch, flat};
use crate::read::Read;
use crate::value::{Form, Map, Value};

/// The maximum total size in bytes of replaced references: each may double the text before it.
const MAX_REFERRED: usize = 1 << 20;

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    let mut cursor = Cursor::new(text);
    let (mut map, mut comments) = (Map::default(), Vec::new());
    let mut referred = 0;
    while let Some(line) = cursor.line() {
        let line = line.trim();
        if line.text.is_empty() {
            continue;
        }
        if line.text.starts_with('#') {
            comments.push(line.comment());
            continue;
        }
        let (key, rest) = key(line).ok_or_else(|| fault(line, "not of the form `NAME=value`"))?;
        let written = written(&mut cursor, rest)
            .ok_or_else(|| fault(line, "something other than a comment follows the closing quote"))?;
        let mut value = written.value.text.to_owned();
        if written.quote == Some('"') {
            value = unescaped(&value);
        }
        if written.quote != Some('\'') {
            value = expanded(&value, &map, &mut referred).ok_or_else(|| {
                let message = format!("references bring in more than {MAX_REFERRED} bytes; write them out");
                fault(line, &message)
            })?;
        }
        comments.extend(written.comment.map(Stretch::comment));
        map.set(key.text, key.place(), Value::text(value, written.place));
    }
    Ok(flat(map, comments))
}

fn fault(line: Stretch<'_>, message: &str) -> Fault {
    let (start, end) = line.place();
    Fault { end, ..Fault::syntax(start, message) }
}

/// The name and the rest after its separator.
fn key(line: Stretch<'_>) -> Option<(Stretch<'_>, Stretch<'_>)> {
    let exported = line.text.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t']));
    let line = if exported.is_some() { line.skip(6).trim_start() } else { line };
    let end = line.text.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.')));
    let (key, rest) = line.split(end.unwrap_or(line.text.len()));
    let sign = rest.trim_start();
    let assigned = sign.text.starts_with('=') || (rest.text.starts_with(':') && is_blank(rest.text.get(1..)));
    (assigned && !key.text.is_empty()).then(|| (key, sign.skip(1).trim_start()))
}

fn is_blank(rest: Option<&str>) -> bool {
    rest.is_some_and(|rest| rest.starts_with([' ', '\t']))
}

struct Written<'a> {
    /// Without the quotes.
    value: Stretch<'a>,
    quote: Option<char>,
    place: (u32, u32),
    comment: Option<Stretch<'a>>,
}

/// The value that begins here. A quoted one may have several lines.
fn written<'a>(cursor: &mut Cursor<'a>, rest: Stretch<'a>) -> Option<Written<'a>> {
    let quote = rest.text.chars().next().filter(|first| matches!(first, '"' | '\''));
    if let Some(quote) = quote {
        let from = rest.start + 1;
        let all = cursor.rest(from);
        if let Some(length) = closing(all, quote) {
            let value = Stretch { text: all.get(..length)?, start: from };
            let end = from + length + 1;
            let after =
                Stretch { text: all.get(length + 1..)?.lines().next().unwrap_or(""), start: end }.trim();
            if !after.text.is_empty() && !after.text.starts_with('#') {
                return None;
            }
            cursor.skip_past(end);
            let comment = Some(after).filter(|after| !after.text.is_empty());
            return Some(Written {
                value,
                quote: Some(quote),
                place: (to_offset(rest.start), to_offset(end)),
                comment,
            });
        }
    }
    let (value, comment) = match rest.text.find('#') {
        Some(at) => (rest.split(at).0, Some(rest.skip(at))),
        None => (rest, None),
    };
    let value = value.trim_end();
    Some(Written { value, quote: None, place: value.place(), comment })
}

/// The position of the closing quote that is not escaped.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, letter)| {
        let closes = letter == quote && !escaped;
        escaped = letter == '\\' && !escaped && quote == '"';
        closes.then_some(at)
    })
}

/// In double quotes `\n` and `\r` are line breaks, and a backslash before any other character but `$` is removed.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, if letter == '\\' { letters.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('$')) => out.push_str("\\$"),
            ('\\', Some(other)) => out.push(other),
            _ => out.push(letter),
        }
    }
    out
}

/// Replaces references; none if that exceeds the limit.
fn expanded(text: &str, map: &Map, referred: &mut usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('\\') {
            out.push_str(before);
            out.push('$');
            rest = from.get(1..).unwrap_or("");
            continue;
        }
        out.push_str(before);
        let open = from.get(1..).unwrap_or("");
        let (inner, braces) = open.strip_prefix('{').map_or((open, 0), |inner| (inner, 1));
        let length = inner.bytes().take_while(|it| matches!(it, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
        let name = inner.get(..length).unwrap_or("");
        let closed = usize::from(braces == 1 && inner.get(length..).is_some_and(|it| it.starts_with('}')));
        let whole = 1 + braces + length + closed;
        match map.get(name).map(|value| &value.form) {
            Some(Form::Text(value)) if braces == closed => {
                *referred += value.len();
                if *referred > MAX_REFERRED {
                    return None;
                }
                out.push_str(value);
            }
            _ => out.push_str(from.get(..whole).unwrap_or("")),
        }
        rest = from.get(whole..).unwrap_or("");
    }
    out.push_str(rest);
    Some(out)
}
