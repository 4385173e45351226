//! Quantities with a unit.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined};
use crate::numbers::parse as number;

pub(crate) const FUNCTIONS: &[Function] =
    &[Function::new("units.parse", 1, parse), Function::new("units.parse_bytes", 1, parse_bytes)];

/// The factor of a unit.
enum Times {
    Ten(i32),
    Two(u32),
}

/// `m` is a thousandth and `M` a million; other units are case-insensitive.
fn parse(call: &Arguments<'_>) -> Outcome {
    let (quantity, unit) = apart(call.text(0)?)?;
    let times = if unit == "m" { Times::Ten(-3) } else { times(unit)? };
    multiplied(quantity, &times)
}

/// With or without a trailing `b`. The result is an integer.
fn parse_bytes(call: &Arguments<'_>) -> Outcome {
    let (quantity, unit) = apart(call.text(0)?)?;
    let lower = unit.to_ascii_lowercase();
    let bytes = multiplied(quantity, &times(lower.strip_suffix('b').unwrap_or(&lower))?)?;
    let bytes = bytes.as_number().or_undefined()?;
    // A fraction of a byte is dropped (`big.Float.Int`).
    Ok(Value::from(if bytes.is_positive() { bytes.floor() } else { bytes.ceil() }))
}

/// Splits into number and unit. A number may have an exponent; `e` alone is not one.
fn apart(text: &str) -> Result<(&str, &str), Refusal> {
    let text = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
    if text.contains(char::is_whitespace) {
        return Err(Refusal::Undefined);
    }
    let end = text.rfind(|it: char| it.is_ascii_digit()).map_or(0, |it| it + 1);
    let (quantity, unit) = text.split_at_checked(end).or_undefined()?;
    if quantity.is_empty() { Err(Refusal::Undefined) } else { Ok((quantity, unit)) }
}

fn times(unit: &str) -> Result<Times, Refusal> {
    let lower = unit.to_ascii_lowercase();
    let (letter, binary) = match lower.strip_suffix('i') {
        Some(letter) => (letter, true),
        None => (lower.as_str(), false),
    };
    let rank = match letter {
        "" if !binary => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        "e" => 6,
        _ => return Err(Refusal::Undefined),
    };
    Ok(if binary { Times::Two(10 * rank) } else { Times::Ten(3 * i32::try_from(rank).or_undefined()?) })
}

fn multiplied(quantity: &str, times: &Times) -> Outcome {
    let value = number(quantity)?;
    let quantity = value.as_number().or_undefined()?;
    let by = match times {
        Times::Ten(0) => return Ok(value),
        Times::Ten(exponent) if *exponent < 0 => {
            let thousand = number("1000")?;
            return Ok(Value::from(
                quantity.clone().divide(thousand.as_number().or_undefined()?).or_undefined()?,
            ));
        }
        Times::Ten(exponent) => number(&format!("1e{exponent}"))?,
        Times::Two(exponent) => Value::from(1_u128.checked_shl(*exponent).or_undefined()?),
    };
    Ok(Value::from(quantity.mul(by.as_number().or_undefined()?).or_undefined()?))
}
