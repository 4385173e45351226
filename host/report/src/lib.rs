//! A finished scan, for people and for programs. Everything here is a pure function from a report to text.

mod baseline;
mod check;
mod clean;
mod controls;
mod diff;
mod escape;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod resources;
mod sarif;
mod schema;
mod table;
mod words;

pub use baseline::{BaselineError, Saved, saved_report};
pub use check::{CheckPart, check_annotations, check_body, check_failed};
pub use clean::{clean, cut};
pub use controls::{control_page, control_page_name, controls_index};
pub use github::github;
pub use gitlab::gitlab;
pub use json::{digest, json, write_json};
pub use junit::junit;
pub use markdown::markdown;
pub use resources::{RESOURCES_SCHEMA, resources_json, resources_table};
pub use sarif::{SarifFor, sarif};
pub use schema::REPORT_SCHEMA;
pub use table::{Style, table};
pub use words::some_of;
