//! Paths inside a tree: relative, normalised, with `/`.

use std::fmt;

/// A path inside a tree. It is normalised, so two paths are equal exactly if they name the same place, and it never
/// leads out of the tree.
///
/// A backslash is an ordinary character of a name, as in the names of systemd units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreePath(String);

/// Why a text is not a valid path inside a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It begins with `/`.
    #[error("the path is absolute: give it relative to the tree's root, without a leading `/`")]
    Absolute,
    /// A `..` leads above the root.
    #[error("the path leads above the tree's root: use fewer `..`")]
    AboveRoot,
    /// It contains a NUL.
    #[error("the path contains a NUL character: rename the file")]
    Nul,
}

impl TreePath {
    /// The root of the tree, `""`.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Parses and normalises a text: `.`, `..` and empty components are resolved as text, without following links.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::root().join(text)
    }

    /// This path followed by a relative one, resolved as by [`TreePath::parse`].
    pub fn join(&self, relative: &str) -> Result<Self, PathError> {
        if relative.starts_with('/') {
            return Err(PathError::Absolute);
        }
        if relative.contains('\0') {
            return Err(PathError::Nul);
        }
        let mut path = self.0.clone();
        for component in relative.split('/') {
            match component {
                "" | "." => {}
                ".." if path.is_empty() => return Err(PathError::AboveRoot),
                ".." => path.truncate(path.rfind('/').unwrap_or(0)),
                name => push(&mut path, name),
            }
        }
        Ok(Self(path))
    }

    /// This path followed by one name. The name must be a single component, as in a listing.
    pub(crate) fn child(&self, name: &str) -> Self {
        debug_assert!(is_name(name), "{name:?} is not a single component");
        let mut path = String::with_capacity(self.0.len() + 1 + name.len());
        path.push_str(&self.0);
        push(&mut path, name);
        Self(path)
    }

    /// The folder it is in; none for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(self.0.rfind('/').and_then(|end| self.0.get(..end)).unwrap_or_default().to_owned()))
    }

    /// Its last component; none for the root.
    pub fn name(&self) -> Option<&str> {
        if self.is_root() { None } else { self.0.rsplit('/').next() }
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path as text, `""` for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its components, from the root down.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// The rest of this path below a folder: `""` for the folder itself, none if it is not below the folder.
    pub fn below(&self, folder: &TreePath) -> Option<&str> {
        let rest = self.0.strip_prefix(&folder.0)?;
        if rest.is_empty() || folder.is_root() { Some(rest) } else { rest.strip_prefix('/') }
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

/// Whether a text is a single component of a path.
pub(crate) fn is_name(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && !text.contains(['/', '\0'])
}

/// Whether a name is `.git`, which is not part of a tree. Git ignores case here, so that no commit can create such a
/// folder on a file system that ignores case.
pub(crate) fn is_git(name: &str) -> bool {
    name.eq_ignore_ascii_case(".git")
}

fn push(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_normalised() {
        use PathError::{AboveRoot, Absolute, Nul};
        let table: &[(&str, Result<&str, PathError>)] = &[
            ("", Ok("")),
            (".", Ok("")),
            ("a", Ok("a")),
            ("a/b", Ok("a/b")),
            ("./a//b/", Ok("a/b")),
            ("a/../b", Ok("b")),
            ("a/b/../../c", Ok("c")),
            ("a/..", Ok("")),
            ("...", Ok("...")),
            ("a/..b/.c", Ok("a/..b/.c")),
            ("a\\b", Ok("a\\b")),
            ("..\\a", Ok("..\\a")),
            ("ä/日本", Ok("ä/日本")),
            (" ", Ok(" ")),
            ("..", Err(AboveRoot)),
            ("a/../..", Err(AboveRoot)),
            ("a/../../a", Err(AboveRoot)),
            ("/", Err(Absolute)),
            ("/a", Err(Absolute)),
            ("//a", Err(Absolute)),
            ("a\0b", Err(Nul)),
        ];
        for (text, expected) in table {
            let found = TreePath::parse(text);
            assert_eq!(found.as_ref().map(TreePath::as_str), expected.as_ref().map(|path| *path), "{text:?}");
        }
    }

    #[test]
    fn a_path_knows_its_parts() {
        let path = TreePath::parse("a/b/c").unwrap();
        assert_eq!(path.name(), Some("c"));
        assert_eq!(path.parent(), Some(TreePath::parse("a/b").unwrap()));
        assert_eq!(path.components().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(path.join("../d").unwrap().as_str(), "a/b/d");
        assert_eq!(path.join("/d"), Err(PathError::Absolute));
        assert_eq!(path.join("../../../.."), Err(PathError::AboveRoot));
        assert_eq!(path.below(&TreePath::parse("a").unwrap()), Some("b/c"));
        assert_eq!(path.below(&TreePath::root()), Some("a/b/c"));
        assert_eq!(path.below(&path), Some(""));
        assert_eq!(path.below(&TreePath::parse("a/b/cc").unwrap()), None);
        assert_eq!(TreePath::parse("a/bc").unwrap().below(&TreePath::parse("a/b").unwrap()), None);

        let root = TreePath::root();
        assert_eq!((root.name(), root.parent(), root.components().count()), (None, None, 0));
        assert_eq!((root.to_string(), root.as_str()), (".".to_owned(), ""));
        assert_eq!(TreePath::parse("a").unwrap().parent(), Some(root));
    }

    #[test]
    fn paths_are_in_the_order_of_their_bytes() {
        let mut paths: Vec<_> =
            ["b", "a/b", "a.b", "a", "Z", "ä", "a-b/c"].map(|text| TreePath::parse(text).unwrap()).into();
        paths.sort();
        let texts: Vec<_> = paths.iter().map(TreePath::as_str).collect();
        assert_eq!(texts, ["Z", "a", "a-b/c", "a.b", "a/b", "b", "ä"]);
    }

    #[test]
    fn the_name_of_git_is_told_without_case() {
        assert!(is_git(".git") && is_git(".GIT") && is_git(".Git"));
        assert!(!is_git(".gitignore") && !is_git("git") && !is_git(".github"));
    }
}
