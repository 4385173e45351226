//! Numeric functions.

use std::cmp::Ordering;

use bigdecimal::num_bigint::BigInt;
use palisade_terraform_values::{Data, Number, Value};

use crate::arguments::{Arguments, Outcome};
use crate::function::{any, number};
use crate::{Function, FunctionError, Gives};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[number("num")], Gives::Number, |it| Ok(it.number(0)?.abs().into())),
    Function::new("ceil", &[number("num")], Gives::Number, |it| calculated(it.number(0)?.ceil())),
    Function::new("floor", &[number("num")], Gives::Number, |it| calculated(it.number(0)?.floor())),
    Function::new("log", &[number("num"), number("base")], Gives::Number, |it| {
        double(it, |number, base| number.ln() / base.ln())
    }),
    Function::new("max", &[number("numbers")], Gives::Number, |it| extreme(it, Ordering::Greater))
        .rest(number("numbers")),
    Function::new("min", &[number("numbers")], Gives::Number, |it| extreme(it, Ordering::Less))
        .rest(number("numbers")),
    Function::new("parseint", &[any("number"), number("base")], Gives::Number, parseint),
    Function::new("pow", &[number("num"), number("power")], Gives::Number, |it| double(it, f64::powf)),
    Function::new("signum", &[number("num")], Gives::Number, |it| Ok(it.whole(0)?.signum().into())),
];

/// A result, if its number of digits is within the limit.
pub(crate) fn calculated(number: Option<Number>) -> Outcome {
    number.map(Value::from).ok_or_else(|| FunctionError::limit("the result has too many digits"))
}

/// Terraform itself computes these with doubles.
fn double(arguments: &Arguments<'_>, calculate: fn(f64, f64) -> f64) -> Outcome {
    let (one, other) = (arguments.number(0)?.as_f64(), arguments.number(1)?.as_f64());
    let result = one.zip(other).and_then(|(one, other)| Number::of_f64(calculate(one, other)));
    result.map(Value::from).ok_or_else(|| FunctionError::failed("the result is not finite"))
}

fn extreme(arguments: &Arguments<'_>, wanted: Ordering) -> Outcome {
    let mut best = arguments.value(0)?;
    for value in arguments.rest(1) {
        if let (Data::Number(one), Data::Number(other)) = (&value.data, &best.data)
            && one.cmp(other) == wanted
        {
            best = value;
        }
    }
    Ok(best.clone())
}

/// The maximum number of digits that `parseint` reads.
const MAX_DIGITS: usize = 4_096;

fn parseint(arguments: &Arguments<'_>) -> Outcome {
    let text = arguments.text(0)?;
    let base = arguments.whole(1)?;
    let base = u32::try_from(base).ok().filter(|it| (2..=62).contains(it));
    let base = base.ok_or_else(|| arguments.blame(1, "must be from 2 to 62"))?;
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let wrong = || arguments.blame(0, format!("not a whole number of base {base}"));
    if digits.is_empty() {
        return Err(wrong());
    }
    if digits.len() > MAX_DIGITS {
        return Err(arguments.blame(0, "has too many digits"));
    }
    let mut number = BigInt::from(0);
    for digit in digits {
        let value = digit_value(*digit, base).filter(|it| *it < base).ok_or_else(wrong)?;
        number = number * base + value;
    }
    Ok(Number::from(if negative { -number } else { number }).into())
}

/// Up to base 36 the case of letters is ignored; above it, lower-case letters come before upper-case ones.
fn digit_value(digit: u8, base: u32) -> Option<u32> {
    match digit {
        b'0'..=b'9' => Some(u32::from(digit - b'0')),
        b'a'..=b'z' => Some(u32::from(digit - b'a') + 10),
        b'A'..=b'Z' if base <= 36 => Some(u32::from(digit - b'A') + 10),
        b'A'..=b'Z' => Some(u32::from(digit - b'A') + 36),
        _ => None,
    }
}
