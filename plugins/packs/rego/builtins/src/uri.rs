//! Parses URIs like Go.

use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, object};
use crate::query::decoded;

pub(crate) const FUNCTIONS: &[Function] =
    &[Function::new("uri.is_valid", 1, is_valid), Function::new("uri.parse", 1, parse)];

/// The parts of a URI. Missing parts are empty.
#[derive(Debug, Default)]
struct Uri {
    scheme: String,
    host: String,
    port: String,
    path: String,
    raw_path: String,
    query: String,
    fragment: String,
}

fn is_valid(call: &Arguments<'_>) -> Outcome {
    Ok(Value::Bool(match call.any(0)? {
        Value::String(text) => !text.is_empty() && read(text).is_some(),
        _ => false,
    }))
}

fn parse(call: &Arguments<'_>) -> Outcome {
    use crate::call::Undefined;
    let uri = read(call.text(0)?).or_undefined()?;
    let parts = [
        ("scheme", uri.scheme),
        ("hostname", uri.host),
        ("port", uri.port),
        ("path", uri.path),
        ("raw_path", uri.raw_path),
        ("raw_query", uri.query),
        ("fragment", uri.fragment),
    ];
    Ok(object(parts.into_iter().filter(|(_, it)| !it.is_empty()).map(|(key, it)| (key, Value::from(it)))))
}

fn read(text: &str) -> Option<Uri> {
    if text.chars().any(|it| it.is_ascii_control()) {
        return None;
    }
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let mut uri = Uri { fragment: decoded(fragment, false).ok()?, ..Uri::default() };
    let (scheme, rest) = scheme(rest)?;
    uri.scheme = scheme.to_ascii_lowercase();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    query.clone_into(&mut uri.query);
    let mut path = rest;
    if !rest.starts_with('/') {
        if !uri.scheme.is_empty() {
            // Opaque, such as `mailto:`: it has no path.
            return Some(uri);
        }
        // The first segment of a path without a scheme cannot have a colon: it would look like a scheme.
        if rest.split('/').next().is_some_and(|it| it.contains(':')) {
            return None;
        }
    } else if let Some(after) = rest.strip_prefix("//")
        && !(uri.scheme.is_empty() && after.starts_with('/'))
    {
        let end = after.find('/').unwrap_or(after.len());
        let (authority, after) = after.split_at_checked(end)?;
        path = after;
        let host = match authority.rsplit_once('@') {
            Some((user, host)) => {
                decoded(user, false).ok()?;
                user.chars().all(user_may_have).then_some(host)?
            }
            None => authority,
        };
        (uri.host, uri.port) = host_and_port(host)?;
    }
    uri.path = decoded(path, false).ok()?;
    uri.raw_path = if utf8_percent_encode(&uri.path, PATH).to_string() == path {
        uri.path.clone()
    } else {
        path.to_owned()
    };
    Some(uri)
}

/// The characters that are percent-encoded in a path by default.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'!')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*');

fn user_may_have(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(it)
}

/// The scheme, which may be empty, and the rest of the text.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (at, it) in text.char_indices() {
        match it {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return text.split_once(':'),
            _ => break,
        }
    }
    Some(("", text))
}

fn host_and_port(text: &str) -> Option<(String, String)> {
    let (host, port) = if let Some(bracketed) = text.strip_prefix('[') {
        let (address, after) = bracketed.rsplit_once(']')?;
        let (plain, zone) = address.split_once("%25").unwrap_or((address, ""));
        plain.parse::<Ipv6Addr>().ok()?;
        let zone = decoded(zone, false).ok()?;
        let host = if zone.is_empty() { plain.to_owned() } else { format!("{plain}%{zone}") };
        (host, if after.is_empty() { "" } else { after.strip_prefix(':')? })
    } else {
        let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
        if host.contains(':') {
            return None;
        }
        if host.contains(|it| " \\^`{|}".contains(it)) {
            return None;
        }
        // Only bytes that are not ASCII may be escaped in a host.
        for (at, _) in host.match_indices('%') {
            let digits = host.get(at + 1..at + 3)?;
            if u8::from_str_radix(digits, 16).ok()? < 0x80 {
                return None;
            }
        }
        (decoded(host, false).ok()?, port)
    };
    port.bytes().all(|it| it.is_ascii_digit()).then(|| (host, port.to_owned()))
}
