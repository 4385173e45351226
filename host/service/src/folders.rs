//! The folders of a Git source.

use palisade_source::TreePath;

use crate::error::ServiceError;

/// The most folders of a source.
const MOST: usize = 100;

/// Normalises folders as the user wrote them: `/` is the whole repository; a folder within another one of the list is
/// removed, so that nothing is judged twice.
///
/// # Errors
/// The first invalid folder, and the reason.
pub fn normalised(folders: &[String]) -> Result<Vec<TreePath>, ServiceError> {
    let wrong = |why: String| ServiceError::invalid("folders", why);
    if folders.is_empty() || folders.len() > MOST {
        return Err(wrong(format!("name between 1 and {MOST} folders; `/` stands for all")));
    }
    let mut paths = Vec::new();
    for folder in folders {
        let path = TreePath::parse(folder.trim_matches('/'))
            .map_err(|error| wrong(format!("`{folder}` is an invalid folder: {error}")))?;
        paths.push(path);
    }
    paths.sort();
    let mut kept: Vec<TreePath> = Vec::new();
    for path in paths {
        if !kept.iter().any(|it| contains(it, &path)) {
            kept.push(path);
        }
    }
    Ok(kept)
}

/// A folder as users write it: `/` is the whole repository.
pub(crate) fn shown(folder: &TreePath) -> String {
    if folder.is_root() { "/".to_owned() } else { format!("/{folder}") }
}

/// Whether a path is a folder or in it.
pub(crate) fn contains(folder: &TreePath, path: &TreePath) -> bool {
    folder.is_root()
        || path
            .as_str()
            .strip_prefix(folder.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn folders_are_normalised() {
        let check = |folders: &[&str]| {
            let folders: Vec<String> = folders.iter().map(|it| (*it).to_owned()).collect();
            match normalised(&folders) {
                Ok(paths) => paths.iter().map(super::shown).collect::<Vec<_>>().join(" "),
                Err(error) => error.to_string(),
            }
        };
        for (folders, expected) in [
            (&["/"][..], "/"),
            (&["/", "a"][..], "/"),
            (&["prod/", "/prod/eu", "production"][..], "/prod /production"),
            (&["b", "a", "a"][..], "/a /b"),
        ] {
            assert_eq!(check(folders), expected);
        }
        for wrong in [&[][..], &["a/../../b"][..]] {
            assert!(check(wrong).starts_with("`folders`: "), "{wrong:?}: {}", check(wrong));
        }
    }
}
