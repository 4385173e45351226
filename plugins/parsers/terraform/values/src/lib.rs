//! Terraform's values and types (the language's *Types and Values* page, and the library `cty` behind it), with
//! what only a scanner needs beside them: where a value came from, and what is known of one that cannot be
//! known yet.

mod convert;
mod json;
mod number;
pub mod operators;
mod order;
mod traverse;
mod types;
mod unify;
mod unknown;
mod value;

pub use convert::{ConvertError, convert, to_text, unify};
pub use json::{JsonError, from_json, to_json};
pub use number::Number;
pub use operators::OperatorError;
pub use order::order;
pub use traverse::{StepError, attribute, index};
pub use types::{Attribute, Type};
pub use unify::{common_type, type_of};
pub use unknown::{Part, Unknown};
pub use value::{Data, Entries, Held, NO_ORIGIN, NullOf, Text, Value, is_printable};
