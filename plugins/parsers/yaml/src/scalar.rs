//! The values of scalars. The rules are those of kubectl's YAML library: YAML 1.1 with a few gaps, in which `yes` is a
//! boolean, `0644` is octal and a timestamp is a text.

use std::borrow::Cow;

use palisade_sdk::Kind;

use crate::tags::core;
use crate::timestamp;

/// The kind of a scalar and its text; numbers are in JSON notation.
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

/// Resolves a scalar with a tag. It is a text, except for the tags of YAML's own types. An error is the reason why it
/// does not fit its tag.
pub(crate) fn tagged<'a>(tag: &str, text: Cow<'a, str>) -> Result<Value<'a>, String> {
    let Some(name) = core(tag) else { return Ok(Value::text(text)) };
    let wanted = match name {
        "int" | "float" => Kind::Number,
        "bool" => Kind::Boolean,
        "null" => Kind::Null,
        "binary" => {
            let Some(decoded) = base64(&text) else {
                return Err("this value of `!!binary` is not base64".to_owned());
            };
            return Ok(Value::text(Cow::Owned(match String::from_utf8(decoded) {
                Ok(decoded) => decoded,
                Err(error) => replaced(error.as_bytes()),
            })));
        }
        "timestamp" if !timestamp::is(&text) => return Err(misfit(name)),
        _ => return Ok(Value::text(text)),
    };
    let mut value = plain(text);
    let fits = match name {
        "int" => value.text.parse::<i64>().is_ok() || value.text.parse::<u64>().is_ok(),
        // An integer that fits only in 64 bits without a sign is the one number that does not become a float.
        "float" => value.text.parse::<i64>().is_ok() || value.text.parse::<u64>().is_err(),
        _ => true,
    };
    if value.kind != wanted || !fits {
        return Err(misfit(name));
    }
    if name == "float"
        && value.text.parse::<i64>().is_ok()
        && let Ok(float) = value.text.parse::<f64>()
    {
        value.text = Cow::Owned(float.to_string());
    }
    Ok(value)
}

fn misfit(name: &str) -> String {
    format!("this value does not fit its tag `!!{name}`; change one of them")
}

/// The text of bytes that are not UTF-8: Go replaces each invalid byte.
fn replaced(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// Whether a number is infinite or not a number, which JSON does not have.
pub(crate) fn is_beyond_json(text: &str) -> bool {
    text.ends_with(['f', 'n'])
}

/// The text of a key. JSON has only text keys, so kubectl converts numbers, floats with 32-bit precision. An error is
/// the reason why a value cannot be a key.
pub(crate) fn key(kind: Kind, text: &str) -> Result<Cow<'_, str>, &'static str> {
    match kind {
        Kind::Null => Err("a key is null here; quote it if it is meant as a text"),
        Kind::Number if text.parse::<i64>().is_ok() || is_beyond_json(text) => Ok(Cow::Borrowed(text)),
        Kind::Number if text.parse::<u64>().is_ok() => {
            Err("a number as large as this key is not possible as a key; quote it")
        }
        Kind::Number => Ok(Cow::Owned(short_float(text.parse().unwrap_or(0.0)))),
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// As Go's `strconv.FormatFloat(value, 'g', -1, 32)`; infinity as `sigs.k8s.io/yaml` writes it.
fn short_float(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "that is what kubectl does")]
    let value = value as f32;
    if value.is_infinite() {
        return if value < 0.0 { "-.inf" } else { ".inf" }.to_owned();
    }
    let written = format!("{value:e}");
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    if !(-4..6).contains(&power) {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", power.abs());
    }
    format!("{value}")
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
    // Common numbers need no copy: 8080, 0, 0.5.
    if is_json_number(text) && text != "-0" {
        return text.parse::<f64>().is_ok_and(f64::is_finite).then_some(Number::AsWritten);
    }
    if let Some(value) = beyond_json(text) {
        return Some(Number::Other(value.to_owned()));
    }
    // An underscore is valid anywhere, but in a number that begins with a point only between digits.
    if text.starts_with('.')
        && !text.split('_').skip(1).zip(text.split('_')).all(|(after, before)| {
            after.starts_with(|it: char| it.is_ascii_digit())
                && before.ends_with(|it: char| it.is_ascii_digit())
        })
    {
        return None;
    }
    let digits: Cow<'_, str> =
        if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    if let Some(integer) = integer(&digits) {
        return Some(Number::Other(integer));
    }
    float(&digits).map(Number::Other)
}

/// Numbers of YAML that JSON does not have.
fn beyond_json(text: &str) -> Option<&'static str> {
    Some(match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => ".inf",
        "-.inf" | "-.Inf" | "-.INF" => "-.inf",
        ".nan" | ".NaN" | ".NAN" => ".nan",
        _ => return None,
    })
}

/// Whether a text is a number in JSON.
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

/// The exponent; empty if there is none.
fn exponent(text: &str) -> Option<&str> {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return text.is_empty().then_some("") };
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let (digits, after) = split_digits(rest);
    (!digits.is_empty() && after.is_empty()).then_some(text)
}

/// Integers that JSON does not have: other bases, a leading plus. With a sign they must fit in a signed 64-bit integer.
fn integer(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.get(..1).unwrap_or(""), rest),
        None => ("", text),
    };
    let lower = rest.to_ascii_lowercase();
    let (radix, mut digits) = if let Some(digits) = lower.strip_prefix("0x") {
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
    let mut sign = sign;
    if sign.is_empty() && rest.starts_with("0b") && digits.starts_with(['-', '+']) {
        // The library removes the prefix and reads the rest again, including a sign.
        (sign, digits) = digits.split_at(1);
    }
    // `from_str_radix` would accept a second sign.
    if !digits.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    if sign.is_empty() {
        return u64::from_str_radix(digits, radix).ok().map(|value| value.to_string());
    }
    let value = i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()?;
    Some(value.to_string())
}

/// `+1.5`, `.5`, `5.`, `08`: numbers in YAML, but not in JSON.
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

/// Decodes base64 as Go's `StdEncoding` does: padding is required, and only line breaks are skipped.
fn base64(text: &str) -> Option<Vec<u8>> {
    let written: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let content = written.len() - written.iter().rev().take_while(|byte| **byte == b'=').count();
    if !written.len().is_multiple_of(4) || written.len() - content > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(content / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in written.get(..content)? {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
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
                (".5_0", "0.50"),
                ("0b-11", "-3"),
                ("-0x8000000000000000", "-9223372036854775808"),
                ("0xffffffffffffffff", "18446744073709551615"),
                (".Inf", ".inf"),
                ("-.INF", "-.inf"),
                (".NaN", ".nan"),
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
            ".infx",
            "-.",
            "._5",
            ".5_",
            "0b-",
            "0B-1",
            "+0xffffffffffffffff",
            "-0xffffffffffffffff",
            "2001-01-01",
            "12:30:45",
            "0b2",
            "_1",
            "-x",
        ] {
            check(Kind::Text, &[(text, text)]);
        }
    }

    /// A tag as the reader resolves it.
    fn long(tag: &str) -> String {
        tag.replace("!!", "tag:yaml.org,2002:")
    }

    #[test]
    fn tags() {
        let check = |tag: &str, written: &str, kind: Kind, expected: &str| {
            let value = tagged(&long(tag), written.into()).unwrap();
            assert_eq!((value.kind, &*value.text), (kind, expected), "{tag} {written}");
        };
        check("!!str", "12", Kind::Text, "12");
        check("!!int", "12", Kind::Number, "12");
        check("!!float", "12", Kind::Number, "12");
        check("!!float", "9007199254740993", Kind::Number, "9007199254740992");
        check("!!bool", "yes", Kind::Boolean, "true");
        check("!!null", "", Kind::Null, "");
        check("!!binary", "aGVs\nbG8=", Kind::Text, "hello");
        check("!!binary", "aP/+aQ==", Kind::Text, "h\u{fffd}\u{fffd}i");
        check("!!timestamp", "2001-01-01", Kind::Text, "2001-01-01");
        check("!Ref", "12", Kind::Text, "12");
        for (tag, written) in [
            ("!!int", "x"),
            ("!!int", "1.0"),
            ("!!int", ""),
            ("!!float", "x"),
            ("!!float", "9223372036854775808"),
            ("!!bool", "1"),
            ("!!null", "x"),
            ("!!binary", "aGk"),
            ("!!binary", "aG k"),
            ("!!timestamp", "soon"),
        ] {
            assert!(tagged(&long(tag), written.into()).is_err(), "{tag} {written}");
        }
    }

    #[test]
    fn keys() {
        for (written, expected) in [
            ("5", Some("5")),
            ("-1", Some("-1")),
            ("2.0", Some("2")),
            ("-0.0", Some("-0")),
            ("1e3", Some("1000")),
            ("1e6", Some("1e+06")),
            ("123456.7", Some("123456.7")),
            ("0.0001", Some("0.0001")),
            ("0.00001", Some("1e-05")),
            ("3.14159265358979", Some("3.1415927")),
            ("1.5e300", Some(".inf")),
            ("18446744073709551616", Some("1.8446744e+19")),
            ("9223372036854775808", None),
            (".nan", Some(".nan")),
            ("~", None),
            ("yes", Some("true")),
            ("text", Some("text")),
        ] {
            let value = plain(written.into());
            assert_eq!(super::key(value.kind, &value.text).ok().as_deref(), expected, "{written}");
        }
    }
}
