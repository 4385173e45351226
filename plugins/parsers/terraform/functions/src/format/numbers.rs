//! Numbers as `%f`, `%e` and `%g` write them, as in Go.

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::num_traits::Zero;
use bigdecimal::{BigDecimal, RoundingMode};
use palisade_terraform_values::Number;

/// Digits and the position of the point.
struct Digits {
    negative: bool,
    /// All significant digits; `0` for zero.
    significant: String,
    /// The power of ten of the first digit.
    exponent: i64,
}

impl Digits {
    /// At most `most` digits, or as many as distinguish the number from others.
    fn of(number: &Number, most: Option<usize>) -> Digits {
        let mut decimal = match most {
            Some(_) => number.decimal(),
            None => number.to_string().parse::<BigDecimal>().unwrap_or_default().normalized(),
        };
        if decimal.is_zero() {
            return Digits { negative: false, significant: "0".into(), exponent: 0 };
        }
        if let Some(most) = most.and_then(|it| i64::try_from(it.max(1)).ok()) {
            let (_, scale) = decimal.as_bigint_and_exponent();
            let extra = i64::try_from(decimal.digits()).unwrap_or(i64::MAX).saturating_sub(most);
            if extra > 0 {
                // Rounding up nines may add a digit, which `normalized` removes.
                let rounded = decimal.with_scale_round(scale.saturating_sub(extra), RoundingMode::HalfEven);
                decimal = rounded.normalized();
            }
        }
        let (whole, scale): (BigInt, i64) = decimal.as_bigint_and_exponent();
        let significant = whole.magnitude().to_string();
        let exponent =
            i64::try_from(significant.len()).unwrap_or(i64::MAX).saturating_sub(scale).saturating_sub(1);
        Digits { negative: whole.sign() == Sign::Minus, significant, exponent }
    }
}

/// `%f`: `precision` digits after the point.
pub(super) fn fixed(number: &Number, precision: usize) -> String {
    let scale = i64::try_from(precision).unwrap_or(i64::MAX);
    let rounded: BigDecimal = number.decimal().with_scale_round(scale, RoundingMode::HalfEven);
    let negative = *number < Number::from(0);
    let text = rounded.to_plain_string();
    let text = text.trim_start_matches('-');
    // Zero has no digits after the point.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let sign = if negative { "-" } else { "" };
    if precision == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{fraction:0<precision$}")
}

/// `%e`: one digit before the point, and `precision` digits or all digits after it.
pub(super) fn scientific(number: &Number, precision: Option<usize>) -> String {
    let digits = Digits::of(number, precision.map(|it| it.saturating_add(1)));
    let (first, behind) = digits.significant.split_at_checked(1).unwrap_or(("0", ""));
    let precision = precision.unwrap_or(behind.len());
    let sign = if digits.negative { "-" } else { "" };
    let behind = if precision == 0 { String::new() } else { format!(".{behind:0<precision$}") };
    let exponent_sign = if digits.exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{behind}e{exponent_sign}{:02}", digits.exponent.unsigned_abs())
}

/// `%g`: `%e` or `%f`, depending on the size.
pub(super) fn general(number: &Number, precision: Option<usize>) -> String {
    let digits = Digits::of(number, precision);
    let count = i64::try_from(digits.significant.len()).unwrap_or(i64::MAX);
    let large = match precision.and_then(|it| i64::try_from(it.max(1)).ok()) {
        // The digits include the whole part, so their number is the limit.
        Some(most) if most > count && count > digits.exponent => count,
        Some(most) => most,
        None => 6,
    };
    if digits.exponent < -4 || digits.exponent >= large {
        return scientific(number, Some(digits.significant.len().saturating_sub(1)));
    }
    let behind = count.saturating_sub(digits.exponent).saturating_sub(1).max(0);
    fixed(number, usize::try_from(behind).unwrap_or(0))
}
