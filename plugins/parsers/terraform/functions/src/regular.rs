//! Functions with regular expressions. Terraform's are RE2's; the crate `regex` is of the same family, but some
//! signs mean other things in it, so expressions are translated.

use palisade_terraform_values::{Entries, Value};
use regex::{Captures, Regex, RegexBuilder};

use crate::arguments::{Arguments, Outcome};
use crate::function::text;
use crate::{Function, FunctionError, Gives, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("regex", &[text("pattern"), text("string")], Gives::Any, |it| {
        let regex = compile(it, 0, it.text(0)?)?;
        match regex.captures(it.text(1)?) {
            Some(found) => taken(&regex, &found),
            None => Err(FunctionError::failed("the pattern does not match")),
        }
    }),
    Function::new("regexall", &[text("pattern"), text("string")], Gives::Any, |it| {
        let regex = compile(it, 0, it.text(0)?)?;
        let found = regex.captures_iter(it.text(1)?).take(limits::MAX_ITEMS + 1);
        let items: Vec<Value> = found.map(|it| taken(&regex, &it)).collect::<Outcome<_>>()?;
        limits::items(Some(items.len()))?;
        Ok(Value::list(items))
    }),
    Function::new("replace", &[text("string"), text("substring"), text("replacement")], Gives::Text, replace),
];

/// How large a compiled expression may be, in bytes.
const MAX_COMPILED: usize = 4 << 20;

fn compile(arguments: &Arguments<'_>, index: usize, pattern: &str) -> Outcome<Regex> {
    let built = RegexBuilder::new(&translate(pattern)).size_limit(MAX_COMPILED).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => arguments.blame(index, "the pattern is too large"),
        // The last line says what is wrong; those before draw the expression.
        other => {
            let message = other.to_string();
            let last = message.lines().last().unwrap_or_default();
            arguments
                .blame(index, format!("not a regular expression: {}", last.trim_start_matches("error: ")))
        }
    })
}

/// What a match gives: its named groups, its groups, or all of it.
fn taken(regex: &Regex, found: &Captures<'_>) -> Outcome {
    let group = |at: usize| found.get(at).map_or_else(Value::null, |it| it.as_str().into());
    let named: Vec<(usize, &str)> =
        regex.capture_names().enumerate().filter_map(|(at, name)| Some((at, name?))).collect();
    let groups = found.len() - 1;
    match (named.len(), groups) {
        (_, 0) => Ok(group(0)),
        (0, _) => Ok(Value::tuple((1..=groups).map(group).collect())),
        (names, groups) if names == groups => {
            let entries: Entries = named.into_iter().map(|(at, name)| (name.into(), group(at))).collect();
            Ok(Value::object(entries))
        }
        _ => Err(FunctionError::failed("the pattern must name all of its groups or none")),
    }
}

fn replace(arguments: &Arguments<'_>) -> Outcome {
    let (whole, wanted, replacement) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    let slashed = wanted.strip_prefix('/').and_then(|it| it.strip_suffix('/'));
    let Some(pattern) = slashed else {
        let places = whole.matches(wanted).count();
        let longer = places.checked_mul(replacement.len()).and_then(|it| it.checked_add(whole.len()));
        limits::text(longer)?;
        return Ok(whole.replace(wanted, replacement).into());
    };
    let regex = compile(arguments, 1, pattern)?;
    let mut out = String::new();
    let mut end = 0;
    for found in regex.captures_iter(whole) {
        let Some(all) = found.get(0) else { continue };
        out.push_str(whole.get(end..all.start()).unwrap_or_default());
        // No group is longer than the match.
        let groups = replacement.matches('$').count().checked_mul(all.len());
        limits::text(groups.and_then(|it| it.checked_add(replacement.len())?.checked_add(out.len())))?;
        found.expand(replacement, &mut out);
        limits::text(Some(out.len()))?;
        end = all.end();
    }
    out.push_str(whole.get(end..).unwrap_or_default());
    limits::text(Some(out.len()))?;
    Ok(out.into())
}

/// Writes RE2's syntax as the crate's: classes such as `\d` are of ASCII only, `\Q…\E` quotes, a brace that is no
/// repetition stands for itself, and inside of brackets `[`, `&&`, `--` and `~~` do.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut bracket = false;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        match (character, bracket) {
            ('\\', _) => {
                rest = escape(after, bracket, &mut out);
                continue;
            }
            ('[', false) => {
                bracket = true;
                out.push('[');
                rest = after;
                // What comes first closes nothing.
                if let Some(next) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = next;
                }
                if let Some(next) = rest.strip_prefix(']') {
                    out.push_str("\\]");
                    rest = next;
                }
                continue;
            }
            ('[', true) => match after.strip_prefix(':').and_then(|it| it.split_once(":]")) {
                Some((name, next)) if name.bytes().all(|it| it.is_ascii_alphabetic() || it == b'^') => {
                    out.push_str("[:");
                    out.push_str(name);
                    out.push_str(":]");
                    rest = next;
                    continue;
                }
                _ => out.push_str("\\["),
            },
            (']', true) => {
                bracket = false;
                out.push(']');
            }
            ('&' | '~', true) => {
                out.push('\\');
                out.push(character);
            }
            ('-', true) if after.starts_with('-') || out.ends_with('-') => out.push_str("\\-"),
            ('{', false) if !repeats(after) => out.push_str("\\{"),
            (other, _) => out.push(other),
        }
        rest = after;
    }
    out
}

/// Whether what follows `{` makes it a repetition.
fn repeats(after: &str) -> bool {
    let Some((inner, _)) = after.split_once('}') else { return false };
    let (least, most) = inner.split_once(',').unwrap_or((inner, "0"));
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

/// Writes what a backslash begins, and gives what follows.
fn escape<'a>(after: &'a str, bracket: bool, out: &mut String) -> &'a str {
    let Some(character) = after.chars().next() else {
        out.push('\\');
        return after;
    };
    let rest = after.get(character.len_utf8()..).unwrap_or_default();
    match (character, bracket) {
        ('d', _) => out.push_str("[0-9]"),
        ('D', _) => out.push_str("[^0-9]"),
        ('w', _) => out.push_str("[0-9A-Za-z_]"),
        ('W', _) => out.push_str("[^0-9A-Za-z_]"),
        ('s', _) => out.push_str("[\\t\\n\\f\\r ]"),
        ('S', _) => out.push_str("[^\\t\\n\\f\\r ]"),
        ('b', false) => out.push_str("(?-u:\\b)"),
        ('B', false) => out.push_str("(?-u:\\B)"),
        ('Q', false) => {
            let (quoted, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
            out.push_str(&regex::escape(quoted));
            return rest;
        }
        ('<' | '>', _) => out.push(character),
        (other, _) => {
            out.push('\\');
            out.push(other);
        }
    }
    rest
}
