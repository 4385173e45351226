//! The tables of the shapes that this program defines: which kinds of which formats have `kubernetes.pod@1` and the
//! others. They are data; `palisade-shapes` interprets them.

use palisade_shapes::{Conflict, Shapes, Tables};

/// Who owns these tables, in messages.
pub const OWNER: &str = "palisade";

/// Name and text of each file.
pub const FILES: &[(&str, &str)] = &[
    ("aws.toml", include_str!("../aws.toml")),
    ("azure.toml", include_str!("../azure.toml")),
    ("gcp.toml", include_str!("../gcp.toml")),
    ("kubernetes.toml", include_str!("../kubernetes.toml")),
];

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

#[cfg(test)]
mod tests {
    use super::{shapes, tables};

    #[test]
    fn tables_go_together() {
        shapes().unwrap();
    }

    /// What is not looked for is left over from a change.
    #[test]
    fn each_companion_has_a_field() {
        for tables in tables().unwrap() {
            let sources = tables.define.iter().flat_map(|it| &it.from);
            let mut open: Vec<_> = sources.flat_map(|it| it.fields.values().flatten()).collect();
            let mut used = Vec::new();
            while let Some(place) = open.pop() {
                used.extend(place.of.as_deref());
                open.extend(place.fields.values().flatten());
            }
            let unused: Vec<&String> =
                tables.companion.keys().filter(|it| !used.contains(&it.as_str())).collect();
            assert_eq!(unused, Vec::<&String>::new());
        }
    }
}
