//! Strings.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, array, text, too_much};
use crate::limits;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("indexof", 2, indexof),
    Function::new("indexof_n", 2, indexof_n),
    Function::new("lower", 1, |call| Ok(Value::from(call.text(0)?.chars().map(lower).collect::<String>()))),
    Function::new("replace", 3, replace),
    Function::new("strings.count", 2, count),
    Function::new("strings.replace_n", 2, replace_n),
    Function::new("strings.split_n", 3, split_n),
    Function::new("substring", 3, substring),
    Function::new("upper", 1, |call| Ok(Value::from(call.text(0)?.chars().map(upper).collect::<String>()))),
];

/// Maps one character to one character: those without such a counterpart stay (`ß`).
fn upper(it: char) -> char {
    let mut all = it.to_uppercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => it,
    }
}

fn lower(it: char) -> char {
    it.to_lowercase().next().unwrap_or(it)
}

/// The positions of a text in another, in characters.
fn places<'a>(whole: &'a str, part: &'a str) -> Result<impl Iterator<Item = usize> + 'a, Refusal> {
    if part.is_empty() {
        return Err(Refusal::Undefined);
    }
    Ok(whole
        .char_indices()
        .enumerate()
        .filter(move |(_, (at, _))| whole.get(*at..).is_some_and(|it| it.starts_with(part)))
        .map(|(place, _)| place))
}

fn indexof(call: &Arguments<'_>) -> Outcome {
    let first = places(call.text(0)?, call.text(1)?)?.next();
    Ok(first.map_or_else(|| Value::from(-1_i64), Value::from))
}

fn indexof_n(call: &Arguments<'_>) -> Outcome {
    Ok(array(places(call.text(0)?, call.text(1)?)?.map(Value::from)))
}

fn count(call: &Arguments<'_>) -> Outcome {
    let (whole, part) = (call.text(0)?, call.text(1)?);
    Ok(Value::from(if part.is_empty() { whole.chars().count() + 1 } else { whole.matches(part).count() }))
}

fn replace(call: &Arguments<'_>) -> Outcome {
    let (whole, old, new) = (call.text(0)?, call.text(1)?, call.text(2)?);
    let times = if old.is_empty() { whole.len() + 1 } else { whole.len() / old.len() };
    if times.saturating_mul(new.len()) > limits::BYTES {
        let times = whole.matches(old).count();
        if times.saturating_mul(new.len()) > limits::BYTES {
            return Err(too_long());
        }
    }
    Ok(Value::from(whole.replace(old, new)))
}

/// Replaces in a single pass, from left to right; of several matching keys, the first.
fn replace_n(call: &Arguments<'_>) -> Outcome {
    let pairs: Vec<(&str, &str)> = call
        .entries(0)?
        .into_iter()
        .map(|(old, new)| Ok((text(old)?, text(new)?)))
        .collect::<Result<_, Refusal>>()?;
    let mut rest = call.text(1)?;
    let mut out = String::new();
    let mut nothing_before = false;
    loop {
        let fits = pairs.iter().find(|(old, _)| rest.starts_with(old) && !(nothing_before && old.is_empty()));
        nothing_before = fits.is_some_and(|(old, _)| old.is_empty());
        if let Some((old, new)) = fits {
            out.push_str(new);
            rest = rest.get(old.len()..).unwrap_or_default();
        } else {
            let mut characters = rest.chars();
            match characters.next() {
                Some(it) => out.push(it),
                None => return Ok(Value::from(out)),
            }
            rest = characters.as_str();
        }
        if out.len() > limits::BYTES {
            return Err(too_long());
        }
    }
}

/// The first parts up to this number, or for a negative number the last ones. The others are dropped.
fn split_n(call: &Arguments<'_>) -> Outcome {
    let (whole, by, most) = (call.text(0)?, call.text(1)?, call.int(2)?);
    let count = usize::try_from(most.unsigned_abs()).unwrap_or(usize::MAX);
    let characters = || whole.chars().map(|it| it.to_string());
    let mut parts: Vec<Value> = match (most < 0, by.is_empty()) {
        (false, false) => whole.split(by).take(count).map(Value::from).collect(),
        (false, true) => characters().take(count).map(Value::from).collect(),
        (true, false) => whole.rsplit(by).take(count).map(Value::from).collect(),
        (true, true) => characters().rev().take(count).map(Value::from).collect(),
    };
    if most < 0 {
        parts.reverse();
    }
    Ok(Value::from(parts))
}

fn substring(call: &Arguments<'_>) -> Outcome {
    let (whole, from, long) = (call.text(0)?, call.int(1)?, call.int(2)?);
    let from = usize::try_from(from).or_undefined()?;
    let long = usize::try_from(long).unwrap_or(usize::MAX);
    Ok(Value::from(whole.chars().skip(from).take(long).collect::<String>()))
}

fn too_long() -> Refusal {
    too_much(format_args!("a text of more than {} bytes", limits::BYTES))
}
