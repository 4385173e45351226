//! Signature algorithms. Only public keys are used, so no operation can leak a secret. The release of `rsa` is not
//! affected by RUSTSEC-2023-0071, which concerns private keys.

use ed25519_dalek::VerifyingKey as Ed25519;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::VerifyingKey as P256;
use p384::ecdsa::VerifyingKey as P384;
use p521::ecdsa::VerifyingKey as P521;
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use rsa::{BoxedUint, PublicKey, pkcs1v15, pss};
use sha2::{Sha256, Sha384, Sha512};

use super::key::{Key, Material, public};
use crate::call::Refusal;

/// The allowed size of a modulus in bits: the time of a verification grows with its square.
const MODULUS: std::ops::RangeInclusive<usize> = 1024..=8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

impl Algorithm {
    /// The algorithm of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "HS256" => Self::Hs256,
            "HS384" => Self::Hs384,
            "HS512" => Self::Hs512,
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            "EdDSA" => Self::EdDsa,
            _ => return None,
        })
    }

    /// Whether its key is a shared secret.
    pub(super) fn is_symmetric(self) -> bool {
        matches!(self, Self::Hs256 | Self::Hs384 | Self::Hs512)
    }

    /// Reads the keys of this algorithm from a text.
    pub(super) fn keys(self, text: &str) -> Result<Vec<Key>, Refusal> {
        if self.is_symmetric() {
            return Ok(vec![Material::Secret(text.as_bytes().to_vec()).into()]);
        }
        public(text)
    }

    /// Whether the signature is valid for the message with this key. A key of another kind is never valid.
    pub(super) fn verifies(self, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        let key = &key.material;
        match self {
            Self::Hs256 => secret::<Hmac<Sha256>>(key, message, signature),
            Self::Hs384 => secret::<Hmac<Sha384>>(key, message, signature),
            Self::Hs512 => secret::<Hmac<Sha512>>(key, message, signature),
            Self::Rs256 => {
                rsa(key, signature, |key, it| pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, it))
            }
            Self::Rs384 => {
                rsa(key, signature, |key, it| pkcs1v15::VerifyingKey::<Sha384>::new(key).verify(message, it))
            }
            Self::Rs512 => {
                rsa(key, signature, |key, it| pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(message, it))
            }
            Self::Ps256 => rsa(key, signature, |key, it| pss_key::<Sha256>(key).verify(message, it)),
            Self::Ps384 => rsa(key, signature, |key, it| pss_key::<Sha384>(key).verify(message, it)),
            Self::Ps512 => rsa(key, signature, |key, it| pss_key::<Sha512>(key).verify(message, it)),
            Self::Es256 => {
                let key = match key {
                    Material::Spki(der) => P256::from_public_key_der(der).ok(),
                    Material::Point { curve, bytes } if curve == "P-256" => P256::from_sec1_bytes(bytes).ok(),
                    _ => None,
                };
                let signature = p256::ecdsa::Signature::from_slice(signature).ok();
                key.zip(signature).is_some_and(|(key, it)| key.verify(message, &it).is_ok())
            }
            Self::Es384 => {
                let key = match key {
                    Material::Spki(der) => P384::from_public_key_der(der).ok(),
                    Material::Point { curve, bytes } if curve == "P-384" => P384::from_sec1_bytes(bytes).ok(),
                    _ => None,
                };
                let signature = p384::ecdsa::Signature::from_slice(signature).ok();
                key.zip(signature).is_some_and(|(key, it)| key.verify(message, &it).is_ok())
            }
            Self::Es512 => {
                let key = match key {
                    Material::Spki(der) => P521::from_public_key_der(der).ok(),
                    Material::Point { curve, bytes } if curve == "P-521" => P521::from_sec1_bytes(bytes).ok(),
                    _ => None,
                };
                let signature = p521::ecdsa::Signature::from_slice(signature).ok();
                key.zip(signature).is_some_and(|(key, it)| key.verify(message, &it).is_ok())
            }
            Self::EdDsa => {
                let key = match key {
                    Material::Spki(der) => Ed25519::from_public_key_der(der).ok(),
                    Material::Ed25519(bytes) => {
                        bytes.as_slice().try_into().ok().and_then(|it| Ed25519::from_bytes(it).ok())
                    }
                    _ => None,
                };
                let signature = ed25519_dalek::Signature::from_slice(signature).ok();
                key.zip(signature).is_some_and(|(key, it)| key.verify(message, &it).is_ok())
            }
        }
    }
}

fn secret<M: Mac + KeyInit>(key: &Material, message: &[u8], signature: &[u8]) -> bool {
    let Material::Secret(secret) = key else { return false };
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else { return false };
    mac.update(message);
    mac.verify_slice(signature).is_ok()
}

/// A salt of any length, as in OPA.
fn pss_key<D: sha2::Digest>(key: PublicKey) -> pss::VerifyingKey<D> {
    pss::VerifyingKey::new_with_auto_salt_len(key)
}

/// Reads an RSA key and a signature, and verifies the signature.
fn rsa<S, E>(key: &Material, signature: &[u8], verify: impl FnOnce(PublicKey, &S) -> Result<(), E>) -> bool
where
    S: for<'a> TryFrom<&'a [u8]>,
{
    let key = match key {
        Material::Spki(der) => PublicKey::from_public_key_der(der).ok(),
        Material::Rsa { modulus, exponent } => PublicKey::new_with_size_limits(
            BoxedUint::from_be_slice_vartime(modulus),
            BoxedUint::from_be_slice_vartime(exponent),
            MODULUS,
        )
        .ok(),
        _ => None,
    };
    let signature = S::try_from(signature).ok();
    key.zip(signature).is_some_and(|(key, it)| verify(key, &it).is_ok())
}
