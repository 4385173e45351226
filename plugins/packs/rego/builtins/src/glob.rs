//! Globs, translated to regular expressions.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, text};
use crate::expression;

pub(crate) const FUNCTIONS: &[Function] =
    &[Function::new("glob.match", 3, glob_match), Function::new("glob.quote_meta", 1, quote_meta)];

fn glob_match(call: &Arguments<'_>) -> Outcome {
    let (pattern, whole) = (call.text(0)?, call.text(2)?);
    let delimiters = match call.any(1)? {
        Value::Null => String::new(),
        Value::Array(items) if items.is_empty() => String::from("."),
        Value::Array(items) => {
            let mut delimiters = String::new();
            for item in items.iter() {
                let mut all = text(item)?.chars();
                delimiters.push(all.next().ok_or(Refusal::Undefined)?);
                if all.next().is_some() {
                    return Err(Refusal::Undefined);
                }
            }
            delimiters
        }
        _ => return Err(Refusal::Undefined),
    };
    // No regular expression begins with `*`, so the key is unique.
    let key = format!("*{delimiters}*{pattern}");
    let expression = expression::kept(&key, || {
        expression::compiled(&translated(pattern, &delimiters).ok_or(Refusal::Undefined)?)
    })?;
    Ok(Value::Bool(expression.is_match(whole)))
}

fn quote_meta(call: &Arguments<'_>) -> Outcome {
    let mut quoted = String::new();
    for it in call.text(0)?.chars() {
        if "*?\\[]{}".contains(it) {
            quoted.push('\\');
        }
        quoted.push(it);
    }
    Ok(Value::from(quoted))
}

fn translated(pattern: &str, delimiters: &str) -> Option<String> {
    let single = if delimiters.is_empty() { ".".to_owned() } else { format!("[^{}]", escaped(delimiters)) };
    let mut out = String::from("(?s)^");
    let mut characters = pattern.chars().peekable();
    let mut groups = 0_usize;
    while let Some(it) = characters.next() {
        match it {
            '*' if characters.next_if_eq(&'*').is_some() => {
                // More than two mean the same as two.
                while characters.next_if_eq(&'*').is_some() {}
                out.push_str(".*");
            }
            '*' => put!(out, "{single}*"),
            '?' => out.push_str(&single),
            '\\' => out.push_str(&literal(characters.next()?)),
            '[' => {
                let mut inside = String::new();
                loop {
                    match characters.next()? {
                        ']' => break,
                        '\\' => {
                            inside.push('\\');
                            inside.push(characters.next()?);
                        }
                        it => inside.push(it),
                    }
                }
                out.push_str(&class(&inside)?);
            }
            '{' => {
                groups += 1;
                out.push_str("(?:");
            }
            '}' if groups > 0 => {
                groups -= 1;
                out.push(')');
            }
            ',' if groups > 0 => out.push('|'),
            _ => out.push_str(&literal(it)),
        }
    }
    if groups > 0 {
        return None;
    }
    out.push('$');
    Some(out)
}

/// Either one range (`a-z`) or a list of characters; `!` before it inverts it.
fn class(inside: &str) -> Option<String> {
    let (inverted, inside) = match inside.strip_prefix('!') {
        Some(rest) => ("^", rest),
        None => ("", inside),
    };
    let mut members = Vec::new();
    let mut characters = inside.chars();
    while let Some(it) = characters.next() {
        members.push(if it == '\\' { characters.next()? } else { it });
    }
    let listed: String = match members.as_slice() {
        [from, '-', to] if from <= to => format!("{}-{}", escaped_one(*from), escaped_one(*to)),
        [] | [_, '-', _] => return None,
        all => all.iter().map(|it| escaped_one(*it)).collect(),
    };
    Some(format!("[{inverted}{listed}]"))
}

fn literal(it: char) -> String {
    regex::escape(it.encode_utf8(&mut [0; 4]))
}

/// The character, escaped for a class.
fn escaped_one(it: char) -> String {
    format!("\\x{{{:x}}}", u32::from(it))
}

fn escaped(all: &str) -> String {
    all.chars().map(escaped_one).collect()
}
