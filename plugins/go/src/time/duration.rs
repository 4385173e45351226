//! Durations as text: `1h30m`, `-1.5s`.

/// Units, in nanoseconds. The two spellings of the micro sign are U+00B5 and U+03BC.
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

/// The nanoseconds of a duration, as Go's `ParseDuration` reads it; `None` if it is invalid, or exceeds 64 bits.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after.find(|it: char| it == '.' || it.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = nanoseconds(whole, fraction, *size).and_then(|it| it.checked_add(total))?;
        rest = after;
    }
    let total = i128::try_from(total).ok()?;
    i64::try_from(if negative { -total } else { total }).ok()
}

/// A number of units in nanoseconds, rounded down.
fn nanoseconds(whole: &str, fraction: &str, size: u64) -> Option<u128> {
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let whole = whole.checked_mul(u128::from(size))?;
    // Digits after the eighteenth are less than a nanosecond of any unit.
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
