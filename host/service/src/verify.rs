//! Verification of deliveries, with data in memory, before anything is stored or a plugin is called: anyone can send
//! requests to this endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// The maximum difference between a delivery's time and ours, in seconds: the recommendation of Standard Webhooks.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
const TOLERANCE: u64 = 5 * 60;

/// The maximum number of signatures that are checked; a sender that changes its secret sends two.
const MOST_SIGNATURES: usize = 8;

/// The authentication of a provider's deliveries. Names of headers are case-insensitive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA256 of the body in hexadecimal digits after a prefix: GitHub's `X-Hub-Signature-256: sha256=…`,
    /// Bitbucket's `X-Hub-Signature: sha256=…`.
    HmacSha256 {
        /// The header.
        header: String,
        /// The prefix of the digits.
        prefix: String,
    },
    /// Standard Webhooks, as GitLab signs: `v1,` and HMAC-SHA256 of id, time and body in Base64, with a key in Base64
    /// after `whsec_`.
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
    /// `Authorization: Basic`, whose password is the secret, with any user.
    Basic,
}

/// The name of the scheme of Standard Webhooks in descriptions of adapters.
pub(crate) const STANDARD_WEBHOOKS: &str = "standard-webhooks";

/// The bytes of a key of Standard Webhooks.
fn standard_key(secret: &str) -> Option<Vec<u8>> {
    STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()
}

/// Whether a secret is a key of Standard Webhooks.
pub(crate) fn is_standard_key(secret: &SecretString) -> bool {
    standard_key(secret.expose_secret()).is_some_and(|it| !it.is_empty())
}

impl Scheme {
    /// The header with the proof.
    fn header(&self) -> &str {
        match self {
            Scheme::HmacSha256 { header, .. }
            | Scheme::StandardWebhooks { header, .. }
            | Scheme::Token { header } => header,
            Scheme::Basic => "Authorization",
        }
    }
}

/// The reason why a delivery is refused. The messages do not reveal the expected values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The proof is missing.
    #[error("the delivery is not signed: set the hook's secret at the provider")]
    Unsigned,
    /// The proof, or a header that belongs to it, is present more than once.
    #[error("a header of the signature comes more than once")]
    Ambiguous,
    /// The proof is malformed.
    #[error("the signature is not of the form that the provider uses")]
    Malformed,
    /// The delivery was signed with another secret, or changed in transit.
    #[error("the signature does not fit: compare the hook's secret at the provider with the one here")]
    Forged,
    /// The time of the delivery is too far in the past or in the future.
    #[error("the delivery's time is more than {} minutes from ours: set both clocks right", TOLERANCE / 60)]
    Old,
}

/// A secret, and the end of its validity in Unix seconds; without an end it is valid until it is changed.
#[derive(Debug)]
struct Known {
    secret: SecretString,
    until: Option<u64>,
}

/// Verifies the deliveries of one endpoint. While a secret is being changed there are two.
#[derive(Debug)]
pub struct Verifier {
    schemes: Vec<Scheme>,
    secrets: Vec<Known>,
}

impl Verifier {
    /// Creates a verifier; empty secrets are ignored.
    pub fn new(schemes: Vec<Scheme>, secrets: Vec<SecretString>) -> Verifier {
        let empty = Verifier { schemes, secrets: Vec::new() };
        secrets.into_iter().fold(empty, |verifier, secret| verifier.with(secret, None))
    }

    /// Adds the previous secret, which is valid until a time in Unix seconds.
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

    /// Whether a header has a proof of a delivery.
    pub(crate) fn is_proof(&self, name: &str) -> bool {
        self.schemes.iter().any(|it| name.eq_ignore_ascii_case(it.header()))
    }

    /// Verifies a delivery: its headers, the bytes of its body, and the current time in Unix seconds. The first scheme
    /// whose header is present decides: a delivery with a wrong signature is refused, also if it has a valid token.
    ///
    /// # Errors
    /// [`Refused`] with the reason. The response is always 401.
    pub fn verify(&self, headers: &[(&str, &[u8])], body: &[u8], now: u64) -> Result<(), Refused> {
        let has = |it: &&Scheme| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(it.header()));
        let scheme = self.schemes.iter().find(has).ok_or(Refused::Unsigned)?;
        let fits = match scheme {
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
                    standard_key(secret).is_some_and(|key| tags.iter().any(|tag| signs(&key, &signed, tag)))
                });
                // Only a sender that knows the secret learns that the time is the reason.
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
                let colon = given.iter().position(|it| *it == b':').ok_or(Refused::Malformed)?;
                let password = given.get(colon + 1..).unwrap_or_default();
                self.any(now, |secret| same(secret.as_bytes(), password))
            }
        };
        if fits { Ok(()) } else { Err(Refused::Forged) }
    }

    /// Whether one of the valid secrets matches; all are tried, so that the duration reveals nothing.
    fn any(&self, now: u64, fits: impl Fn(&str) -> bool) -> bool {
        let counting = self.secrets.iter().filter(|it| it.until.is_none_or(|until| now < until));
        counting.fold(false, |known, it| fits(it.secret.expose_secret()) | known)
    }
}

/// Returns the value of a header that must be present exactly once.
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

/// Whether a key gives this tag for these parts, in constant time.
fn signs(key: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(tag).is_ok()
}

/// Compares two texts in constant time.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
