//! Query strings of URLs.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, array, text};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("urlquery.decode", 1, |call| Ok(Value::from(decoded(call.text(0)?, true)?))),
    Function::new("urlquery.decode_object", 1, decode_object),
    Function::new("urlquery.encode", 1, |call| Ok(Value::from(encoded(call.text(0)?)))),
    Function::new("urlquery.encode_object", 1, encode_object),
];

/// What is not escaped, besides letters and digits.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b' ');

fn encoded(plain: &str) -> String {
    utf8_percent_encode(plain, ESCAPED).to_string().replace(' ', "+")
}

/// A `%` without two hexadecimal digits is an error.
pub(crate) fn decoded(escaped: &str, plus_is_space: bool) -> Result<String, Refusal> {
    for (at, _) in escaped.match_indices('%') {
        let digits = escaped.as_bytes().get(at + 1..at + 3).unwrap_or_default();
        if digits.len() < 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Refusal::Undefined);
        }
    }
    let spaced = if plus_is_space { escaped.replace('+', " ") } else { escaped.to_owned() };
    Ok(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

fn decode_object(call: &Arguments<'_>) -> Outcome {
    let mut entries: BTreeMap<Value, Vec<Value>> = BTreeMap::new();
    for pair in call.text(0)?.split('&').filter(|it| !it.is_empty()) {
        if pair.contains(';') {
            return Err(Refusal::Undefined);
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        entries.entry(Value::from(decoded(key, true)?)).or_default().push(Value::from(decoded(value, true)?));
    }
    Ok(Value::from(entries.into_iter().map(|(key, values)| (key, array(values))).collect::<BTreeMap<_, _>>()))
}

/// The pairs in the order of the keys.
fn encode_object(call: &Arguments<'_>) -> Outcome {
    let mut pairs = Vec::new();
    for (key, value) in call.entries(0)? {
        let key = encoded(text(key)?);
        match value {
            Value::String(one) => pairs.push(format!("{key}={}", encoded(one))),
            many => {
                for one in crate::call::items(many)? {
                    pairs.push(format!("{key}={}", encoded(text(one)?)));
                }
            }
        }
    }
    Ok(Value::from(pairs.join("&")))
}
