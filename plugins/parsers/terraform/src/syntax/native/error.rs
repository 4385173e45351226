//! What hcl-edit says, in our words.

use hcl_edit::parser::Error;

use super::small;
use crate::syntax::SyntaxError;

/// The error of hcl-edit as ours.
pub(in crate::syntax) fn worded(error: &Error, text: &str) -> SyntaxError {
    SyntaxError { at: small(error.location().offset()), message: format!("{}: {}", error.message(), text.len()) }
}
