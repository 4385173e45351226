//! Terraform's functions (the language's *Built-in Functions* pages) and those that only OpenTofu has, a family
//! a file. Each is a row of its family's table: what it takes, what it gives, and what makes the one of the other.
//!
//! `try`, `can` and `type` look at expressions, so they are the evaluator's, and so are functions of providers.
//!
//! A function whose arguments cannot be known gives a value that cannot be known, of its type, with all that the
//! arguments refer to; those that can go on (`merge`, `lookup`, `join`, `jsonencode`, …) do.

mod arguments;
mod collection;
mod conversion;
mod encoding;
mod error;
mod expression;
mod filesystem;
mod format;
mod function;
mod hash;
mod limits;
mod list;
mod network;
mod numeric;
mod regular;
mod sets;
mod text;
mod time;
mod yaml;

use palisade_terraform_values::{Entries, Value};

pub use error::FunctionError;
pub use function::{Function, Gives, Known, Parameter, Takes};

/// What functions ask of whoever evaluates. Paths are as the call gives them, relative to where Terraform runs.
/// What is outside of the tree is [`FunctionError::ByRun`].
pub trait Host {
    /// The content of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, FunctionError>;

    /// Whether there is such a file.
    fn exists(&self, path: &str) -> Result<bool, FunctionError>;

    /// All files below a folder: relative to it, with `/` between.
    fn files_under(&self, folder: &str) -> Result<Vec<String>, FunctionError>;

    /// The text of a template with these variables; `name` is for messages.
    fn render(&self, template: &str, name: &str, variables: &Entries) -> Result<Value, FunctionError>;
}

/// The tables.
const FAMILIES: [&[Function]; 14] = [
    collection::FUNCTIONS,
    conversion::FUNCTIONS,
    encoding::FUNCTIONS,
    expression::FUNCTIONS,
    filesystem::FUNCTIONS,
    format::FUNCTIONS,
    hash::FUNCTIONS,
    list::FUNCTIONS,
    network::FUNCTIONS,
    numeric::FUNCTIONS,
    regular::FUNCTIONS,
    sets::FUNCTIONS,
    text::FUNCTIONS,
    time::FUNCTIONS,
];

/// All functions.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    FAMILIES.into_iter().flatten()
}

/// The names of all functions. Those of the evaluator (`try`, `can`, `type`) are not among them.
pub fn names() -> impl Iterator<Item = &'static str> {
    functions().map(|it| it.name)
}

/// The function of a name, with or without `core::` before it.
pub fn find(name: &str) -> Option<&'static Function> {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    functions().find(|it| it.name == plain)
}

/// Calls a function.
pub fn call(name: &str, arguments: Vec<Value>, host: &dyn Host) -> Result<Value, FunctionError> {
    match find(name) {
        Some(function) => function.call(arguments, host),
        None => Err(error::not_found(name)),
    }
}
