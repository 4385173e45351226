//! Base64, URL-safe Base64, and hexadecimal. As in Go, line breaks are ignored, and so are the bits after the last
//! byte.

use std::sync::LazyLock;

use data_encoding::{Encoding, HEXLOWER, HEXLOWER_PERMISSIVE, Specification};
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("base64.decode", 1, |call| text(STANDARD.as_ref(), call.text(0)?)),
    Function::new("base64.encode", 1, |call| {
        Ok(Value::from(data_encoding::BASE64.encode(call.text(0)?.as_bytes())))
    }),
    Function::new("base64.is_valid", 1, |call| {
        let encoded = call.text(0)?;
        Ok(Value::Bool(STANDARD.as_ref().is_some_and(|it| it.decode(encoded.as_bytes()).is_ok())))
    }),
    Function::new("base64url.decode", 1, |call| Ok(lossy(&url_bytes(call.text(0)?)?))),
    Function::new("base64url.encode", 1, |call| {
        Ok(Value::from(data_encoding::BASE64URL.encode(call.text(0)?.as_bytes())))
    }),
    Function::new("base64url.encode_no_pad", 1, |call| {
        Ok(Value::from(data_encoding::BASE64URL_NOPAD.encode(call.text(0)?.as_bytes())))
    }),
    Function::new("hex.decode", 1, hex_decode),
    Function::new("hex.encode", 1, |call| Ok(Value::from(HEXLOWER.encode(call.text(0)?.as_bytes())))),
];

static STANDARD: LazyLock<Option<Encoding>> = LazyLock::new(|| lenient("+/", Some('=')));
static URL: LazyLock<Option<Encoding>> = LazyLock::new(|| lenient("-_", None));

fn lenient(last: &str, padding: Option<char>) -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    specification.symbols.push_str(last);
    specification.padding = padding;
    specification.check_trailing_bits = false;
    specification.ignore.push_str("\r\n");
    specification.encoding().ok()
}

fn text(encoding: Option<&Encoding>, encoded: &str) -> Outcome {
    Ok(lossy(&encoding.or_undefined()?.decode(encoded.as_bytes()).or_undefined()?))
}

fn lossy(bytes: &[u8]) -> Value {
    Value::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The bytes of URL-safe Base64, with or without padding.
pub(crate) fn url_bytes(encoded: &str) -> Result<Vec<u8>, Refusal> {
    let bare = encoded.trim_end_matches(['\r', '\n']).trim_end_matches('=');
    URL.as_ref().or_undefined()?.decode(bare.as_bytes()).or_undefined()
}

fn hex_decode(call: &Arguments<'_>) -> Outcome {
    Ok(lossy(&HEXLOWER_PERMISSIVE.decode(call.text(0)?.as_bytes()).or_undefined()?))
}
