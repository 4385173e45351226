//! The tables of the shapes that this program defines: which kinds of which formats have `kubernetes.pod@1` and the
//! others. They are data; `palisade-shapes` interprets them.

use std::sync::LazyLock;

use palisade_shapes::{Conflict, Shapes, Tables};

/// The owner of these tables, in messages.
pub const OWNER: &str = "palisade";

/// The name and text of each file.
pub const FILES: &[(&str, &str)] = &[
    ("aws.toml", include_str!("../aws.toml")),
    ("azure.toml", include_str!("../azure.toml")),
    ("gcp.toml", include_str!("../gcp.toml")),
    ("kubernetes.toml", include_str!("../kubernetes.toml")),
];

/// The tables of all files, which are read once.
///
/// # Errors
/// If a file is not a valid table.
pub fn tables() -> Result<&'static [Tables], Conflict> {
    static TABLES: LazyLock<Result<Vec<Tables>, Conflict>> = LazyLock::new(|| {
        let read = |(name, text): &(&str, &str)| {
            toml::from_str(text).map_err(|error: toml::de::Error| Conflict::Wrong {
                id: (*name).to_owned(),
                owner: OWNER.to_owned(),
                why: error.to_string(),
            })
        };
        FILES.iter().map(read).collect()
    });
    TABLES.as_deref().map_err(Clone::clone)
}

/// The shapes of these tables and of others, each with its owner.
///
/// # Errors
/// If tables conflict, or one is invalid.
pub fn shapes_with<'a>(others: impl IntoIterator<Item = (&'a str, &'a Tables)>) -> Result<Shapes, Conflict> {
    let own = tables()?.iter().map(|it| (OWNER, it));
    Shapes::merge(own.chain(others))
}

/// The shapes of only these tables, which are built once.
///
/// # Errors
/// If the tables conflict.
pub fn shapes() -> Result<&'static Shapes, Conflict> {
    static SHAPES: LazyLock<Result<Shapes, Conflict>> = LazyLock::new(|| shapes_with([]));
    SHAPES.as_ref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::{shapes, tables};

    #[test]
    fn tables_go_together() {
        shapes().unwrap();
    }

    /// An unused companion is a leftover of a change.
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
