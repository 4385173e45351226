//! Quoted scalars that the YAML scanner does not read: those of JSON, and those of files that only the tolerant reader
//! accepts.

/// The byte after the closing quote of the scalar whose opening quote is at `start`; the end of the text if it is not
/// closed.
pub fn end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes.get(start).copied().unwrap_or(b'"');
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        if *byte == quote {
            if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') {
                at += 2;
                continue;
            }
            return at + 1;
        }
        at += if *byte == b'\\' && quote == b'"' { 2 } else { 1 };
    }
    text.len()
}

/// The value of a single-quoted scalar; `inner` is the text between the quotes.
pub(crate) fn single(inner: &str) -> String {
    let mut folded = fold(inner);
    if folded.contains("''") {
        folded = folded.replace("''", "'");
    }
    folded
}

/// Joins the lines of a flow scalar: one break becomes a space, more breaks become one less.
pub(crate) fn fold(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let count = text.split('\n').count();
    let mut breaks = 0;
    for (index, line) in text.split('\n').enumerate() {
        let line = if index == 0 { line } else { line.trim_start_matches([' ', '\t']) };
        let line = if index + 1 == count { line } else { line.trim_end_matches([' ', '\t', '\r']) };
        if index > 0 {
            breaks += 1;
        }
        if line.is_empty() && index > 0 && index + 1 < count {
            continue;
        }
        flush(&mut result, &mut breaks);
        result.push_str(line);
    }
    result
}

fn flush(result: &mut String, breaks: &mut usize) {
    match *breaks {
        0 => {}
        1 => result.push(' '),
        more => result.extend(std::iter::repeat_n('\n', more - 1)),
    }
    *breaks = 0;
}

/// The value of a double-quoted YAML scalar, or the byte in `inner` of an invalid escape.
pub(crate) fn double(inner: &str) -> Result<String, usize> {
    let mut result = String::with_capacity(inner.len());
    let mut rest = inner;
    // The length that must not be trimmed before a line break: up to the last escape.
    let mut kept = 0;
    while let Some(at) = rest.find(['\\', '\n']) {
        let (plain, special) = rest.split_at(at);
        result.push_str(plain);
        let here = inner.len() - special.len();
        if let Some(after) = special.strip_prefix('\n') {
            let content = result.trim_end_matches([' ', '\t', '\r']).len().max(kept);
            result.truncate(content);
            let mut breaks = 1;
            rest = after;
            loop {
                let line = rest.trim_start_matches([' ', '\t', '\r']);
                let Some(after) = line.strip_prefix('\n') else {
                    rest = line;
                    break;
                };
                breaks += 1;
                rest = after;
            }
            flush(&mut result, &mut breaks);
        } else {
            rest = escape(special, &mut result).ok_or(here)?;
        }
        kept = result.len();
    }
    result.push_str(rest);
    Ok(result)
}

/// Reads an escape of libyaml, which has `\'` but not `\/`, and returns the text after it.
fn escape<'a>(text: &'a str, result: &mut String) -> Option<&'a str> {
    let mut characters = text.chars();
    characters.next();
    let plain = match characters.next()? {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        letter @ (' ' | '"' | '\'' | '\\') => letter,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        letter @ ('x' | 'u' | 'U') => {
            let digits = match letter {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let (value, rest) = hexadecimal(characters.as_str(), digits)?;
            result.push(char::from_u32(value)?);
            return Some(rest);
        }
        '\n' => return Some(characters.as_str().trim_start_matches([' ', '\t'])),
        '\r' => {
            let rest = characters.as_str();
            return Some(rest.strip_prefix('\n').unwrap_or(rest).trim_start_matches([' ', '\t']));
        }
        _ => return None,
    };
    result.push(plain);
    Some(characters.as_str())
}

/// The value of a JSON string, or the byte in `inner` of an invalid escape.
pub fn json(inner: &str) -> Result<String, usize> {
    let mut result = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        let (plain, special) = rest.split_at(at);
        result.push_str(plain);
        let here = inner.len() - special.len();
        rest = json_escape(special, &mut result).ok_or(here)?;
    }
    result.push_str(rest);
    Ok(result)
}

/// Reads a JSON escape, and returns the text after it.
fn json_escape<'a>(text: &'a str, result: &mut String) -> Option<&'a str> {
    let mut characters = text.chars();
    characters.next();
    let plain = match characters.next()? {
        'b' => '\x08',
        't' => '\t',
        'n' => '\n',
        'f' => '\x0c',
        'r' => '\r',
        letter @ ('"' | '/' | '\\') => letter,
        'u' => return code(characters.as_str(), result),
        _ => return None,
    };
    result.push(plain);
    Some(characters.as_str())
}

fn hexadecimal(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (code, rest) = text.split_at_checked(digits)?;
    if !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(code, 16).ok()?, rest))
}

/// Reads a character by its number. A surrogate pair is one character; a lone surrogate is replaced.
fn code<'a>(text: &'a str, result: &mut String) -> Option<&'a str> {
    let (value, rest) = hexadecimal(text, 4)?;
    if let 0xD800..0xDC00 = value
        && let Some((low @ 0xDC00..0xE000, after)) =
            rest.strip_prefix("\\u").and_then(|rest| hexadecimal(rest, 4))
    {
        let pair = 0x1_0000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        result.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
        return Some(after);
    }
    result.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::{double, end, json, single};

    #[test]
    fn ends() {
        assert_eq!(end(r#""a\"b" c"#, 0), 6);
        assert_eq!(end("x 'it''s' y", 2), 9);
        assert_eq!(end("\"open", 0), 5);
        assert_eq!(end("\"open\\", 0), 6);
    }

    #[test]
    fn folding() {
        assert_eq!(single("a\n  b\n\n  c ''d''"), "a b\nc 'd'");
        assert_eq!(double("a  \n  b\n \n\n c").as_deref(), Ok("a b\n\nc"));
        assert_eq!(double("a\\\n   b").as_deref(), Ok("ab"));
        assert_eq!(double("a\\t\n b").as_deref(), Ok("a\t b"));
    }

    #[test]
    fn escapes() {
        assert_eq!(double(r"\u00e9\x41\'\U0001f600.").as_deref(), Ok("éA'😀."));
        assert_eq!(double(r"ab\q"), Err(2));
        assert_eq!(double(r"\u12"), Err(0));
        assert_eq!(double(r"\u1é34"), Err(0));
        assert_eq!(double(r"\/"), Err(0));
        assert_eq!(double(r"\ud83d\ude00"), Err(0));
        assert_eq!(double(r"a\U00110000"), Err(1));
    }

    #[test]
    fn escapes_of_json() {
        assert_eq!(json(r"\u00e9\/\ud83d\ude00\ud83d.").as_deref(), Ok("é/😀\u{fffd}."));
        for text in [r"ab\q", r"ab\x41", r"ab\0", r"ab\'", r"ab\u12", r"ab\U0001f600", "ab\\\n"] {
            assert_eq!(json(text), Err(2), "{text}");
        }
    }
}
