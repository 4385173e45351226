//! Reads keys: a certificate or public key in PEM, a JWK, or several of these.

use regorus::Value;
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode, pem};

use crate::call::{Refusal, Undefined};
use crate::encoding::url_bytes;

pub(super) struct Key {
    /// Its key ID, to which a token may refer.
    pub(super) id: Option<String>,
    pub(super) material: Material,
}

/// The content of a key.
pub(super) enum Material {
    Secret(Vec<u8>),
    /// A `SubjectPublicKeyInfo` in DER.
    Spki(Vec<u8>),
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point of a curve, uncompressed.
    Point {
        curve: String,
        bytes: Vec<u8>,
    },
    Ed25519(Vec<u8>),
}

impl From<Material> for Key {
    fn from(material: Material) -> Self {
        Self { id: None, material }
    }
}

/// The public keys of a text.
pub(super) fn public(text: &str) -> Result<Vec<Key>, Refusal> {
    let text = text.trim();
    if text.starts_with("-----BEGIN") {
        return Ok(vec![from_pem(text)?.into()]);
    }
    let json = Value::from_json_str(text).or_undefined()?;
    let object = json.as_object().or_undefined()?;
    match object.get(&Value::from("keys")) {
        Some(Value::Array(keys)) => keys.iter().map(from_jwk).collect(),
        Some(_) => Err(Refusal::Undefined),
        None => Ok(vec![from_jwk(&json)?]),
    }
}

fn from_pem(text: &str) -> Result<Material, Refusal> {
    let (label, der) = pem::decode_vec(text.as_bytes()).or_undefined()?;
    match label {
        "CERTIFICATE" => {
            let certificate = Certificate::from_der(&der).or_undefined()?;
            let spki = certificate.tbs_certificate().subject_public_key_info().to_der().or_undefined()?;
            Ok(Material::Spki(spki))
        }
        "PUBLIC KEY" => Ok(Material::Spki(der)),
        _ => Err(Refusal::Undefined),
    }
}

fn from_jwk(jwk: &Value) -> Result<Key, Refusal> {
    let object = jwk.as_object().or_undefined()?;
    let part = |name: &str| match object.get(&Value::from(name)) {
        Some(Value::String(text)) => Ok(text.to_string()),
        _ => Err(Refusal::Undefined),
    };
    let bytes = |name: &str| url_bytes(&part(name)?);
    let material = match part("kty")?.as_str() {
        "RSA" => Material::Rsa { modulus: bytes("n")?, exponent: bytes("e")? },
        "EC" => {
            let curve = part("crv")?;
            let size = match curve.as_str() {
                "P-256" => 32,
                "P-384" => 48,
                "P-521" => 66,
                _ => return Err(Refusal::Undefined),
            };
            let mut point = vec![4];
            for coordinate in [bytes("x")?, bytes("y")?] {
                let missing = usize::checked_sub(size, coordinate.len()).or_undefined()?;
                point.extend(std::iter::repeat_n(0, missing));
                point.extend(coordinate);
            }
            Material::Point { curve, bytes: point }
        }
        "OKP" if part("crv")? == "Ed25519" => Material::Ed25519(bytes("x")?),
        "oct" => Material::Secret(bytes("k")?),
        _ => return Err(Refusal::Undefined),
    };
    Ok(Key { id: part("kid").ok(), material })
}
