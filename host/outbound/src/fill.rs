//! Credentials in a JSON body.

use palisade_capabilities::HttpError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// Inserts secrets into a body, each at a JSON pointer (RFC 6901). The value may exist, or be a new field of an
/// existing object.
pub(crate) fn fill(body: &[u8], secrets: &[(String, SecretString)]) -> Result<Vec<u8>, HttpError> {
    if secrets.is_empty() {
        return Ok(body.to_vec());
    }
    let denied = |why: String| HttpError::Denied(format!("fill: {why}"));
    let mut value: Value =
        serde_json::from_slice(body).map_err(|_| denied("the body is not valid JSON".to_owned()))?;
    for (pointer, secret) in secrets {
        let place = place(&mut value, pointer)
            .ok_or_else(|| denied(format!("the body has no value at `{}`", pointer.escape_debug())))?;
        *place = Value::from(secret.expose_secret());
    }
    Ok(value.to_string().into_bytes())
}

/// The value at a pointer.
fn place<'a>(value: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    if value.pointer(pointer).is_some() {
        return value.pointer_mut(pointer);
    }
    let (parent, name) = pointer.rsplit_once('/')?;
    let fields = value.pointer_mut(parent)?.as_object_mut()?;
    Some(fields.entry(name.replace("~1", "/").replace("~0", "~")).or_insert(Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, pointer: &str, expected: Result<&str, &str>) {
        let secrets = [(pointer.to_owned(), SecretString::from("s3\"cret"))];
        let found = fill(body.as_bytes(), &secrets).map(|it| String::from_utf8(it).unwrap());
        let found = found.map_err(|it| it.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{body} at {pointer}");
    }

    #[test]
    fn a_secret_goes_where_the_pointer_says() {
        for (body, pointer, expected) in [
            (r#"{"a":1}"#, "/a", Ok(r#"{"a":"s3\"cret"}"#)),
            (r#"{"a":1}"#, "/b", Ok(r#"{"a":1,"b":"s3\"cret"}"#)),
            (r#"{"c":{"x":0}}"#, "/c/secret", Ok(r#"{"c":{"x":0,"secret":"s3\"cret"}}"#)),
            (r#"{"c":[0,1]}"#, "/c/1", Ok(r#"{"c":[0,"s3\"cret"]}"#)),
            (r"{}", "/a~1b~0c", Ok(r#"{"a/b~c":"s3\"cret"}"#)),
            (r#"{"c":[0]}"#, "/c/1", Err("not allowed: fill: the body has no value at `/c/1`")),
            (r"{}", "/c/d", Err("not allowed: fill: the body has no value at `/c/d`")),
            (r"{}", "c", Err("not allowed: fill: the body has no value at `c`")),
            ("", "/a", Err("not allowed: fill: the body is not valid JSON")),
        ] {
            check(body, pointer, expected);
        }
    }

    #[test]
    fn without_secrets_a_body_stays_as_it_is() {
        assert_eq!(fill(b"no json", &[]).unwrap(), b"no json");
    }
}
