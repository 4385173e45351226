//! Classes: `[^a-z[:digit:]\pL]`.

use super::{Invalid, escape};

/// The names of POSIX classes (`regexp/syntax`, "ASCII character class").
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Translates a class after its opening bracket, and returns the rest of the text.
pub(super) fn class<'a>(after: &'a str, out: &mut String) -> Result<&'a str, Invalid> {
    out.push('[');
    let mut rest = after;
    if let Some(inverted) = rest.strip_prefix('^') {
        out.push('^');
        rest = inverted;
    }
    let mut first = true;
    loop {
        if let Some(next) = rest.strip_prefix(']').filter(|_| !first) {
            out.push(']');
            return Ok(next);
        }
        first = false;
        if let Some((name, next)) = rest.strip_prefix("[:").and_then(|it| it.split_once(":]")) {
            if !NAMED.contains(&name.strip_prefix('^').unwrap_or(name)) {
                return Err(Invalid::Range);
            }
            out.push_str("[:");
            out.push_str(name);
            out.push_str(":]");
            rest = next;
            continue;
        }
        if let Some(escaped) = rest.strip_prefix('\\') {
            let letter = escaped.chars().next().ok_or(Invalid::Escape)?;
            let next = escaped.get(letter.len_utf8()..).unwrap_or_default();
            if matches!(letter, 'p' | 'P') {
                rest = escape::property(letter == 'P', next, out)?;
                continue;
            }
            if escape::set(letter, out) {
                rest = next;
                continue;
            }
        }
        let (low, next) = character(rest)?;
        escape::write(low, out);
        rest = next;
        if let Some(range) = rest.strip_prefix('-').filter(|it| !it.is_empty() && !it.starts_with(']')) {
            let (high, next) = character(range)?;
            if high < low {
                return Err(Invalid::Range);
            }
            out.push('-');
            escape::write(high, out);
            rest = next;
        }
    }
}

/// A character of a class, and the rest of the text.
fn character(rest: &str) -> Result<(char, &str), Invalid> {
    if let Some(escaped) = rest.strip_prefix('\\') {
        return escape::character(escaped);
    }
    let sign = rest.chars().next().ok_or(Invalid::Bracket)?;
    Ok((sign, rest.get(sign.len_utf8()..).unwrap_or_default()))
}
