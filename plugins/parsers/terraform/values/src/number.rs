//! Numbers, which Terraform keeps exact.

use std::fmt;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;

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
    type Err = bigdecimal::ParseBigDecimalError;

    /// Reads a number of the language: digits, fraction, exponent.
    fn from_str(text: &str) -> Result<Number, Self::Err> {
        BigDecimal::from_str(text).map(Number::from)
    }
}

impl fmt::Display for Number {
    /// As Terraform converts a number to a text: never with an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}
