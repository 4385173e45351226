//! Regular expressions in Go's syntax, as in OPA. Each is translated, compiled with a size limit and cached.

use std::cell::RefCell;
use std::collections::HashMap;

use palisade_go::regular;
use regex::{Regex, RegexBuilder};

use crate::call::{Refusal, too_much};
use crate::limits;

/// Maximum number of cached expressions.
const KEPT: usize = 256;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Result<Regex, Refusal>>> = RefCell::default();
}

/// Compiles an expression in Go's syntax.
pub(crate) fn go(pattern: &str) -> Result<Regex, Refusal> {
    kept(pattern, || compiled(&regular::translate(pattern).map_err(|_| Refusal::Undefined)?))
}

/// The cached expression of a key, compiled if there is none.
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

/// Compiles an expression in the syntax of the crate `regex`.
pub(crate) fn compiled(pattern: &str) -> Result<Regex, Refusal> {
    RegexBuilder::new(pattern).size_limit(limits::EXPRESSION).build().map_err(|it| match it {
        regex::Error::CompiledTooBig(_) => {
            too_much(format_args!("a regular expression of more than {} bytes", limits::EXPRESSION))
        }
        _ => Refusal::Undefined,
    })
}
