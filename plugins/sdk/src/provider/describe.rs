//! Parts of the description of an adapter, from tables.

use super::{Permission, StatusText, Step};

/// Permissions, from their name, the place where they are set, their purpose, and whether they are required.
pub fn permissions(table: &[(&str, &str, &str, bool)]) -> Vec<Permission> {
    let permission = |(name, place, purpose, required): &(&str, &str, &str, bool)| Permission {
        name: (*name).to_owned(),
        place: (*place).to_owned(),
        purpose: (*purpose).to_owned(),
        required: *required,
    };
    table.iter().map(permission).collect()
}

/// The titles of statuses, from the status, its title, and the remediation, which may be empty.
pub fn statuses(table: &[(&str, &str, &str)]) -> Vec<StatusText> {
    let status = |(status, label, fix): &(&str, &str, &str)| StatusText {
        status: (*status).to_owned(),
        label: (*label).to_owned(),
        fix: (*fix).to_owned(),
    };
    table.iter().map(status).collect()
}

/// The statuses of a connection that works or does not.
pub const ACTIVE_OR_ERROR: [(&str, &str, &str); 2] = [("active", "Active", ""), ("error", "Error", "")];

/// A step at the provider that precedes the settings; its text is Markdown.
pub fn step(title: &str, text: impl Into<String>) -> Step {
    Step { title: title.to_owned(), text: text.into() }
}
