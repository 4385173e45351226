//! Removes secrets from the responses of remote servers.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// Replaces each byte of a secret in a kept body, so that offsets do not change.
const MASK: u8 = b'*';
/// The minimum length of a Base64 part from within a longer text; shorter parts reveal nothing.
const SHORTEST_INNER: usize = 8;

/// Secrets of a request or of its response, in every encoding that is searched for.
#[derive(Default)]
pub(crate) struct Secrets {
    spellings: Vec<SecretString>,
}

impl Secrets {
    /// Adds a secret; an empty one is ignored.
    pub(crate) fn add(&mut self, secret: &SecretString) {
        self.spellings.extend(spellings(secret.expose_secret()).into_iter().map(SecretString::from));
        // The longest first, so that no part of a longer secret remains.
        self.spellings.sort_by_key(|it| std::cmp::Reverse(it.expose_secret().len()));
    }

    fn needles(&self) -> impl Iterator<Item = &[u8]> {
        self.spellings.iter().map(|it| it.expose_secret().as_bytes())
    }

    fn longest(&self) -> usize {
        self.needles().map(<[u8]>::len).max().unwrap_or(0)
    }

    /// Whether a text contains a secret.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        self.needles().any(|needle| find(bytes, needle).is_some())
    }

    /// Removes the secrets from a text.
    pub(crate) fn blank(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut bytes = bytes;
        // Repeated until nothing is found: removing one secret may join the parts of another.
        while let Some((at, length)) =
            self.needles().find_map(|needle| Some((find(&bytes, needle)?, needle.len())))
        {
            let needle: Vec<u8> = bytes.iter().skip(at).take(length).copied().collect();
            bytes = without(&bytes, &needle);
        }
        bytes
    }

    /// Removes the secrets from a body, also if they are escaped in JSON.
    pub(crate) fn blank_body(&self, body: Vec<u8>) -> Vec<u8> {
        if self.spellings.is_empty() {
            return body;
        }
        let body = self.blank(body);
        if !body.contains(&b'\\') {
            return body;
        }
        let Ok(mut value) = serde_json::from_slice::<Value>(&body) else { return body };
        if !self.blank_value(&mut value) {
            return body;
        }
        self.blank(value.to_string().into_bytes())
    }

    /// Removes the secrets from a value; returns whether there were any.
    fn blank_value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) if self.are_in(text.as_bytes()) => {
                let rest = self.blank(std::mem::take(text).into_bytes());
                *text = String::from_utf8_lossy(&rest).into_owned();
                true
            }
            Value::Array(items) => self.blank_all(items.iter_mut()),
            Value::Object(fields) => {
                let before = fields.len();
                fields.retain(|name, _| !self.are_in(name.as_bytes()));
                let dropped = fields.len() < before;
                self.blank_all(fields.values_mut()) || dropped
            }
            _ => false,
        }
    }

    fn blank_all<'a>(&self, values: impl Iterator<Item = &'a mut Value>) -> bool {
        // `count` visits each value; `any` would stop at the first match.
        values.filter_map(|it| self.blank_value(it).then_some(())).count() > 0
    }

    /// The headers of a response that a guest may see: no cookies, and none that contains a secret.
    pub(crate) fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let shown = |name: &str, value: &[u8]| {
            name != "set-cookie"
                && name != "set-cookie2"
                && !self.are_in(value)
                && !self.are_in(name.as_bytes())
        };
        headers
            .iter()
            .filter(|(name, value)| shown(name.as_str(), value.as_bytes()))
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect()
    }

    /// Masks secrets in a body that arrives in pieces.
    pub(crate) fn cover(&self) -> Cover<'_> {
        Cover { secrets: self, kept: Vec::new() }
    }
}

/// Masks secrets in a body that arrives in pieces, also if a secret is split between two pieces.
pub(crate) struct Cover<'a> {
    secrets: &'a Secrets,
    kept: Vec<u8>,
}

impl Cover<'_> {
    /// Adds a piece, and returns the bytes that can no longer be part of a secret.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.kept.extend_from_slice(piece);
        for needle in self.secrets.needles() {
            mask(&mut self.kept, needle);
        }
        let held = self.secrets.longest().saturating_sub(1);
        let rest = self.kept.split_off(self.kept.len().saturating_sub(held));
        std::mem::replace(&mut self.kept, rest)
    }

    /// Returns the remaining bytes at the end.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.kept
    }
}

/// Every encoding of a secret that is searched for.
fn spellings(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let json = Value::from(secret).to_string();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned();
    let mut found = vec![
        secret.to_owned(),
        json.replace('/', "\\/"),
        json,
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        STANDARD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ];
    // In the Base64 of a longer text, such as `user:secret`, the secret can begin at three offsets.
    for before in 0..3 {
        let whole = [vec![0; before], secret.as_bytes().to_vec()].concat();
        let (begin, end) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
        for encoded in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
            found.extend(encoded.get(begin..end).filter(|it| it.len() >= SHORTEST_INNER).map(str::to_owned));
        }
    }
    found.retain(|it| !it.is_empty());
    found.sort();
    found.dedup();
    found
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, needle)
}

/// Removes all occurrences of a part from a text.
fn without(bytes: &[u8], needle: &[u8]) -> Vec<u8> {
    let (mut rest, mut kept) = (bytes, Vec::with_capacity(bytes.len()));
    while let Some(at) = find(rest, needle) {
        let (before, after) = rest.split_at(at);
        kept.extend_from_slice(before);
        rest = after.get(needle.len()..).unwrap_or_default();
    }
    kept.extend_from_slice(rest);
    kept
}

fn mask(bytes: &mut [u8], needle: &[u8]) {
    let mut rest = bytes;
    while let Some(at) = find(rest, needle) {
        let (_, after) = rest.split_at_mut(at);
        let (found, after) = after.split_at_mut(needle.len());
        found.fill(MASK);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secrets(texts: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        for it in texts {
            secrets.add(&SecretString::from(*it));
        }
        secrets
    }

    fn check(secret: &str, body: &str, expected: &str) {
        let found = secrets(&[secret]).blank_body(body.as_bytes().to_vec());
        assert_eq!(String::from_utf8(found).unwrap(), expected, "{body}");
    }

    #[test]
    fn a_secret_is_blanked_in_every_spelling() {
        for (secret, body, expected) in [
            ("canary-42", "x canary-42 y canary-42", "x  y "),
            ("canary-42", r#"{"a":"canary-42","b":1}"#, r#"{"a":"","b":1}"#),
            ("canary-42", "Y2FuYXJ5LTQy", ""),
            ("canary-42", r#"{"a":"c\u0061nary-42"}"#, r#"{"a":""}"#),
            ("canary-42", r#"{"c\u0061nary-42":"x","b":2}"#, r#"{"b":2}"#),
            ("canary-42", "cancanary-42ary-42", ""),
            ("can/ary", r#"{"a":"can\/ary"}"#, r#"{"a":""}"#),
            ("can\"ary", r#"{"a":"can\"ary"}"#, r#"{"a":""}"#),
            ("can/ary+", "q=can%2Fary%2B", "q="),
            ("canary-42", "nothing", "nothing"),
            ("", "nothing", "nothing"),
        ] {
            check(secret, body, expected);
        }
    }

    proptest! {
        #[test]
        fn base64_of_a_longer_text_does_not_hold_it(before in "[a-z:]{0,9}", after in "[a-z:]{0,9}") {
            let secret = "canary/secret+of=some_length";
            let whole = format!("{before}{secret}{after}");
            for encoded in [STANDARD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                let rest = secrets(&[secret]).blank_body(encoded.clone().into_bytes());
                prop_assert!(rest.len() + secret.len() <= encoded.len());
            }
        }

        #[test]
        fn pieces_are_covered_as_a_whole_is(cuts in proptest::collection::vec(1_usize..9, 1..30)) {
            let body = b"..canary-42..canary-42canary-42..Y2FuYXJ5LTQy..canary-4".to_vec();
            let secrets = secrets(&["canary-42"]);
            let (mut cover, mut found, mut rest) = (secrets.cover(), Vec::new(), body.as_slice());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                found.extend(cover.push(piece));
                rest = after;
            }
            found.extend(cover.push(rest));
            found.extend(cover.finish());
            let expected = "..*********..******************..************..canary-4";
            prop_assert_eq!(String::from_utf8(found).unwrap(), expected);
        }
    }
}
