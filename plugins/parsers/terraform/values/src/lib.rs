//! Terraform's values and types (the language's *Types and Values* page, and its library `cty`), with additional data
//! for scanners: the origin of a value, and what is known of a value that is not known yet.

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
