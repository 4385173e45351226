//! A finished scan, for people and for programs. Everything here is a pure function from a report to text.

mod baseline;
mod clean;
mod json;
mod resources;
mod table;

pub use baseline::{BaselineError, Saved, saved_report};
pub use clean::clean;
pub use json::{digest, json};
pub use resources::{RESOURCES_SCHEMA, resources_json, resources_table};
pub use table::{Style, table};
