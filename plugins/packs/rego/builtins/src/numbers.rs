//! Numbers and bits.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, array, too_much};
use crate::limits;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("bits.lsh", 2, shift_left),
    Function::new("format_int", 2, format_int),
    Function::new("numbers.range", 2, range),
    Function::new("numbers.range_step", 3, range_step),
    Function::new("to_number", 1, to_number),
];

fn range(call: &Arguments<'_>) -> Outcome {
    steps(call.int(0)?, call.int(1)?, 1)
}

fn range_step(call: &Arguments<'_>) -> Outcome {
    let step = call.int(2)?;
    if step <= 0 {
        return Err(Refusal::Undefined);
    }
    steps(call.int(0)?, call.int(1)?, step.unsigned_abs())
}

/// The numbers from one to the other, both included, ascending or descending.
fn steps(from: i64, to: i64, step: u64) -> Outcome {
    let many = from.abs_diff(to).checked_div(step).or_undefined()?;
    let many = usize::try_from(many).unwrap_or(usize::MAX);
    if many >= limits::ITEMS {
        return Err(too_much(format_args!("a range of more than {} numbers", limits::ITEMS)));
    }
    let step = if from <= to { i128::from(step) } else { -i128::from(step) };
    Ok(array((0..=many).map(|at| {
        // It is between two numbers of 64 bits, so it has 64 bits too.
        Value::from(i128::from(from) + step * i128::try_from(at).unwrap_or_default())
    })))
}

fn shift_left(call: &Arguments<'_>) -> Outcome {
    let number = call.number(0)?.as_number().or_undefined()?;
    let by = call.number(1)?.as_number().or_undefined()?;
    if !number.is_integer() || !by.is_integer() {
        return Err(Refusal::Undefined);
    }
    match by.as_i64() {
        Some(shift) if shift < 0 => Err(Refusal::Undefined),
        Some(shift) if shift <= limits::SHIFT => Ok(Value::from(number.lsh(by).or_undefined()?)),
        _ if by.is_positive() => Err(too_much(format_args!("a shift by more than {} bits", limits::SHIFT))),
        _ => Err(Refusal::Undefined),
    }
}

/// A number without its fraction, in base 2, 8, 10 or 16.
fn format_int(call: &Arguments<'_>) -> Outcome {
    let number = call.number(0)?.as_number().or_undefined()?;
    let whole = if number.is_positive() { number.floor() } else { number.ceil() };
    if !whole.is_integer() {
        return Err(Refusal::Undefined);
    }
    Ok(Value::from(match call.int(1)? {
        2 => whole.format_bin(),
        8 => whole.format_octal(),
        10 => whole.format_decimal(),
        16 => whole.format_hex(),
        _ => return Err(Refusal::Undefined),
    }))
}

fn to_number(call: &Arguments<'_>) -> Outcome {
    match call.any(0)? {
        Value::Null | Value::Bool(false) => Ok(Value::from(0_u64)),
        Value::Bool(true) => Ok(Value::from(1_u64)),
        number @ Value::Number(_) => Ok(number.clone()),
        Value::String(text) => parse(text),
        _ => Err(Refusal::Undefined),
    }
}

/// Parses a decimal number.
pub(crate) fn parse(text: &str) -> Outcome {
    let plain = text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if !plain || text.parse::<f64>().is_err() {
        return Err(Refusal::Undefined);
    }
    bounded_exponents(text)?;
    let number = Value::from_numeric_string(text).or_undefined()?;
    match number {
        Value::Number(_) => Ok(number),
        _ => Err(Refusal::Undefined),
    }
}

/// Refuses a number whose short text would need gigabytes in the engine.
pub(crate) fn bounded_exponents(text: &str) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    for (at, window) in bytes.windows(2).enumerate() {
        let [before, mark] = window else { continue };
        if !matches!(mark, b'e' | b'E') || !(before.is_ascii_digit() || *before == b'.') {
            continue;
        }
        let rest = bytes.get(at + 2..).unwrap_or_default();
        let rest = rest.strip_prefix(b"+").or_else(|| rest.strip_prefix(b"-")).unwrap_or(rest);
        let mut exponent: u32 = 0;
        for digit in rest.iter().take_while(|it| it.is_ascii_digit()) {
            exponent = exponent.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
        }
        if exponent > limits::EXPONENT {
            return Err(too_much(format_args!("a number with an exponent above {}", limits::EXPONENT)));
        }
    }
    Ok(())
}
