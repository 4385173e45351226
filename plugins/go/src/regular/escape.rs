//! Escape sequences.

use std::fmt::Write as _;

use super::Invalid;

/// Translates an escape sequence outside of a class, and returns the rest of the text.
pub(super) fn outside<'a>(after: &'a str, out: &mut String) -> Result<&'a str, Invalid> {
    let sign = after.chars().next().ok_or(Invalid::Escape)?;
    let rest = after.get(sign.len_utf8()..).unwrap_or_default();
    match sign {
        'b' => out.push_str("(?-u:\\b)"),
        'B' => out.push_str("(?-u:\\B)"),
        'A' | 'z' => {
            out.push('\\');
            out.push(sign);
        }
        'Q' => {
            let (quoted, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
            out.push_str(&regex::escape(quoted));
            return Ok(rest);
        }
        'd' | 's' | 'w' | 'D' | 'S' | 'W' => {
            out.push('[');
            set(sign, out);
            out.push(']');
        }
        'p' | 'P' => return property(sign == 'P', rest, out),
        _ => {
            let (code, rest) = character(after)?;
            write(code, out);
            return Ok(rest);
        }
    }
    Ok(rest)
}

/// Writes the set of a class letter such as `d`, for the inside of a class.
pub(super) fn set(letter: char, out: &mut String) -> bool {
    out.push_str(match letter {
        'd' => "0-9",
        's' => "\\t\\n\\f\\r ",
        'w' => "0-9A-Za-z_",
        'D' => "[^0-9]",
        'S' => "[^\\t\\n\\f\\r ]",
        'W' => "[^0-9A-Za-z_]",
        _ => return false,
    });
    true
}

/// `\pN`, `\p{Greek}`, `\p{^Greek}`: translates what follows the `p`.
pub(super) fn property<'a>(negated: bool, rest: &'a str, out: &mut String) -> Result<&'a str, Invalid> {
    let (name, next) = if let Some(inside) = rest.strip_prefix('{') {
        inside.split_once('}').ok_or(Invalid::Range)?
    } else {
        let length = rest.chars().next().ok_or(Invalid::Range)?.len_utf8();
        rest.split_at_checked(length).ok_or(Invalid::Range)?
    };
    let (negated, name) = match name.strip_prefix('^') {
        Some(name) => (!negated, name),
        None => (negated, name),
    };
    let word = |it: char| it == '_' || it.is_ascii_alphabetic();
    if !name.starts_with(|it: char| it.is_ascii_uppercase()) || !name.chars().all(word) {
        return Err(Invalid::Range);
    }
    let kind = match name {
        "Any" => "",
        name if name.len() <= 2 => "gc=",
        _ => "sc=",
    };
    // Writing to a string cannot fail.
    let _ = write!(out, "\\{}{{{kind}{name}}}", if negated { 'P' } else { 'p' });
    Ok(next)
}

/// An escaped single character, and the rest of the text.
pub(super) fn character(after: &str) -> Result<(char, &str), Invalid> {
    let sign = after.chars().next().ok_or(Invalid::Escape)?;
    let rest = after.get(sign.len_utf8()..).unwrap_or_default();
    let code = match sign {
        'a' => '\x07',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => return hexadecimal(rest),
        '0'..='7' => {
            let long = after.bytes().take(3).take_while(|it| matches!(it, b'0'..=b'7')).count();
            // A single digit would be a backreference, which Go does not support.
            if sign != '0' && long == 1 {
                return Err(Invalid::Escape);
            }
            let (digits, rest) = after.split_at_checked(long).ok_or(Invalid::Escape)?;
            return numbered(digits, 8, rest);
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
        _ => return Err(Invalid::Escape),
    };
    Ok((code, rest))
}

fn hexadecimal(rest: &str) -> Result<(char, &str), Invalid> {
    let (digits, next) = match rest.strip_prefix('{') {
        Some(inside) => inside.split_once('}').ok_or(Invalid::Escape)?,
        None => rest.split_at_checked(2).ok_or(Invalid::Escape)?,
    };
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Err(Invalid::Escape);
    }
    numbered(digits, 16, next)
}

fn numbered<'a>(digits: &str, radix: u32, rest: &'a str) -> Result<(char, &'a str), Invalid> {
    let code = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    Ok((code.ok_or(Invalid::Escape)?, rest))
}

/// Writes a literal character, inside of a class or not.
pub(super) fn write(code: char, out: &mut String) {
    if code.is_ascii_alphanumeric() || !code.is_ascii() {
        out.push(code);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\x{{{:x}}}", u32::from(code));
    }
}
