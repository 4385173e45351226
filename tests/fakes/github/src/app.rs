//! The App: its key, its assertions, its tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use palisade_fake_host::{clock, random};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use crate::Error;

/// The App that is registered with the fake. All of it is generated at the start, the key too.
///
/// It holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct App {
    /// Number of the App.
    pub id: u64,
    /// The client id, which assertions name since 2024.
    pub client_id: String,
    /// Name in addresses.
    pub slug: String,
    /// Private key, PKCS#1 PEM, as GitHub hands it out.
    pub private_key: String,
    /// The secret that deliveries are signed with.
    pub webhook_secret: String,
    /// Public key, PKCS#1 DER.
    public_key: Vec<u8>,
}

impl App {
    /// Makes an App with a fresh key of 2048 bits.
    pub(crate) fn make() -> Result<Self, Error> {
        let made = std::process::Command::new("openssl")
            .args(["genrsa", "-traditional", "2048"])
            .output()
            .map_err(|error| Error::Program("openssl", error.to_string()))?;
        if !made.status.success() {
            return Err(Error::Program("openssl", String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        let private_key = String::from_utf8_lossy(&made.stdout).into_owned();
        let bad = |why: &dyn std::fmt::Display| Error::Program("openssl", why.to_string());
        let base64: String = private_key.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(base64).map_err(|error| bad(&error))?;
        let pair = ring::rsa::KeyPair::from_der(&der).map_err(|error| bad(&error))?;
        Ok(Self {
            id: 20_261_125,
            client_id: "Iv23liPalisadeFake00".to_owned(),
            slug: "palisade".to_owned(),
            private_key,
            webhook_secret: random(32),
            public_key: pair.public_key().as_ref().to_vec(),
        })
    }

    /// Whether an assertion is signed by this App and valid now; otherwise GitHub's error message.
    pub(crate) fn verify(&self, assertion: &str) -> Result<(), String> {
        let undecodable = || "A JSON web token could not be decoded".to_owned();
        let (signed, signature) = assertion.rsplit_once('.').ok_or_else(undecodable)?;
        let (header, claims) = signed.split_once('.').ok_or_else(undecodable)?;
        let part = |text: &str| -> Option<Vec<u8>> { URL_SAFE_NO_PAD.decode(text).ok() };
        let object = |text: &str| -> Option<Value> { serde_json::from_slice(&part(text)?).ok() };
        let header = object(header).ok_or_else(undecodable)?;
        if header["alg"] != "RS256" {
            return Err(undecodable());
        }
        let signature = part(signature).ok_or_else(undecodable)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| undecodable())?;
        self.claims(&object(claims).ok_or_else(undecodable)?, clock::seconds())
    }

    /// Checks `iss`, `iat` and `exp`.
    fn claims(&self, claims: &Value, now: i64) -> Result<(), String> {
        let issuer = &claims["iss"];
        if issuer != &self.client_id && issuer != self.id && issuer != &self.id.to_string() {
            return Err("'Issuer' claim ('iss') must be the App's client id or number".to_owned());
        }
        let time = |name: &str| claims[name].as_i64();
        let expires = time("exp").ok_or("'Expiration time' claim ('exp') must be a numeric value")?;
        let issued = time("iat").ok_or("'Issued at' claim ('iat') must be a numeric value")?;
        if issued > now {
            return Err("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued".to_owned());
        }
        if expires <= now {
            return Err("'Expiration time' claim ('exp') is in the past".to_owned());
        }
        if expires > now + 600 {
            return Err("'Expiration time' claim ('exp') is too far in the future".to_owned());
        }
        Ok(())
    }
}

/// A new token, in the form of 2026: the prefix, then some 520 characters in three parts with dots.
pub(crate) fn token() -> String {
    format!("ghs_{}.{}.{}", random(18), random(150), random(86))
}

#[cfg(test)]
mod test {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims() {
        let app = App::make().unwrap();
        let check = |claims: Value, good: bool| {
            assert_eq!(app.claims(&claims, 1000).is_ok(), good, "{claims}");
        };
        check(json!({ "iss": app.client_id, "iat": 940, "exp": 1540 }), true);
        check(json!({ "iss": app.id, "iat": 940, "exp": 1600 }), true);
        check(json!({ "iss": app.id.to_string(), "iat": 1000, "exp": 1001 }), true);
        check(json!({ "iss": "another", "iat": 940, "exp": 1540 }), false);
        check(json!({ "iss": app.id, "iat": 940, "exp": 1601 }), false);
        check(json!({ "iss": app.id, "iat": 400, "exp": 1000 }), false);
        check(json!({ "iss": app.id, "iat": 1001, "exp": 1540 }), false);
        check(json!({ "iss": app.id, "exp": 1540 }), false);
        check(json!({ "iss": app.id, "iat": 940 }), false);
    }

    #[test]
    fn the_form_of_tokens() {
        assert!((500..540).contains(&token().len()), "{}", token().len());
        assert_eq!(token().matches('.').count(), 2);
    }
}
