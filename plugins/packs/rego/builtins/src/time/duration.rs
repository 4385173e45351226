//! Durations as text: those of Go, plus days, weeks and years: `2w`.

use palisade_go::time::parse_duration;
use regorus::Value;

use crate::call::{Outcome, Undefined};

/// Units that OPA adds to those of Go, in hours.
const LONG: &[(&str, f64)] = &[("d", 24.0), ("w", 7.0 * 24.0), ("y", 365.0 * 24.0)];

pub(super) fn parse(text: &str) -> Outcome {
    parse_duration(&in_hours(text)).map(Value::from).or_undefined()
}

/// The text with its long units converted to hours, with the rounding of a float, as in OPA.
fn in_hours(text: &str) -> String {
    let mut rest = text.trim_start_matches(['-', '+']);
    let mut out = text.strip_suffix(rest).unwrap_or_default().to_owned();
    while !rest.is_empty() {
        let start = rest;
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        let end = after.find(|it: char| it == '.' || it.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end).unwrap_or((after, ""));
        let long = LONG.iter().find(|(name, _)| *name == unit && !(whole.is_empty() && fraction.is_empty()));
        match long {
            Some((_, hours)) => {
                let number: f64 = format!("{whole}.{fraction}0").parse().unwrap_or_default();
                put!(out, "{}h", number * hours);
            }
            // Left for Go's own parser to read or refuse.
            None => out.push_str(start.strip_suffix(after).unwrap_or(start)),
        }
        rest = after;
    }
    out
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}
