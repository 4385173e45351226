//! Whether a delivery comes from whom it says. Decided from what is in memory, before anything is stored or any plugin
//! is asked: anyone can send requests to this endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// How far the time of a delivery may be from ours, in seconds: what Standard Webhooks recommends.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
const TOLERANCE: u64 = 5 * 60;

/// The most signatures of one delivery that are looked at; a sender that changes its secret sends two.
const MOST_SIGNATURES: usize = 8;

/// How an adapter says that deliveries of its provider are proved. Names of headers are compared without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA256 of the body in hexadecimal digits behind a prefix: GitHub's `X-Hub-Signature-256: sha256=…`,
    /// Bitbucket's `X-Hub-Signature: sha256=…`.
    HmacSha256 {
        /// The header.
        header: String,
        /// What stands before the digits.
        prefix: String,
    },
    /// Standard Webhooks, as GitLab signs: `v1,` and HMAC-SHA256 of id, time and body in Base64, and a key that is
    /// Base64 behind `whsec_`.
    StandardWebhooks {
        /// The header with the signatures.
        header: String,
        /// The header with the delivery's id.
        id_header: String,
        /// The header with its time in Unix seconds.
        time_header: String,
    },
    /// The secret itself, in a header: GitLab's `X-Gitlab-Token`.
    Token {
        /// The header.
        header: String,
    },
    /// `Authorization: Basic`, of which the secret is `user:password`: Azure DevOps.
    Basic,
}

/// Why a delivery is not believed. None of it says what would have been right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// It proves nothing.
    #[error("the delivery is not signed: set the hook's secret at the provider")]
    Unsigned,
    /// Its proof, or a header that belongs to it, comes more than once.
    #[error("a header of the signature comes more than once")]
    Ambiguous,
    /// What it says is no proof of that kind.
    #[error("the signature is not of the form that the provider uses")]
    Malformed,
    /// It was signed with another secret, or changed on its way.
    #[error("the signature does not fit: compare the hook's secret at the provider with the one here")]
    Forged,
    /// It was made too long ago, or lies in the future.
    #[error("the delivery's time is more than {} minutes from ours: set both clocks right", TOLERANCE / 60)]
    Old,
}

/// A secret, and until when it proves a delivery, in Unix seconds; without an end it does so until it is changed.
#[derive(Debug)]
struct Known {
    secret: SecretString,
    until: Option<u64>,
}

/// Knows the secrets of one endpoint. While a secret is being changed there are two.
#[derive(Debug)]
pub struct Verifier {
    scheme: Scheme,
    secrets: Vec<Known>,
}

impl Verifier {
    /// A verifier; empty secrets prove nothing and are left out.
    pub fn new(scheme: Scheme, secrets: Vec<SecretString>) -> Verifier {
        let empty = Verifier { scheme, secrets: Vec::new() };
        secrets.into_iter().fold(empty, |verifier, secret| verifier.with(secret, None))
    }

    /// The same with the secret of before, which proves deliveries until a time in Unix seconds.
    #[must_use]
    pub fn with_previous(self, secret: SecretString, until: u64) -> Verifier {
        self.with(secret, Some(until))
    }

    fn with(mut self, secret: SecretString, until: Option<u64>) -> Verifier {
        if !secret.expose_secret().is_empty() {
            self.secrets.push(Known { secret, until });
        }
        self
    }

    /// Whether a delivery is to be believed: its headers, the bytes of its body, and the time here in Unix seconds.
    ///
    /// # Errors
    /// [`Refused`]: why not. All of it is a 401.
    pub fn verify(&self, headers: &[(&str, &[u8])], body: &[u8], now: u64) -> Result<(), Refused> {
        let fits = match &self.scheme {
            Scheme::HmacSha256 { header, prefix } => {
                let digits = text(only(headers, header)?)?.strip_prefix(prefix.as_str());
                let tag = digits.and_then(|it| HEXLOWER_PERMISSIVE.decode(it.as_bytes()).ok());
                let tag = tag.ok_or(Refused::Malformed)?;
                self.any(now, |secret| signs(secret.as_bytes(), &[body], &tag))
            }
            Scheme::StandardWebhooks { header, id_header, time_header } => {
                let signatures = text(only(headers, header)?)?;
                let (id, time) = (only(headers, id_header)?, only(headers, time_header)?);
                let made: u64 = text(time)?.parse().map_err(|_| Refused::Malformed)?;
                let tags: Vec<Vec<u8>> = signatures
                    .split(' ')
                    .take(MOST_SIGNATURES)
                    .filter_map(|it| STANDARD.decode(it.strip_prefix("v1,")?).ok())
                    .collect();
                if tags.is_empty() {
                    return Err(Refused::Malformed);
                }
                let signed = [id, b".", time, b".", body];
                let fits = self.any(now, |secret| {
                    let key = secret.strip_prefix("whsec_").unwrap_or(secret);
                    STANDARD.decode(key).is_ok_and(|key| tags.iter().any(|tag| signs(&key, &signed, tag)))
                });
                // Only who knows the secret learns that it was the time.
                if fits && made.abs_diff(now) > TOLERANCE {
                    return Err(Refused::Old);
                }
                fits
            }
            Scheme::Token { header } => {
                let token = only(headers, header)?;
                self.any(now, |secret| same(secret.as_bytes(), token))
            }
            Scheme::Basic => {
                let value = text(only(headers, "Authorization")?)?;
                let (scheme, encoded) = value.split_once(' ').ok_or(Refused::Malformed)?;
                let given = STANDARD.decode(encoded.trim()).map_err(|_| Refused::Malformed)?;
                if !scheme.eq_ignore_ascii_case("Basic") {
                    return Err(Refused::Malformed);
                }
                self.any(now, |secret| same(secret.as_bytes(), &given))
            }
        };
        if fits { Ok(()) } else { Err(Refused::Forged) }
    }

    /// Whether one of the secrets fits that count now; every one is tried, so that time tells nothing.
    fn any(&self, now: u64, fits: impl Fn(&str) -> bool) -> bool {
        let counting = self.secrets.iter().filter(|it| it.until.is_none_or(|until| now < until));
        counting.fold(false, |known, it| fits(it.secret.expose_secret()) | known)
    }
}

/// The value of a header that must come exactly once.
fn only<'a>(headers: &[(&str, &'a [u8])], name: &str) -> Result<&'a [u8], Refused> {
    let mut values = headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    match (values.next(), values.next()) {
        (Some((_, value)), None) if !value.is_empty() => Ok(value),
        (Some(_), Some(_)) => Err(Refused::Ambiguous),
        _ => Err(Refused::Unsigned),
    }
}

fn text(value: &[u8]) -> Result<&str, Refused> {
    str::from_utf8(value).map_err(|_| Refused::Malformed)
}

/// Whether a key makes that tag of these parts; takes as long whatever is wrong.
fn signs(key: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(tag).is_ok()
}

/// Whether two texts are the same; takes as long wherever they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
