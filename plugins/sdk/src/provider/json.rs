//! Reading untrusted JSON: a value that is missing or of another type is empty.

use jiff::Timestamp;
use serde_json::Value;

/// The string at a JSON pointer.
pub fn text<'a>(from: &'a Value, pointer: &str) -> &'a str {
    from.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// An id at a JSON pointer, which providers write as a number or as a string.
pub fn id(from: &Value, pointer: &str) -> String {
    match from.pointer(pointer) {
        Some(Value::Number(number)) => number.as_u64().map(|it| it.to_string()).unwrap_or_default(),
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Unix milliseconds of a time: RFC 3339, or a number of seconds.
pub fn time(from: &Value, pointer: &str) -> Option<u64> {
    let milliseconds = match from.pointer(pointer)? {
        Value::String(text) => text.parse::<Timestamp>().ok()?.as_millisecond(),
        Value::Number(number) => number.as_i64()?.checked_mul(1000)?,
        _ => return None,
    };
    u64::try_from(milliseconds).ok()
}

/// Whether a flag at a JSON pointer is set.
pub fn flag(from: &Value, pointer: &str) -> bool {
    from.pointer(pointer).and_then(Value::as_bool).unwrap_or(false)
}

/// The first of several texts that is not empty; empty if all are.
pub fn first_text<'a>(from: &'a Value, pointers: &[&str]) -> &'a str {
    pointers.iter().map(|it| text(from, it)).find(|it| !it.is_empty()).unwrap_or_default()
}

/// The first of several times that is present, in Unix milliseconds; 0 if none is.
pub fn first_time(from: &Value, pointers: &[&str]) -> u64 {
    pointers.iter().find_map(|it| time(from, it)).unwrap_or(0)
}
