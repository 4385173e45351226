//! YAML scalars as Terraform's library `go-cty-yaml` reads them: YAML 1.1 booleans, decimal numbers, RFC 3339
//! timestamps, and texts.

use bigdecimal::num_bigint::BigInt;
use palisade_terraform_values::{Number, Value};

use crate::FunctionError;
use crate::arguments::Outcome;

/// A plain scalar without a tag.
pub(super) fn plain(text: &str) -> Outcome {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::null(),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => true.into(),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => false.into(),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf"
        | "-.Inf" | "-.INF" => {
            return Err(FunctionError::failed(format!("`{text}` is not a number that can be represented")));
        }
        _ => match text.bytes().next() {
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
                let plain = || time(text).map(Value::from).or_else(|| number(text));
                plain().or_else(|| unsigned_radix(text)).unwrap_or_else(|| text.into())
            }
            _ => text.into(),
        },
    })
}

/// A scalar with one of YAML's own tags.
pub(super) fn tagged(tag: &str, text: &str) -> Outcome {
    let wrong = || FunctionError::failed(format!("`{text}` is not a value of the type `!!{tag}`"));
    match tag {
        "str" | "binary" => Ok(text.into()),
        "null" => Ok(Value::null()),
        "bool" => match plain(text)? {
            value if matches!(value.data, palisade_terraform_values::Data::Bool(_)) => Ok(value),
            _ => Err(wrong()),
        },
        "int" | "float" => number(text).or_else(|| radix(text)).ok_or_else(wrong),
        "timestamp" => time(text).map(Value::from).ok_or_else(wrong),
        _ => Err(FunctionError::failed(format!("the tag `!!{tag}` is not supported"))),
    }
}

fn number(text: &str) -> Option<Value> {
    text.parse::<Number>().ok().map(Value::from)
}

/// `0x1f`, `0o17`.
fn unsigned_radix(text: &str) -> Option<Value> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => parse(digits, 16),
        None => parse(text.strip_prefix("0o")?, 8),
    };
    number.map(|it| Number::from(it).into())
}

fn radix(text: &str) -> Option<Value> {
    let digits = text.replace('_', "");
    let (negative, rest) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.as_str()),
    };
    let number = match rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        Some(rest) => parse(rest, 16)?,
        None => parse(rest.strip_prefix("0o")?, 8)?,
    };
    Some(Number::from(if negative { -number } else { number }).into())
}

fn parse(digits: &str, radix: u32) -> Option<BigInt> {
    let short = !digits.is_empty() && digits.len() <= 64 && !digits.starts_with(['+', '-']);
    short.then(|| BigInt::parse_bytes(digits.as_bytes(), radix)).flatten()
}

/// An RFC 3339 date, or date and time. Parts other than the year may have one digit.
fn time(text: &str) -> Option<String> {
    let (year, rest) = text.split_once('-').filter(|(year, _)| year.len() == 4)?;
    let (month, rest) = rest.split_once('-')?;
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = rest.split_at_checked(length)?;
    let two = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| format!("{text:0>2}"))
    };
    let date = format!("{year}-{}-{}", two(month)?, two(day)?);
    if rest.is_empty() {
        return crate::time::normalized(&format!("{date}T00:00:00Z"));
    }
    let (spaced, rest) = match rest.split_at_checked(1)? {
        ("T" | "t", rest) => (false, rest),
        (" ", rest) => (true, rest),
        _ => return None,
    };
    let length = rest.bytes().take_while(|it| it.is_ascii_digit() || *it == b':').count();
    let (clock, rest) = rest.split_at_checked(length)?;
    let clock = clock.split(':').map(two).collect::<Option<Vec<_>>>()?.join(":");
    let zone = if spaced { "Z" } else { "" };
    crate::time::normalized(&format!("{date}T{clock}{rest}{zone}"))
}
