//! What a scalar means. The rules are those of kubectl's YAML library: YAML 1.1 with a few gaps, where `yes`
//! is a boolean, `0644` is octal and a timestamp stays a text.

use std::borrow::Cow;

use palisade_sdk::Kind;

/// A scalar's kind and its text, numbers in JSON's notation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: Cow<'a, str>,
}

impl<'a> Value<'a> {
    /// A text.
    pub(crate) fn text(text: Cow<'a, str>) -> Self {
        Value { kind: Kind::Text, text }
    }

    fn constant(kind: Kind, text: &'static str) -> Self {
        Value { kind, text: Cow::Borrowed(text) }
    }
}

/// Resolves a plain scalar without a tag.
pub(crate) fn plain(text: Cow<'_, str>) -> Value<'_> {
    let hint = text.bytes().next().unwrap_or(b'~');
    match hint {
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => {
            word(&text).unwrap_or(Value::text(text))
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => match number(&text) {
            None => Value::text(text),
            Some(Number::AsWritten) => Value { kind: Kind::Number, text },
            Some(Number::Other(other)) => Value { kind: Kind::Number, text: Cow::Owned(other) },
        },
        _ => Value::text(text),
    }
}

/// Resolves a scalar with a tag, `tag:yaml.org,2002:` written as `!!`. What does not fit its tag is a text.
pub(crate) fn tagged<'a>(tag: &str, text: Cow<'a, str>) -> Value<'a> {
    let wanted = match tag {
        "!!int" | "!!float" => Kind::Number,
        "!!bool" => Kind::Boolean,
        "!!null" => Kind::Null,
        "!!binary" => {
            return Value::text(match base64(&text).map(String::from_utf8) {
                Some(Ok(decoded)) => Cow::Owned(decoded),
                _ => text,
            });
        }
        _ => return Value::text(text),
    };
    let value = plain(text.clone());
    if value.kind == wanted { value } else { Value::text(text) }
}

fn word(text: &str) -> Option<Value<'static>> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::constant(Kind::Null, ""),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::constant(Kind::Boolean, "true")
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::constant(Kind::Boolean, "false")
        }
        _ => return None,
    })
}

enum Number {
    AsWritten,
    Other(String),
}

fn number(text: &str) -> Option<Number> {
    // The common cases without another copy: 8080, 0, 0.5.
    if is_json_number(text) && text != "-0" {
        return text.parse::<f64>().is_ok_and(f64::is_finite).then_some(Number::AsWritten);
    }
    if text.starts_with('.') && text.contains('_') {
        return None;
    }
    let digits: Cow<'_, str> =
        if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    if let Some(integer) = integer(&digits) {
        return Some(Number::Other(integer));
    }
    float(&digits).map(Number::Other)
}

/// Whether JSON would take it for a number.
pub fn is_json_number(text: &str) -> bool {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = split_digits(rest);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return false;
    }
    let rest = match rest.strip_prefix('.').map(split_digits) {
        None => rest,
        Some(("", _)) => return false,
        Some((_, rest)) => rest,
    };
    exponent(rest).is_some()
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// The whole of an exponent, empty where there is none.
fn exponent(text: &str) -> Option<&str> {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return text.is_empty().then_some("") };
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let (digits, after) = split_digits(rest);
    (!digits.is_empty() && after.is_empty()).then_some(text)
}

/// Integers that JSON does not know: other bases, a leading plus.
fn integer(text: &str) -> Option<String> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = rest.to_ascii_lowercase();
    let (radix, digits) = if let Some(digits) = lower.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (8, digits)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (2, digits)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, lower.as_str())
    } else {
        (10, lower.as_str())
    };
    // `from_str_radix` would take a second sign.
    if !digits.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    Some(if negative && value != 0 { format!("-{value}") } else { value.to_string() })
}

/// `+1.5`, `.5`, `5.`, `08`: what YAML takes for a number and JSON does not.
fn float(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, rest) = split_digits(rest);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), split_digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let power = exponent(rest)?;
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let written = format!("{sign}{whole}{point}{fraction}{power}");
    written.parse::<f64>().is_ok_and(f64::is_finite).then_some(written)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).unwrap_or(0));
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{plain, tagged};
    use palisade_sdk::Kind;

    fn check(kind: Kind, rows: &[(&str, &str)]) {
        for (written, expected) in rows {
            let value = plain((*written).into());
            assert_eq!((value.kind, &*value.text), (kind, *expected), "{written}");
        }
    }

    #[test]
    fn words() {
        check(Kind::Null, &[("", ""), ("~", ""), ("null", ""), ("Null", ""), ("NULL", "")]);
        for yes in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
            check(Kind::Boolean, &[(yes, "true")]);
        }
        for no in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            check(Kind::Boolean, &[(no, "false")]);
        }
        for text in ["nULL", "yEs", "nope", "trueish", "onion", "~x"] {
            check(Kind::Text, &[(text, text)]);
        }
    }

    #[test]
    fn numbers() {
        check(
            Kind::Number,
            &[
                ("0", "0"),
                ("-0", "0"),
                ("+0", "0"),
                ("8080", "8080"),
                ("-1", "-1"),
                ("+12", "12"),
                ("0644", "420"),
                ("-0644", "-420"),
                ("0o644", "420"),
                ("0x1F", "31"),
                ("0b101", "5"),
                ("1_000", "1000"),
                ("08", "8"),
                ("0.50", "0.50"),
                (".5", "0.5"),
                ("5.", "5"),
                ("+1.5", "1.5"),
                ("-.5", "-0.5"),
                ("1e3", "1e3"),
                ("5.e3", "5e3"),
                ("1E-3", "1E-3"),
                ("9223372036854775808", "9223372036854775808"),
                ("123456789012345678901234567890", "123456789012345678901234567890"),
            ],
        );
        for text in [
            "1.2.3",
            "100m",
            "1Gi",
            ".",
            "+",
            "-",
            "..",
            "0x",
            "0xg",
            "--1",
            "+-1",
            "0o9",
            "1e",
            "1e999",
            ".inf",
            "-.Inf",
            ".NaN",
            "2001-01-01",
            "12:30:45",
            "0b2",
            "_1",
            "-x",
        ] {
            check(Kind::Text, &[(text, text)]);
        }
    }

    #[test]
    fn tags() {
        let check = |tag: &str, written: &str, kind: Kind, expected: &str| {
            let value = tagged(tag, written.into());
            assert_eq!((value.kind, &*value.text), (kind, expected), "{tag} {written}");
        };
        check("!!str", "12", Kind::Text, "12");
        check("!!int", "12", Kind::Number, "12");
        check("!!float", "12", Kind::Number, "12");
        check("!!int", "x", Kind::Text, "x");
        check("!!bool", "yes", Kind::Boolean, "true");
        check("!!null", "", Kind::Null, "");
        check("!!binary", "aGVsbG8=", Kind::Text, "hello");
        check("!!binary", "/w==", Kind::Text, "/w==");
        check("!!timestamp", "2001-01-01", Kind::Text, "2001-01-01");
        check("!Ref", "12", Kind::Text, "12");
    }
}
