//! Numbers, which Terraform keeps exact.

use std::fmt;
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::num_traits::Zero;
use bigdecimal::{BigDecimal, ParseBigDecimalError, RoundingMode};

/// How many digits a number may have before and behind its point. Terraform keeps 512 bits, about 154 digits.
const MAX_DIGITS: u64 = 4_096;

/// To how many digits a quotient is worked out: what 512 bits hold.
const QUOTIENT_DIGITS: u64 = 154;

/// A number of any size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

impl Number {
    /// The decimal behind it.
    pub fn decimal(&self) -> &BigDecimal {
        &self.0
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        self.0.is_integer()
    }

    /// A whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        if self.is_whole() { self.to_string().parse().ok() } else { None }
    }

    /// A whole number, whatever its size.
    pub fn as_big(&self) -> Option<BigInt> {
        self.is_whole().then(|| self.0.with_scale(0).into_bigint_and_exponent().0)
    }

    /// The nearest double.
    pub fn as_f64(&self) -> Option<f64> {
        self.0.to_plain_string().parse().ok()
    }

    /// A result of a calculation, unless it has more digits than anything that is meant.
    pub fn bounded(decimal: BigDecimal) -> Option<Number> {
        let (_, exponent) = decimal.as_bigint_and_exponent();
        let fits = decimal.digits() <= MAX_DIGITS && exponent.unsigned_abs() <= MAX_DIGITS;
        (fits || decimal.is_zero()).then(|| decimal.into())
    }

    /// A double, as the shortest decimal that says the same.
    pub fn of_f64(it: f64) -> Option<Number> {
        if it.is_finite() { it.to_string().parse().ok() } else { None }
    }

    /// The quotient, as exact as Terraform's. Nothing where `divisor` is zero or the result out of bounds.
    pub fn quotient(&self, divisor: &Number) -> Option<Number> {
        if divisor.0.is_zero() {
            return None;
        }
        let (above, above_scale) = self.0.as_bigint_and_exponent();
        let (below, below_scale) = divisor.0.as_bigint_and_exponent();
        let shift = (QUOTIENT_DIGITS + 2 + divisor.0.digits()).saturating_sub(self.0.digits());
        let power = BigInt::from(10).pow(u32::try_from(shift).ok()?);
        let scale = above_scale.checked_sub(below_scale)?.checked_add(i64::try_from(shift).ok()?)?;
        let exact = &above * &power;
        let whole = BigDecimal::new(&exact / &below, scale);
        let digits = whole.digits();
        let rounded = if digits <= QUOTIENT_DIGITS {
            whole
        } else {
            let off = i64::try_from(digits - QUOTIENT_DIGITS).ok()?;
            whole.with_scale_round(scale.checked_sub(off)?, RoundingMode::HalfEven)
        };
        Number::bounded(rounded)
    }
}

impl From<i64> for Number {
    fn from(it: i64) -> Number {
        Number(it.into())
    }
}

impl From<BigInt> for Number {
    fn from(it: BigInt) -> Number {
        Number(it.into())
    }
}

impl From<BigDecimal> for Number {
    fn from(it: BigDecimal) -> Number {
        Number(it.normalized())
    }
}

impl FromStr for Number {
    type Err = ParseBigDecimalError;

    /// Reads a number of the language: digits, fraction, exponent.
    fn from_str(text: &str) -> Result<Number, Self::Err> {
        let other = |message: &str| Err(ParseBigDecimalError::Other(message.into()));
        if u64::try_from(text.len()).is_ok_and(|length| length > 2 * MAX_DIGITS) {
            return other("the number has too many digits");
        }
        if !text.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'+' | b'-' | b'.' | b'e' | b'E')) {
            return other("a number is digits, with a point or an exponent");
        }
        // Before anything is made of it: an exponent is short to write.
        if let Some((_, exponent)) = text.split_once(['e', 'E'])
            && !exponent.parse::<i32>().is_ok_and(|it| u64::from(it.unsigned_abs()) <= 2 * MAX_DIGITS)
        {
            return other("the exponent is no number, or too large");
        }
        match Number::bounded(BigDecimal::from_str(text)?) {
            Some(number) => Ok(number),
            None => other("the number has too many digits"),
        }
    }
}

impl fmt::Display for Number {
    /// As Terraform converts a number to a text: never with an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}
