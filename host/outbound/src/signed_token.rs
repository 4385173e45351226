//! JSON Web Tokens, which are signed with a private key when they are needed.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use palisade_capabilities::{HttpError, SecretSource};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use thiserror::Error;

/// Seconds by which the issue time of a token is set back, for clocks that are slow.
const BEFORE: i64 = 60;
/// A new token is signed if fewer seconds than this remain, or less than a ninth of the lifetime if that is shorter.
const SPARE: i64 = 60;

/// A text that is not a valid signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// It contains no private key in PEM.
    #[error("the private key is not PEM: give the whole file, including `-----BEGIN`")]
    Pem,
    /// The key is not an RSA key, too weak, or damaged.
    #[error("the private key is not an RSA key of 2048 bits or more (PKCS#1 or PKCS#8)")]
    Key,
}

/// Signs JSON Web Tokens (RFC 7519) with RS256 (RFC 7518 §3.3), and reuses a token until shortly before it expires.
pub struct SignedToken {
    issuer: String,
    lifetime: i64,
    key: RsaKeyPair,
    kept: Mutex<Option<(SecretString, i64)>>,
}

impl SignedToken {
    /// Creates tokens of an issuer with this lifetime, signed with this private key in PEM.
    pub fn new(
        issuer: impl Into<String>,
        lifetime_seconds: u32,
        pem: &SecretString,
    ) -> Result<SignedToken, KeyError> {
        let pem = pem.expose_secret().as_bytes();
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::Pem)?;
        let key = match &der {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(KeyError::Key),
        };
        let key = key.map_err(|_| KeyError::Key)?;
        Ok(SignedToken {
            issuer: issuer.into(),
            lifetime: i64::from(lifetime_seconds),
            key,
            kept: Mutex::new(None),
        })
    }

    /// The token at a time in Unix seconds.
    fn at(&self, now: i64) -> Result<SecretString, HttpError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A token from the future is also replaced: the clock was set back, and the token is not valid yet.
        if let Some((token, end)) = &*kept
            && (SPARE.min(self.lifetime / 9)..=self.lifetime).contains(&end.saturating_sub(now))
        {
            return Ok(token.clone());
        }
        let token = self.sign(now)?;
        *kept = Some((token.clone(), now.saturating_add(self.lifetime)));
        Ok(token)
    }

    fn sign(&self, now: i64) -> Result<SecretString, HttpError> {
        let header = json!({"alg": "RS256", "typ": "JWT"});
        let claims = json!({
            "iat": now.saturating_sub(BEFORE),
            "exp": now.saturating_add(self.lifetime),
            "iss": self.issuer,
        });
        let part = |it: &serde_json::Value| URL_SAFE_NO_PAD.encode(it.to_string());
        let text = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| HttpError::Transport("cannot sign with the private key".to_owned()))?;
        Ok(SecretString::from(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

#[async_trait]
impl SecretSource for SignedToken {
    async fn reveal(&self) -> Result<SecretString, HttpError> {
        self.at(Timestamp::now().as_second())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    const NOW: i64 = 1_795_608_000;

    fn openssl(arguments: &[&str]) -> String {
        let run = Command::new("openssl").args(arguments).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }

    /// An RSA key, in PKCS#8 or in PKCS#1.
    fn key(arguments: &[&str]) -> SecretString {
        SecretString::from(openssl(&[&["genrsa"], arguments, &["2048"]].concat()))
    }

    fn part(token: &str, index: usize) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()
    }

    fn check(pem: &SecretString) {
        let app = SignedToken::new("Iv1.abc", 540, pem).unwrap();
        let token = app.at(NOW).unwrap();
        let token = token.expose_secret();
        let shown = [0, 1].map(|index| String::from_utf8(part(token, index)).unwrap()).join("\n");
        let expected = r#"{"alg":"RS256","typ":"JWT"}
{"iat":1795607940,"exp":1795608540,"iss":"Iv1.abc"}"#;
        assert_eq!(shown, expected);
        let (text, _) = token.rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, app.key.public().as_ref());
        public.verify(text.as_bytes(), &part(token, 2)).unwrap();
        assert!(public.verify(b"another text", &part(token, 2)).is_err());
    }

    #[test]
    fn a_token_is_signed_with_either_form_of_key() {
        let (pkcs8, pkcs1) = (key(&[]), key(&["-traditional"]));
        assert!(pkcs8.expose_secret().contains("BEGIN PRIVATE KEY"));
        assert!(pkcs1.expose_secret().contains("BEGIN RSA PRIVATE KEY"));
        check(&pkcs8);
        check(&pkcs1);
    }

    #[test]
    fn a_token_is_kept_until_it_is_nearly_over() {
        let app = SignedToken::new("1", 540, &key(&[])).unwrap();
        let at = |now: i64| app.at(now).unwrap().expose_secret().to_owned();
        let first = at(NOW);
        for (now, same) in [(NOW + 480, true), (NOW, true)] {
            assert_eq!(at(now) == first, same, "{now}");
        }
        let second = at(NOW + 481);
        assert_ne!(first, second);
        assert_ne!(second, at(NOW - 10), "a clock was set back");
    }

    #[test]
    fn what_is_no_key_is_told_and_not_shown() {
        let weak = openssl(&["genrsa", "1024"]);
        let curve = openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout"]);
        for (pem, expected) in [
            ("canary", KeyError::Pem),
            ("", KeyError::Pem),
            (weak.as_str(), KeyError::Key),
            (curve.as_str(), KeyError::Key),
            ("-----BEGIN RSA PRIVATE KEY-----\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----\n", KeyError::Key),
        ] {
            let error = SignedToken::new("1", 540, &SecretString::from(pem)).err().unwrap();
            assert_eq!(error, expected, "{pem}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
