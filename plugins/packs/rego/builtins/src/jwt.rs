//! JSON Web Tokens: decoded, and verified with keys of the caller. Signing is not supported.

mod algorithm;
mod constraints;
mod key;

use data_encoding::HEXLOWER;
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, array};
use crate::encoding::url_bytes;
use crate::numbers::bounded_exponents;
use algorithm::Algorithm;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("io.jwt.decode", 1, decode),
    Function::new("io.jwt.decode_verify", 2, constraints::decode_verify),
    Function::new("io.jwt.verify_eddsa", 2, |call| verify(call, Algorithm::EdDsa)),
    Function::new("io.jwt.verify_es256", 2, |call| verify(call, Algorithm::Es256)),
    Function::new("io.jwt.verify_es384", 2, |call| verify(call, Algorithm::Es384)),
    Function::new("io.jwt.verify_es512", 2, |call| verify(call, Algorithm::Es512)),
    Function::new("io.jwt.verify_hs256", 2, |call| verify(call, Algorithm::Hs256)),
    Function::new("io.jwt.verify_hs384", 2, |call| verify(call, Algorithm::Hs384)),
    Function::new("io.jwt.verify_hs512", 2, |call| verify(call, Algorithm::Hs512)),
    Function::new("io.jwt.verify_ps256", 2, |call| verify(call, Algorithm::Ps256)),
    Function::new("io.jwt.verify_ps384", 2, |call| verify(call, Algorithm::Ps384)),
    Function::new("io.jwt.verify_ps512", 2, |call| verify(call, Algorithm::Ps512)),
    Function::new("io.jwt.verify_rs256", 2, |call| verify(call, Algorithm::Rs256)),
    Function::new("io.jwt.verify_rs384", 2, |call| verify(call, Algorithm::Rs384)),
    Function::new("io.jwt.verify_rs512", 2, |call| verify(call, Algorithm::Rs512)),
];

/// Maximum nesting of tokens.
const NESTED: usize = 8;

/// A token.
struct Token<'a> {
    /// The signed text: header and payload, encoded.
    signed: &'a str,
    header: Value,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    fn read(text: &'a str) -> Result<Self, Refusal> {
        let (signed, signature) = text.rsplit_once('.').or_undefined()?;
        let (header, payload) = signed.split_once('.').or_undefined()?;
        if payload.contains('.') {
            return Err(Refusal::Undefined);
        }
        let header = json(&url_bytes(header)?)?;
        // Encrypted tokens are not supported.
        if header.as_object().or_undefined()?.contains_key(&Value::from("enc")) {
            return Err(Refusal::Undefined);
        }
        Ok(Self { signed, header, payload: url_bytes(payload)?, signature: url_bytes(signature)? })
    }

    /// A string of the header.
    fn header(&self, name: &str) -> Option<&str> {
        match self.header.as_object().ok()?.get(&Value::from(name))? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The nested token, if the payload is one.
    fn nested(&self) -> Result<Option<&str>, Refusal> {
        match self.header("cty") {
            Some(kind) if kind.eq_ignore_ascii_case("jwt") => {
                std::str::from_utf8(&self.payload).map(Some).or_undefined()
            }
            _ => Ok(None),
        }
    }

    fn claims(&self) -> Outcome {
        let claims = json(&self.payload)?;
        if matches!(claims, Value::Object(_)) { Ok(claims) } else { Err(Refusal::Undefined) }
    }
}

fn json(bytes: &[u8]) -> Outcome {
    let text = std::str::from_utf8(bytes).or_undefined()?;
    bounded_exponents(text)?;
    Value::from_json_str(text).or_undefined()
}

fn decode(call: &Arguments<'_>) -> Outcome {
    let mut text = call.text(0)?.to_owned();
    for _ in 0..NESTED {
        let token = Token::read(&text)?;
        let Some(inner) = token.nested()?.map(str::to_owned) else {
            let signature = Value::from(HEXLOWER.encode(&token.signature));
            return Ok(array([token.header.clone(), token.claims()?, signature]));
        };
        text = inner;
    }
    Err(Refusal::Undefined)
}

fn verify(call: &Arguments<'_>, algorithm: Algorithm) -> Outcome {
    let (token, key) = (Token::read(call.text(0)?)?, call.text(1)?);
    let keys = algorithm.keys(key)?;
    let fits = |it: &key::Key| algorithm.verifies(it, token.signed.as_bytes(), &token.signature);
    // If the token names one of the keys, only that one is used.
    if let Some(name) = token.header("kid")
        && let Some(named) = keys.iter().find(|it| it.id.as_deref() == Some(name))
    {
        return Ok(Value::Bool(fits(named)));
    }
    Ok(Value::Bool(keys.iter().any(fits)))
}
