//! Numbers in configurations: compared by their value, not by their text.

/// The whole number that a text represents, in any notation: `22`, `022`, `22.0`, `2.2e1`. Numbers that a float does
/// not hold exactly (above 2^53) are only recognized without a point or an exponent.
pub fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        exact.then_some(number as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn by_their_value() {
        for (text, expected) in [
            ("22", Some(22)),
            (" 22 ", Some(22)),
            ("022", Some(22)),
            ("22.0", Some(22)),
            ("2.2e1", Some(22)),
            ("-0.0", Some(0)),
            ("-1", Some(-1)),
            ("22.5", None),
            ("inf", None),
            ("NaN", None),
            ("1e300", None),
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("", None),
            ("tcp", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
