//! `io.jwt.decode_verify`: verifies a token, and checks its claims against constraints.

use regorus::Value;

use super::algorithm::Algorithm;
use super::key::{Key, Material, public};
use super::{NESTED, Token};
use crate::call::{Arguments, Outcome, Refusal, Undefined, array, text};

#[derive(Default)]
struct Constraints {
    keys: Option<Vec<Key>>,
    /// Whether the key is a shared secret.
    secret: bool,
    algorithm: Option<String>,
    issuer: Option<String>,
    audience: Option<String>,
    /// Unix time in nanoseconds.
    time: Option<f64>,
}

impl Constraints {
    fn read(entries: &[(&Value, &Value)]) -> Result<Self, Refusal> {
        let mut all = Self::default();
        for (name, value) in entries {
            match text(name)? {
                "cert" if all.keys.is_none() => all.keys = Some(public(text(value)?)?),
                "secret" if all.keys.is_none() => {
                    all.keys = Some(vec![Material::Secret(text(value)?.as_bytes().to_vec()).into()]);
                    all.secret = true;
                }
                "alg" => all.algorithm = Some(text(value)?.to_owned()),
                "iss" => all.issuer = Some(text(value)?.to_owned()),
                "aud" => all.audience = Some(text(value)?.to_owned()),
                "time" => all.time = Some(value.as_f64().or_undefined()?),
                _ => return Err(Refusal::Undefined),
            }
        }
        if all.keys.is_none() { Err(Refusal::Undefined) } else { Ok(all) }
    }

    fn accept_signature(&self, token: &Token<'_>) -> bool {
        let Some(name) = token.header("alg") else { return false };
        let Some(algorithm) = Algorithm::named(name) else { return false };
        if self.algorithm.as_deref().is_some_and(|it| it != name) || algorithm.is_symmetric() != self.secret {
            return false;
        }
        let keys = self.keys.as_deref().unwrap_or_default();
        let fits = |it: &Key| algorithm.verifies(it, token.signed.as_bytes(), &token.signature);
        if let Some(id) = token.header("kid")
            && let Some(named) = keys.iter().find(|it| it.id.as_deref() == Some(id))
        {
            return fits(named);
        }
        keys.iter().any(fits)
    }

    fn accept_claims(&self, claims: &Value) -> Result<bool, Refusal> {
        let claim = |name: &str| claims.as_object().ok().and_then(|it| it.get(&Value::from(name)));
        if let Some(issuer) = &self.issuer
            && claim("iss") != Some(&Value::from(issuer.as_str()))
        {
            return Ok(false);
        }
        let audience = self.audience.as_deref().map(Value::from);
        let audience_fits = match (claim("aud"), &audience) {
            (None, None) => true,
            (Some(Value::Array(all)), Some(one)) => all.contains(one),
            (Some(claimed), Some(one)) => claimed == one,
            _ => false,
        };
        if !audience_fits {
            return Ok(false);
        }
        let (begins, ends) = (claim("nbf"), claim("exp"));
        if begins.is_none() && ends.is_none() {
            return Ok(true);
        }
        let Some(now) = self.time else {
            return Err(Refusal::Loud(
                "the token has `nbf` or `exp`, and the clock is not available: give the constraint `time`"
                    .to_owned(),
            ));
        };
        let nanoseconds = |it: &Value| it.as_f64().map(|it| it * 1e9);
        Ok(begins.is_none_or(|it| nanoseconds(it).is_ok_and(|it| now >= it))
            && ends.is_none_or(|it| nanoseconds(it).is_ok_and(|it| now < it)))
    }
}

pub(super) fn decode_verify(call: &Arguments<'_>) -> Outcome {
    let mut text = call.text(0)?.to_owned();
    let constraints = Constraints::read(&call.entries(1)?)?;
    let refused = || array([Value::Bool(false), Value::new_object(), Value::new_object()]);
    for _ in 0..NESTED {
        let token = Token::read(&text)?;
        if !constraints.accept_signature(&token) {
            return Ok(refused());
        }
        let Some(inner) = token.nested()?.map(str::to_owned) else {
            let claims = token.claims()?;
            if !constraints.accept_claims(&claims)? {
                return Ok(refused());
            }
            return Ok(array([Value::Bool(true), token.header, claims]));
        };
        text = inner;
    }
    Err(Refusal::Undefined)
}
