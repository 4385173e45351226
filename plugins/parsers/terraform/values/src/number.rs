//! Numbers, as Terraform represents them: binary floating point of up to 512 bits (Go's `big.Float`).
//!
//! A number in a file has 512 bits, one that a function counts has 64, and a result of `log` or `pow` has the 53 bits
//! of a double. A result has the larger precision of its operands.

mod text;

pub(crate) use text::general;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, BigUint, Sign};
use bigdecimal::num_traits::{One as _, Zero as _};

/// The maximum number of digits before and after the point.
const MAX_DIGITS: u64 = 4_096;
/// The maximum power of two, which limits the size of results.
const MAX_EXPONENT: u64 = 16_384;
/// The precision in bits of a number in a file.
const WRITTEN: u64 = 512;
/// The precision in bits of a whole number that a function returns.
const COUNTED: u64 = 64;
/// The precision in bits of a double.
const DOUBLE: u64 = 53;

/// A number: its sign, and `mantissa` times two to the power of `exponent`. The mantissa is odd or zero.
///
/// Numbers of the same value are equal, regardless of their precision.
#[derive(Clone, Debug)]
pub struct Number {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
    /// The maximum number of mantissa bits of a result.
    precision: u64,
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The syntax is invalid.
    #[error("a number is digits, with a point or an exponent")]
    Syntax,
    /// The number of digits exceeds the limit.
    #[error("the number has too many digits")]
    TooLong,
}

impl Number {
    /// The nearest number with `precision` bits; a tie is rounded to even.
    fn rounded(negative: bool, mantissa: BigUint, exponent: i64, precision: u64) -> Option<Number> {
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        let extra = mantissa.bits().saturating_sub(precision);
        if extra > 0 {
            let rest = &mantissa & ((BigUint::one() << extra) - 1_u32);
            let half = BigUint::one() << (extra - 1);
            mantissa >>= extra;
            exponent = exponent.checked_add(i64::try_from(extra).ok()?)?;
            if rest > half || (rest == half && mantissa.bit(0)) {
                mantissa += 1_u32;
            }
        }
        match mantissa.trailing_zeros() {
            Some(zeros) => {
                mantissa >>= zeros;
                exponent = exponent.checked_add(i64::try_from(zeros).ok()?)?;
            }
            None => exponent = 0,
        }
        let fits = exponent.unsigned_abs() <= MAX_EXPONENT && mantissa.bits() <= MAX_EXPONENT;
        fits.then_some(Number { negative, mantissa, exponent, precision })
    }

    /// The number that is nearest to a fraction.
    fn fraction(negative: bool, above: BigUint, below: &BigUint, precision: u64) -> Option<Number> {
        if below.is_zero() {
            return None;
        }
        let shift = (precision + 3 + below.bits()).saturating_sub(above.bits());
        let above = above << shift;
        // The remainder only matters if the rest is exactly a half, so one bit represents it.
        let left = !(&above % below).is_zero();
        let mantissa = ((above / below) << 1_u32) + u32::from(left);
        Number::rounded(negative, mantissa, -i64::try_from(shift).ok()? - 1, precision)
    }

    /// The mantissa with its sign.
    fn signed(&self) -> BigInt {
        BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, self.mantissa.clone())
    }

    /// The exact decimal.
    pub fn decimal(&self) -> BigDecimal {
        let signed = self.signed();
        let power = self.exponent.unsigned_abs();
        match u32::try_from(power) {
            Ok(power) if self.exponent < 0 => {
                BigDecimal::new(signed * BigInt::from(5).pow(power), i64::from(power)).normalized()
            }
            _ => BigDecimal::new(signed << power, 0).normalized(),
        }
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// Whether it is less than zero.
    pub fn is_negative(&self) -> bool {
        self.negative && !self.is_zero()
    }

    /// The value, if it is a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        i64::try_from(self.as_big()?).ok()
    }

    /// The value, if it is a whole number.
    pub fn as_big(&self) -> Option<BigInt> {
        self.is_whole().then(|| self.signed() << self.exponent.unsigned_abs())
    }

    /// The nearest double.
    pub fn as_f64(&self) -> Option<f64> {
        self.decimal().to_plain_string().parse().ok()
    }

    /// The number of a double.
    pub fn of_f64(it: f64) -> Option<Number> {
        if !it.is_finite() {
            return None;
        }
        let bits = it.to_bits();
        let (power, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        let mantissa = if power == 0 { fraction } else { fraction | (1 << 52) };
        let exponent = i64::try_from(power.max(1)).ok()? - 1_075;
        Number::rounded(it.is_sign_negative(), mantissa.into(), exponent, DOUBLE)
    }

    /// The sum. This and the following operations return none if the result exceeds the limits.
    pub fn add(&self, other: &Number) -> Option<Number> {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |it: &Number| it.signed() << it.exponent.abs_diff(exponent);
        let (sign, mantissa) = (aligned(self) + aligned(other)).into_parts();
        Number::rounded(sign == Sign::Minus, mantissa, exponent, self.precision.max(other.precision))
    }

    /// The difference.
    pub fn subtract(&self, other: &Number) -> Option<Number> {
        self.add(&other.negate())
    }

    /// The product, which may have more bits than its factors (`cty`'s `Multiply`).
    pub fn multiply(&self, other: &Number) -> Option<Number> {
        let precision = self.precision.max(other.precision);
        let mantissa = &self.mantissa * &other.mantissa;
        let exponent = self.exponent.checked_add(other.exponent)?;
        let mut product = Number::rounded(self.negative != other.negative, mantissa, exponent, WRITTEN)?;
        product.precision = precision.max(product.mantissa.bits());
        Some(product)
    }

    /// The quotient; also none if `divisor` is zero.
    pub fn divide(&self, divisor: &Number) -> Option<Number> {
        let precision = self.precision.max(divisor.precision);
        let (mut above, mut below) = (self.mantissa.clone(), divisor.mantissa.clone());
        let exponent = self.exponent.checked_sub(divisor.exponent)?;
        if exponent < 0 {
            below <<= exponent.unsigned_abs();
        } else {
            above <<= exponent.unsigned_abs();
        }
        Number::fraction(self.negative != divisor.negative, above, &below, precision)
    }

    /// The remainder, with the sign of this number; for a zero divisor this number (`cty`'s `Modulo`).
    pub fn modulo(&self, divisor: &Number) -> Option<Number> {
        if divisor.is_zero() {
            return Some(self.clone());
        }
        let whole = self.divide(divisor)?.truncated();
        let (sign, mantissa) = whole.into_parts();
        let whole = Number::rounded(sign == Sign::Minus, mantissa, 0, self.precision)?;
        let negative = divisor.negative != whole.negative;
        let exponent = divisor.exponent.checked_add(whole.exponent)?;
        let taken = Number::rounded(negative, &divisor.mantissa * &whole.mantissa, exponent, self.precision)?;
        let left = self.subtract(&taken)?;
        Number::rounded(left.negative, left.mantissa, left.exponent, self.precision)
    }

    /// The number with the other sign; zero is signed too.
    #[must_use]
    pub fn negate(&self) -> Number {
        Number { negative: !self.negative, ..self.clone() }
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Number {
        Number { negative: false, ..self.clone() }
    }

    /// The nearest whole number towards zero.
    fn truncated(&self) -> BigInt {
        let magnitude = if self.exponent < 0 {
            &self.mantissa >> self.exponent.unsigned_abs()
        } else {
            &self.mantissa << self.exponent.unsigned_abs()
        };
        BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, magnitude)
    }

    /// The largest whole number that is not greater.
    pub fn floor(&self) -> Option<Number> {
        self.stepped(i32::from(self.negative))
    }

    /// The smallest whole number that is not less.
    pub fn ceil(&self) -> Option<Number> {
        self.stepped(-i32::from(!self.negative))
    }

    /// A whole number unchanged, otherwise without its fraction and decreased by `less`.
    fn stepped(&self, less: i32) -> Option<Number> {
        if self.is_whole() {
            return Some(self.clone());
        }
        let (sign, mantissa) = (self.truncated() - less).into_parts();
        Number::rounded(sign == Sign::Minus, mantissa, 0, self.precision)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |it: &Number| it.signed() << it.exponent.abs_diff(exponent);
        aligned(self).cmp(&aligned(other))
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.is_negative(), &self.mantissa, self.exponent).hash(state);
    }
}

impl From<i64> for Number {
    fn from(it: i64) -> Number {
        BigInt::from(it).into()
    }
}

impl From<BigInt> for Number {
    /// With the precision of the number.
    fn from(it: BigInt) -> Number {
        let (sign, mut mantissa) = it.into_parts();
        let precision = mantissa.bits().max(COUNTED);
        let zeros = mantissa.trailing_zeros().unwrap_or(0);
        mantissa >>= zeros;
        let exponent = i64::try_from(zeros).unwrap_or(i64::MAX);
        Number { negative: sign == Sign::Minus, mantissa, exponent, precision }
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads a number of the language: sign, digits, fraction, exponent.
    fn from_str(text: &str) -> Result<Number, NumberError> {
        let (unsigned, negative) = match text.as_bytes().first() {
            Some(b'+' | b'-') => (text.get(1..).unwrap_or(""), text.starts_with('-')),
            _ => (text, false),
        };
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
        let exponent_digits = exponent.map(|it| it.strip_prefix(['+', '-']).unwrap_or(it));
        let written = plain(whole)
            && plain(fraction)
            && !(whole.is_empty() && fraction.is_empty())
            && exponent_digits.is_none_or(|it| !it.is_empty() && plain(it));
        if !written {
            return Err(NumberError::Syntax);
        }
        // Checked before anything is computed: a short exponent may be a huge number.
        let exponent = exponent.map_or(Ok(0), str::parse::<i32>).map_err(|_| NumberError::TooLong)?;
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if length > 2 * MAX_DIGITS || u64::from(exponent.unsigned_abs()) > MAX_DIGITS {
            return Err(NumberError::TooLong);
        }
        let digits = [whole, fraction].concat();
        let digits = BigUint::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
        let scale = i64::from(exponent) - i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let power = u32::try_from(scale.unsigned_abs()).map_err(|_| NumberError::TooLong)?;
        let power = BigUint::from(10_u32).pow(power);
        let read = if scale < 0 {
            Number::fraction(negative, digits, &power, WRITTEN)
        } else {
            Number::rounded(negative, digits * power, 0, WRITTEN)
        };
        read.ok_or(NumberError::TooLong)
    }
}

impl fmt::Display for Number {
    /// As Terraform converts a number to a text: always without an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        f.write_str(&text::shortest(&self.mantissa, self.exponent, self.precision))
    }
}
