//! Arithmetic on fractions. OPA computes with more digits than a double has, so that 0.1 + 0.2 is 0.3 there. Numbers
//! with fractions are doubles here; they are converted to decimals for the computation, and the result back to a
//! double.

use regorus::Value;

/// An operation on two numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Plus,
    Minus,
    Times,
    Divided,
}

/// Digits times a power of ten.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i128,
    exponent: i32,
}

/// A double with more digits than this is rounded from a longer number, and was not written as a decimal.
const WRITTEN: usize = 15;

/// The result for two numbers, if one is a fraction and both are decimals of few digits.
pub(crate) fn compute(left: &Value, operation: Operation, right: &Value) -> Option<Value> {
    let (one, other) = (left.as_number().ok()?, right.as_number().ok()?);
    if one.is_integer() && other.is_integer() {
        return None;
    }
    let (one, other) = (read(left)?, read(right)?);
    let answer = match operation {
        Operation::Plus => sum(one, other)?,
        Operation::Minus => sum(one, Decimal { digits: other.digits.checked_neg()?, ..other })?,
        Operation::Times => Decimal {
            digits: one.digits.checked_mul(other.digits)?,
            exponent: one.exponent.checked_add(other.exponent)?,
        },
        Operation::Divided => {
            // The quotient has more digits than a double.
            let digits = one.digits.checked_mul(10_i128.pow(20))?.checked_div(other.digits)?;
            Decimal { digits, exponent: one.exponent.checked_sub(other.exponent)?.checked_sub(20)? }
        }
    };
    let number: f64 = format!("{}e{}", answer.digits, answer.exponent).parse().ok()?;
    number.is_finite().then(|| Value::from(number))
}

fn sum(one: Decimal, other: Decimal) -> Option<Decimal> {
    let exponent = one.exponent.min(other.exponent);
    let scaled = |it: Decimal| {
        let more = u32::try_from(it.exponent.checked_sub(exponent)?).ok()?;
        it.digits.checked_mul(10_i128.checked_pow(more)?)
    };
    Some(Decimal { digits: scaled(one)?.checked_add(scaled(other)?)?, exponent })
}

/// The shortest decimal that equals the number.
fn read(value: &Value) -> Option<Decimal> {
    let number = value.as_f64().ok()?;
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() >= WRITTEN {
        return None;
    }
    let exponent: i32 = exponent.parse().ok()?;
    Some(Decimal {
        digits: format!("{whole}{fraction}").parse().ok()?,
        exponent: exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Operation, compute};
    use regorus::Value;

    #[test]
    fn fractions_are_what_they_look_like() {
        let of =
            |left: f64, operation, right: f64| compute(&Value::from(left), operation, &Value::from(right));
        assert_eq!(of(0.1, Operation::Plus, 0.2), Some(Value::from(0.3)));
        assert_eq!(of(1.0, Operation::Minus, 0.9), Some(Value::from(0.1)));
        assert_eq!(of(4.35, Operation::Times, 100.0), Some(Value::from(435.0)));
        assert_eq!(of(0.3, Operation::Divided, 0.1), Some(Value::from(3.0)));
        assert_eq!(of(0.3, Operation::Divided, 0.0), None);
        assert_eq!(of(1e300, Operation::Plus, 1e-300), None);
        // Numbers that are not decimals of few digits are left to the engine.
        assert_eq!(of(1.0 / 3.0, Operation::Times, 3.0), None);
    }
}
