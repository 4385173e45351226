//! Digests and HMACs.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use regorus::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::call::{Arguments, Function, Outcome, Undefined};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("crypto.hmac.equal", 2, hmac_equal),
    Function::new("crypto.hmac.md5", 2, hmac::<Hmac<Md5>>),
    Function::new("crypto.hmac.sha1", 2, hmac::<Hmac<Sha1>>),
    Function::new("crypto.hmac.sha256", 2, hmac::<Hmac<Sha256>>),
    Function::new("crypto.hmac.sha512", 2, hmac::<Hmac<Sha512>>),
    Function::new("crypto.md5", 1, digest::<Md5>),
    Function::new("crypto.sha1", 1, digest::<Sha1>),
    Function::new("crypto.sha256", 1, digest::<Sha256>),
];

fn digest<D: Digest>(call: &Arguments<'_>) -> Outcome {
    Ok(Value::from(HEXLOWER.encode(&D::digest(call.text(0)?))))
}

fn hmac<M: Mac + KeyInit>(call: &Arguments<'_>) -> Outcome {
    let (message, key) = (call.text(0)?, call.text(1)?);
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).or_undefined()?;
    mac.update(message.as_bytes());
    Ok(Value::from(HEXLOWER.encode(&mac.finalize().into_bytes())))
}

fn hmac_equal(call: &Arguments<'_>) -> Outcome {
    Ok(Value::Bool(call.text(0)?.as_bytes().ct_eq(call.text(1)?.as_bytes()).into()))
}
