//! Terraform's functions (the language's *Built-in Functions* pages) and those of OpenTofu alone, one family per file.
//! Each is a row of its family's table: its parameters, its result type and its implementation.
//!
//! `try`, `can` and `type` read expressions, so the evaluator implements them. It also handles functions of providers.
//!
//! A function with unknown arguments returns an unknown value of its type, with all references of the arguments. Some
//! functions (`merge`, `lookup`, `join`, `jsonencode`, …) accept unknown values and compute a partial result.

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

/// What functions need from the evaluator. Paths are as written in the call, relative to the working directory of
/// Terraform. A path outside of the tree is [`FunctionError::ByRun`].
pub trait Host {
    /// The content of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, FunctionError>;

    /// Whether the file exists.
    fn exists(&self, path: &str) -> Result<bool, FunctionError>;

    /// All files below a folder: paths relative to it, separated by `/`.
    fn files_under(&self, folder: &str) -> Result<Vec<String>, FunctionError>;

    /// The text of a template with these variables; `name` appears in messages.
    fn render(&self, template: &str, name: &str, variables: &Entries) -> Result<Value, FunctionError>;
}

/// The tables of functions.
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

/// The names of all functions, except those of the evaluator (`try`, `can`, `type`).
pub fn names() -> impl Iterator<Item = &'static str> {
    functions().map(|it| it.name)
}

/// The function of this name, with or without the prefix `core::`.
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
