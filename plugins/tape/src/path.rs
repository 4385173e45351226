//! Paths of keys, separated by dots: `spec.template.spec`. A key that contains dots is quoted:
//! `metadata.labels."acme.com/team"`.

/// The keys of a path; none for an empty path.
#[derive(Clone, Debug)]
pub struct Keys<'p> {
    rest: Option<&'p str>,
}

/// Splits a path into its keys. An invalid path is split at its dots.
pub fn keys(path: &str) -> Keys<'_> {
    Keys { rest: Some(path).filter(|it| !it.is_empty()) }
}

impl<'p> Iterator for Keys<'p> {
    type Item = &'p str;

    fn next(&mut self) -> Option<&'p str> {
        let rest = self.rest?;
        let quoted = rest.strip_prefix('"').and_then(|it| it.split_once('"'));
        if let Some((key, after)) = quoted.filter(|(_, after)| after.is_empty() || after.starts_with('.')) {
            self.rest = after.strip_prefix('.');
            return Some(key);
        }
        let (key, after) = rest.split_once('.').map_or((rest, None), |(key, after)| (key, Some(after)));
        self.rest = after;
        Some(key)
    }
}

impl<'p> Keys<'p> {
    /// The rest of the path.
    pub fn rest(&self) -> &'p str {
        self.rest.unwrap_or("")
    }
}

/// Why a path is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// Two dots in a row, or one at an end.
    EmptyKey,
    /// A quote that does not enclose a whole key.
    Quote,
}

impl std::fmt::Display for PathError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PathError::EmptyKey => "it has an empty key: write one dot between two keys",
            PathError::Quote => "a quote does not stand around a whole key: write `labels.\"acme.com/team\"`",
        })
    }
}

impl std::error::Error for PathError {}

/// Checks whether a path is valid; an empty one is the value itself.
///
/// # Errors
/// If the path is invalid.
pub fn check(path: &str) -> Result<(), PathError> {
    for key in keys(path) {
        if key.is_empty() {
            return Err(PathError::EmptyKey);
        }
        if key.contains('"') {
            return Err(PathError::Quote);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{PathError, check, keys};

    #[test]
    fn paths_are_cut_into_keys() {
        for (path, expected) in [
            ("", &[][..]),
            ("spec", &["spec"]),
            ("spec.hostNetwork", &["spec", "hostNetwork"]),
            ("metadata.labels.\"acme.com/team\"", &["metadata", "labels", "acme.com/team"]),
            ("\"a.b\".c.\"d.e\"", &["a.b", "c", "d.e"]),
            ("a.\"b\"", &["a", "b"]),
        ] {
            assert_eq!(keys(path).collect::<Vec<_>>(), expected, "{path}");
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for (path, expected) in [
            (".", PathError::EmptyKey),
            ("a..b", PathError::EmptyKey),
            ("a.", PathError::EmptyKey),
            (".a", PathError::EmptyKey),
            ("\"\"", PathError::EmptyKey),
            ("a.\"\".b", PathError::EmptyKey),
            ("\"a", PathError::Quote),
            ("a\"", PathError::Quote),
            ("\"a\"b", PathError::Quote),
            ("a.\"b.c\"d", PathError::Quote),
        ] {
            assert_eq!(check(path), Err(expected), "{path}");
        }
    }

    proptest! {
        /// Joined keys are split again; nothing panics.
        #[test]
        fn quoted_keys_come_back(all in prop::collection::vec("[^\"]{1,6}", 1..5), any in ".{0,20}") {
            let path = all.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(".");
            prop_assert_eq!(check(&path), Ok(()));
            prop_assert_eq!(keys(&path).collect::<Vec<_>>(), all);
            let _ = (check(&any), keys(&any).count());
        }
    }
}
