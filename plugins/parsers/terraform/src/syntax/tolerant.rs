//! What Terraform accepts and hcl-edit refuses.

use hcl_edit::parser::Error;

use super::SyntaxError;
use super::native::worded;

pub(super) fn read<T>(text: &str, parse: fn(&str) -> Result<T, Error>) -> Result<T, SyntaxError> {
    parse(text).map_err(|error| worded(&error, text))
}

pub(super) fn read_template(text: &str) -> Result<hcl_edit::template::Template, SyntaxError> {
    read(text, hcl_edit::parser::parse_template)
}
