//! Terraform's values and types (the language's *Types and Values* page, and the library `cty` behind it), with
//! what only a scanner needs beside them: where a value came from, and what is known of one that cannot be
//! known yet.

mod number;
mod types;
mod unknown;
mod value;

pub use number::Number;
pub use types::{Attribute, Type};
pub use unknown::{Part, Unknown};
pub use value::{Data, Entries, NO_ORIGIN, Text, Value};
