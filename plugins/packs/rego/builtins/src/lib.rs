//! Rego's builtins: those that the engine lacks; those for which its answer differs from OPA's documentation, or that
//! panic or never end in it; and the table of all.
//!
//! An extension of the engine takes precedence over a builtin of the same name, so [`register`] is all that is needed;
//! no call is rewritten. Builtins of the clock, the network and of randomness are not available: a call to one ends the
//! evaluation with the reason. What is an error of a builtin in OPA makes a call undefined here too.

/// Appends to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($what:tt)*) => {{
        use std::fmt::Write as _;
        let _ = $out.write_fmt(format_args!($($what)*));
    }};
}

mod aggregates;
mod array;
mod builtin;
mod call;
mod casts;
mod crypto;
mod decimal;
mod encoding;
mod expression;
mod glob;
mod globs;
mod graph;
mod json;
mod jwt;
mod limits;
mod net;
mod numbers;
mod object;
mod operators;
mod order;
mod paths;
mod query;
mod regular;
mod schema;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod seeds;
mod sprintf;
mod strings;
mod table;
mod time;
mod tracing;
mod units;
mod uri;
mod uuid;

use regorus::{Engine, Value};

pub use builtin::{Builtin, Status};
use call::Function;

/// The tables of the families.
const FAMILIES: &[&[Function]] = &[
    aggregates::FUNCTIONS,
    array::FUNCTIONS,
    casts::FUNCTIONS,
    crypto::FUNCTIONS,
    encoding::FUNCTIONS,
    glob::FUNCTIONS,
    graph::FUNCTIONS,
    json::FUNCTIONS,
    jwt::FUNCTIONS,
    net::FUNCTIONS,
    numbers::FUNCTIONS,
    object::FUNCTIONS,
    operators::FUNCTIONS,
    paths::FUNCTIONS,
    query::FUNCTIONS,
    regular::FUNCTIONS,
    schema::FUNCTIONS,
    sprintf::FUNCTIONS,
    strings::FUNCTIONS,
    time::FUNCTIONS,
    tracing::FUNCTIONS,
    units::FUNCTIONS,
    uri::FUNCTIONS,
    uuid::FUNCTIONS,
];

/// Why builtins could not be added to an engine.
#[derive(Debug, thiserror::Error)]
#[error("the engine already has an extension `{name}`")]
pub struct Error {
    /// The name that is used already.
    pub name: &'static str,
}

/// Every builtin that OPA's policy reference documents, by family and name.
pub fn documented() -> &'static [Builtin] {
    table::DOCUMENTED
}

/// The documented builtin of a name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    documented().iter().find(|it| it.name == name)
}

/// The names of the builtins that [`register`] adds or replaces, with the number of their arguments.
pub fn extensions() -> Vec<(String, u8)> {
    let there = |it: &&Builtin| matches!(it.status, Status::Added | Status::Replaced { .. });
    documented().iter().filter(there).filter_map(|it| Some((it.name.to_owned(), it.arity?))).collect()
}

/// Adds our builtins to an engine, and for unavailable ones a function that reports the reason. Call it once for each
/// engine; its clones have them too.
pub fn register(engine: &mut Engine) -> Result<(), Error> {
    for function in FAMILIES.iter().copied().flatten() {
        engine
            .add_extension(
                function.name.to_owned(),
                function.arity,
                Box::new(move |arguments: Vec<Value>| function.call(&arguments)),
            )
            .map_err(|_| Error { name: function.name })?;
    }
    for builtin in documented() {
        let (Status::Constant { reason } | Status::Absent { reason }, Some(arity)) =
            (builtin.status, builtin.arity)
        else {
            continue;
        };
        let name = builtin.name;
        engine
            .add_extension(
                name.to_owned(),
                arity,
                Box::new(move |_: Vec<Value>| Err(anyhow::anyhow!("`{name}` is not available: {reason}"))),
            )
            .map_err(|_| Error { name })?;
    }
    Ok(())
}
