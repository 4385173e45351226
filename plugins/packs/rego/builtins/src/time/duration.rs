//! Durations as text: `1h30m`, `-1.5s`, `2w`.

use regorus::Value;

use crate::call::{Outcome, Refusal, Undefined};

const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3600 * 1_000_000_000),
];

/// Units that OPA adds to Go's, in hours.
const LONG: &[(&str, f64)] = &[("d", 24.0), ("w", 7.0 * 24.0), ("y", 365.0 * 24.0)];

pub(super) fn parse(text: &str) -> Outcome {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(Value::from(0_i64));
    }
    if rest.is_empty() {
        return Err(Refusal::Undefined);
    }
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(Refusal::Undefined);
        }
        let end = after.find(|it: char| it == '.' || it.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end).or_undefined()?;
        // OPA writes what is in a long unit as hours, with all that a float makes of it.
        let hours = LONG.iter().find(|(name, _)| *name == unit).map(|(_, hours)| {
            let number: f64 = format!("{whole}.{fraction}0").parse().unwrap_or_default();
            (number * hours).to_string()
        });
        let (whole, fraction, unit) = match &hours {
            Some(hours) => {
                let (whole, fraction) = hours.split_once('.').unwrap_or((hours, ""));
                (whole, fraction, "h")
            }
            None => (whole, fraction, unit),
        };
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).or_undefined()?;
        total = nanoseconds(whole, fraction, *size).and_then(|it| it.checked_add(total)).or_undefined()?;
        rest = after;
    }
    let total = i128::try_from(total).or_undefined()?;
    super::fitting(if negative { -total } else { total })
}

/// A number of units, without what is less than a nanosecond.
fn nanoseconds(whole: &str, fraction: &str, size: u64) -> Option<u128> {
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let whole = whole.checked_mul(u128::from(size))?;
    // Digits beyond the eighteenth are less than a nanosecond of any unit.
    let fraction = fraction.get(..18).unwrap_or(fraction);
    if fraction.is_empty() {
        return Some(whole);
    }
    let places = u32::try_from(fraction.len()).ok()?;
    let part: u128 = fraction.parse().ok()?;
    whole.checked_add(part.checked_mul(u128::from(size))? / 10_u128.checked_pow(places)?)
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}
