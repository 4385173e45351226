//! Regular expressions as OPA has them: Go's, which differ from this library's in what a few signs mean. Each is
//! translated, compiled under a bound and kept.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use crate::call::{Refusal, too_much};
use crate::limits;

/// How many compiled expressions are kept, and how often an expression may repeat something.
const KEPT: usize = 256;
const REPEATS: u32 = 1000;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Result<Regex, Refusal>>> = RefCell::default();
}

/// The expression that a text of Go's dialect is.
pub(crate) fn go(pattern: &str) -> Result<Regex, Refusal> {
    kept(pattern, || compiled(&translated(pattern).ok_or(Refusal::Undefined)?))
}

/// What was compiled under a key, or else is now.
pub(crate) fn kept(key: &str, compile: impl FnOnce() -> Result<Regex, Refusal>) -> Result<Regex, Refusal> {
    if let Some(known) = COMPILED.with_borrow(|it| it.get(key).map(copied)) {
        return known;
    }
    let compiled = compile();
    COMPILED.with_borrow_mut(|all| {
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(key.to_owned(), copied(&compiled));
    });
    compiled
}

fn copied(it: &Result<Regex, Refusal>) -> Result<Regex, Refusal> {
    match it {
        Ok(regex) => Ok(regex.clone()),
        Err(Refusal::Undefined) => Err(Refusal::Undefined),
        Err(Refusal::Loud(why)) => Err(Refusal::Loud(why.clone())),
    }
}

/// Compiles an expression of this library's dialect.
pub(crate) fn compiled(pattern: &str) -> Result<Regex, Refusal> {
    RegexBuilder::new(pattern).size_limit(limits::EXPRESSION).build().map_err(|it| match it {
        regex::Error::CompiledTooBig(_) => {
            too_much(format_args!("a regular expression of more than {} bytes", limits::EXPRESSION))
        }
        _ => Refusal::Undefined,
    })
}

/// Go's dialect in this library's. `\d`, `\s`, `\w` and `\b` are ASCII, `\<` is no boundary, a brace that repeats
/// nothing is a brace, and a class has neither operators nor classes inside it.
fn translated(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(it) = rest.chars().next() {
        let after = rest.get(it.len_utf8()..)?;
        rest = match it {
            '\\' => escape(after, &mut out, false)?,
            '[' => class(after, &mut out)?,
            '{' => {
                if let Some(repeat) = repeat(rest) {
                    if too_often(repeat) {
                        return None;
                    }
                    out.push_str(repeat);
                    rest.get(repeat.len()..)?
                } else {
                    out.push_str("\\{");
                    after
                }
            }
            _ => {
                out.push(it);
                after
            }
        };
    }
    Some(out)
}

/// `{2}`, `{2,}` or `{2,3}` at the start.
fn repeat(text: &str) -> Option<&str> {
    let end = text.find('}')?;
    let (least, most) = bounds(text.get(..=end)?);
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    (!least.is_empty() && digits(least) && digits(most)).then(|| text.get(..=end))?
}

fn bounds(repeat: &str) -> (&str, &str) {
    let inside = repeat.trim_start_matches('{').trim_end_matches('}');
    inside.split_once(',').unwrap_or((inside, ""))
}

fn too_often(repeat: &str) -> bool {
    let (least, most) = bounds(repeat);
    [least, most].iter().any(|it| !it.is_empty() && it.parse::<u32>().map_or(true, |it| it > REPEATS))
}

/// What a backslash begins, with what follows it.
fn escape<'a>(after: &'a str, out: &mut String, in_class: bool) -> Option<&'a str> {
    let it = after.chars().next()?;
    let rest = after.get(it.len_utf8()..)?;
    let (open, close) = if in_class { ("", "") } else { ("[", "]") };
    match it {
        'd' => put!(out, "{open}0-9{close}"),
        'w' => put!(out, "{open}0-9A-Za-z_{close}"),
        's' => put!(out, "{open}\\t\\n\\f\\r {close}"),
        'D' => out.push_str("[^0-9]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        'S' => out.push_str("[^\\t\\n\\f\\r ]"),
        'b' if !in_class => out.push_str("(?-u:\\b)"),
        'B' if !in_class => out.push_str("\\B"),
        'Q' if !in_class => {
            let (quoted, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
            out.push_str(&regex::escape(quoted));
            return Some(rest);
        }
        // An octal number: after `\0` up to two more digits, otherwise three.
        '0'..='7' => {
            let long = after.bytes().take(3).take_while(|it| matches!(it, b'0'..=b'7')).count();
            if it != '0' && long < 3 {
                return None;
            }
            let code = u32::from_str_radix(after.get(..long)?, 8).ok()?;
            put!(out, "\\x{{{code:x}}}");
            return after.get(long..);
        }
        'a' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' | 'p' | 'P' => {
            out.push('\\');
            out.push(it);
        }
        'A' | 'z' if !in_class => {
            out.push('\\');
            out.push(it);
        }
        _ if it.is_ascii_alphanumeric() || !it.is_ascii() => return None,
        _ => out.push_str(&regex::escape(it.encode_utf8(&mut [0; 4]))),
    }
    Some(rest)
}

/// A class, after its bracket.
fn class<'a>(after: &'a str, out: &mut String) -> Option<&'a str> {
    out.push('[');
    let mut rest = after;
    if let Some(inverted) = rest.strip_prefix('^') {
        out.push('^');
        rest = inverted;
    }
    let mut first = true;
    loop {
        let it = rest.chars().next()?;
        let next = rest.get(it.len_utf8()..)?;
        rest = match it {
            ']' if !first => {
                out.push(']');
                return Some(next);
            }
            '[' if next.starts_with(':') => {
                if let Some(end) = next.find(":]") {
                    out.push('[');
                    out.push_str(next.get(..end + 2)?);
                    next.get(end + 2..)?
                } else {
                    out.push_str("\\[");
                    next
                }
            }
            '\\' => escape(next, out, true)?,
            ']' | '[' | '&' | '~' | '^' => {
                out.push('\\');
                out.push(it);
                next
            }
            // One at either end is itself; between two it makes a range.
            '-' if first || next.starts_with(']') || next.starts_with('-') => {
                out.push_str("\\-");
                next
            }
            _ => {
                out.push(it);
                next
            }
        };
        first = false;
    }
}
