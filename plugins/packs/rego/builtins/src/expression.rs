//! Regular expressions as OPA has them: Go's. Each is translated, compiled under a bound and kept.

use std::cell::RefCell;
use std::collections::HashMap;

use palisade_go::regular;
use regex::{Regex, RegexBuilder};

use crate::call::{Refusal, too_much};
use crate::limits;

/// How many compiled expressions are kept.
const KEPT: usize = 256;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Result<Regex, Refusal>>> = RefCell::default();
}

/// The expression that a text of Go's dialect is.
pub(crate) fn go(pattern: &str) -> Result<Regex, Refusal> {
    kept(pattern, || compiled(&regular::translate(pattern).map_err(|_| Refusal::Undefined)?))
}

/// What was compiled under a key, or else is now.
pub(crate) fn kept(key: &str, compile: impl FnOnce() -> Result<Regex, Refusal>) -> Result<Regex, Refusal> {
    if let Some(known) = COMPILED.with_borrow(|it| it.get(key).map(copied)) {
        return known;
    }
    let compiled = compile();
    COMPILED.with_borrow_mut(|all| {
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(key.to_owned(), copied(&compiled));
    });
    compiled
}

fn copied(it: &Result<Regex, Refusal>) -> Result<Regex, Refusal> {
    match it {
        Ok(regex) => Ok(regex.clone()),
        Err(Refusal::Undefined) => Err(Refusal::Undefined),
        Err(Refusal::Loud(why)) => Err(Refusal::Loud(why.clone())),
    }
}

/// Compiles an expression of this library's dialect.
pub(crate) fn compiled(pattern: &str) -> Result<Regex, Refusal> {
    RegexBuilder::new(pattern).size_limit(limits::EXPRESSION).build().map_err(|it| match it {
        regex::Error::CompiledTooBig(_) => {
            too_much(format_args!("a regular expression of more than {} bytes", limits::EXPRESSION))
        }
        _ => Refusal::Undefined,
    })
}
