//! The shortest text of a number.

use bigdecimal::num_bigint::BigUint;

use super::Number;

/// Significant digits, and the position of the point, which may be before or after all of them.
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

impl Digits {
    /// All digits of a mantissa times a power of two.
    fn exact(mantissa: &BigUint, exponent: i64) -> Digits {
        let power = exponent.unsigned_abs();
        let (whole, behind) = match u32::try_from(power) {
            // A half is five tenths.
            Ok(power) if exponent < 0 => (mantissa * BigUint::from(5_u32).pow(power), i64::from(power)),
            _ => (mantissa << power, 0),
        };
        let text = whole.to_string();
        let point = i64::try_from(text.len()).unwrap_or(i64::MAX).saturating_sub(behind);
        let digits = text.trim_end_matches('0').bytes().map(|it| it - b'0').collect();
        Digits { digits, point }
    }

    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(0)
    }

    /// Truncates to `count` digits.
    fn cut(&mut self, count: usize) {
        self.digits.truncate(count);
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    /// Truncates to `count` digits and increments the last one.
    fn raise(&mut self, count: usize) {
        self.digits.truncate(count);
        while let Some(last) = self.digits.pop() {
            if last < 9 {
                self.digits.push(last + 1);
                return;
            }
        }
        self.digits.push(1);
        self.point = self.point.saturating_add(1);
    }

    /// Rounds to `count` digits; a tie is rounded to even.
    fn round(&mut self, count: usize) {
        let next = self.at(count);
        let half = next == 5 && self.digits.len() == count + 1;
        let up = if half { count > 0 && self.at(count - 1) % 2 == 1 } else { next >= 5 };
        if up { self.raise(count) } else { self.cut(count) }
    }

    /// Decimal notation, padded with zeros.
    fn plain(&self) -> String {
        let digit = |it: &u8| char::from(b'0' + it);
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let before = usize::try_from(self.point).unwrap_or(0).min(self.digits.len());
        let (whole, fraction) = self.digits.split_at_checked(before).unwrap_or_default();
        let mut text: String = whole.iter().map(digit).collect();
        text.push_str(&zeros(self.point.saturating_sub(i64::try_from(before).unwrap_or(0))));
        if text.is_empty() {
            text.push('0');
        }
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(&zeros(-self.point));
            text.extend(fraction.iter().map(digit));
        }
        text
    }
}

/// The fewest digits that distinguish a number from all others of its precision (Go's `Text('f', -1)`).
pub(super) fn shortest(mantissa: &BigUint, exponent: i64, precision: u64) -> String {
    let bits = mantissa.bits();
    if exponent >= 0 && bits.saturating_add(exponent.unsigned_abs()) <= precision.max(1) {
        // All whole numbers of this size are exact at this precision.
        return (mantissa << exponent.unsigned_abs()).to_string();
    }
    // The adjacent numbers are two of these steps away, so a value within one step is nearer to this one.
    let shift = (precision + 1).saturating_sub(bits);
    let stepped = mantissa << shift;
    let exponent = exponent.saturating_sub(i64::try_from(shift).unwrap_or(i64::MAX));
    let mut digits = Digits::exact(&stepped, exponent);
    let lower = Digits::exact(&(&stepped - 1_u32), exponent);
    let upper = Digits::exact(&(&stepped + 1_u32), exponent);
    // A value exactly between two numbers is rounded to the even one.
    let even = !stepped.bit(1);
    for index in 0..digits.digits.len() {
        let (low, digit, high) = (lower.at(index), digits.at(index), upper.at(index));
        let down = low != digit || (even && index + 1 == lower.digits.len());
        let up = digit != high && (even || digit + 1 < high || index + 1 < upper.digits.len());
        match (down, up) {
            (true, true) => digits.round(index + 1),
            (true, false) => digits.cut(index + 1),
            (false, true) => digits.raise(index + 1),
            (false, false) => continue,
        }
        break;
    }
    digits.plain()
}

/// At most ten digits, with an exponent for large and small numbers (Go's `Text('g', 10)`).
pub(crate) fn general(number: &Number) -> String {
    const MOST: usize = 10;
    let sign = if number.negative { "-" } else { "" };
    let mut digits = Digits::exact(&number.mantissa, number.exponent);
    if digits.digits.len() > MOST {
        digits.round(MOST);
    }
    let exponent = digits.point.saturating_sub(1);
    if number.is_zero() || (-4..10).contains(&exponent) {
        return format!("{sign}{}", digits.plain());
    }
    let significant: String = digits.digits.iter().map(|it| char::from(b'0' + it)).collect();
    let (first, rest) = significant.split_at_checked(1).unwrap_or_default();
    let point = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs())
}
