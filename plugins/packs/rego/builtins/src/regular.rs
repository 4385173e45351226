//! Regular expressions.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, array};
use crate::expression;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("re_match", 2, is_match),
    Function::new("regex.find_all_string_submatch_n", 3, find_all_string_submatch_n),
    Function::new("regex.find_n", 3, find_n),
    Function::new("regex.globs_match", 2, |call| crate::globs::both(call.text(0)?, call.text(1)?)),
    Function::new("regex.is_valid", 1, is_valid),
    Function::new("regex.match", 2, is_match),
    Function::new("regex.replace", 3, replace),
    Function::new("regex.split", 2, split),
    Function::new("regex.template_match", 4, template_match),
];

fn is_match(call: &Arguments<'_>) -> Outcome {
    let (pattern, text) = (call.text(0)?, call.text(1)?);
    Ok(Value::Bool(expression::go(pattern)?.is_match(text)))
}

fn is_valid(call: &Arguments<'_>) -> Outcome {
    let Value::String(pattern) = call.any(0)? else { return Ok(Value::Bool(false)) };
    match expression::go(pattern) {
        Ok(_) => Ok(Value::Bool(true)),
        Err(Refusal::Undefined) => Ok(Value::Bool(false)),
        Err(loud) => Err(loud),
    }
}

/// The maximum number of matches; unlimited if negative.
fn most(call: &Arguments<'_>, place: usize) -> Result<usize, Refusal> {
    Ok(usize::try_from(call.int(place)?).unwrap_or(usize::MAX))
}

fn find_n(call: &Arguments<'_>) -> Outcome {
    let (pattern, text, most) = (call.text(0)?, call.text(1)?, most(call, 2)?);
    Ok(array(expression::go(pattern)?.find_iter(text).take(most).map(|it| Value::from(it.as_str()))))
}

fn find_all_string_submatch_n(call: &Arguments<'_>) -> Outcome {
    let (pattern, text, most) = (call.text(0)?, call.text(1)?, most(call, 2)?);
    let expression = expression::go(pattern)?;
    Ok(array(
        expression
            .captures_iter(text)
            .take(most)
            .map(|groups| array(groups.iter().map(|it| Value::from(it.map_or("", |it| it.as_str()))))),
    ))
}

fn replace(call: &Arguments<'_>) -> Outcome {
    let (text, pattern, with) = (call.text(0)?, call.text(1)?, call.text(2)?);
    Ok(Value::from(expression::go(pattern)?.replace_all(text, with).into_owned()))
}

/// Splits like Go: an empty match at the start or at the end splits nothing off.
fn split(call: &Arguments<'_>) -> Outcome {
    let (pattern, text) = (call.text(0)?, call.text(1)?);
    let expression = expression::go(pattern)?;
    if !pattern.is_empty() && text.is_empty() {
        return Ok(array([Value::from("")]));
    }
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in expression.find_iter(text) {
        end = found.start();
        if found.end() != 0 {
            parts.push(Value::from(text.get(begin..end).unwrap_or_default()));
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(Value::from(text.get(begin..).unwrap_or_default()));
    }
    Ok(Value::from(parts))
}

/// A text in which expressions are between two delimiters, which may be nested.
fn template_match(call: &Arguments<'_>) -> Outcome {
    let (template, text) = (call.text(0)?, call.text(1)?);
    let (open, close) = (delimiter(call.text(2)?)?, delimiter(call.text(3)?)?);
    let mut pattern = String::from("^");
    let mut depth = 0_usize;
    let mut begin = 0;
    for (at, it) in template.char_indices() {
        if it == open {
            if depth == 0 {
                pattern.push_str(&regex::escape(template.get(begin..at).unwrap_or_default()));
                begin = at + it.len_utf8();
            }
            depth += 1;
        } else if it == close {
            depth = depth.checked_sub(1).ok_or(Refusal::Undefined)?;
            if depth == 0 {
                let inside = template.get(begin..at).unwrap_or_default();
                // Compile it separately first: it must not close a group outside of itself.
                expression::go(inside)?;
                put!(pattern, "({inside})");
                begin = at + it.len_utf8();
            }
        }
    }
    if depth != 0 {
        return Err(Refusal::Undefined);
    }
    pattern.push_str(&regex::escape(template.get(begin..).unwrap_or_default()));
    pattern.push('$');
    Ok(Value::Bool(expression::go(&pattern)?.is_match(text)))
}

/// A delimiter of exactly one byte: OPA refuses others.
fn delimiter(text: &str) -> Result<char, Refusal> {
    match text.as_bytes() {
        [one] if one.is_ascii() => Ok(char::from(*one)),
        _ => Err(Refusal::Undefined),
    }
}
