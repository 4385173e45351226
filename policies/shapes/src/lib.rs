//! The tables of the shapes that this program defines: which kinds of which formats have `kubernetes.pod@1` and the
//! others. They are data; `palisade-shapes` interprets them.

use palisade_shapes::{Conflict, Shapes, Tables};

/// Who owns these tables, in messages.
pub const OWNER: &str = "palisade";

/// Name and text of each file.
pub const FILES: &[(&str, &str)] =
    &[("aws.toml", include_str!("../aws.toml")), ("kubernetes.toml", include_str!("../kubernetes.toml"))];

/// The tables of all files.
///
/// # Errors
/// Where a file cannot be read as tables.
pub fn tables() -> Result<Vec<Tables>, Conflict> {
    let read = |(name, text): &(&str, &str)| {
        toml::from_str(text).map_err(|error: toml::de::Error| Conflict::Wrong {
            id: (*name).to_owned(),
            owner: OWNER.to_owned(),
            why: error.to_string(),
        })
    };
    FILES.iter().map(read).collect()
}

/// The shapes of these tables alone.
///
/// # Errors
/// Where the tables contradict each other.
pub fn shapes() -> Result<Shapes, Conflict> {
    let tables = tables()?;
    Shapes::merge(tables.iter().map(|it| (OWNER, it)))
}
