//! Checks of the tree that would be scanned.

use std::path::Path;

use palisade_scan::RepositoryConfig;
use palisade_source::{CommitSnapshot, FolderSnapshot, Limits, find_root};

use super::Check;

fn config(root: &Path, inside: &palisade_source::TreePath) -> Check {
    const NAME: &str = "palisade.toml";
    let snapshot = match FolderSnapshot::open(root, Limits::default()) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            return Check::problem(
                NAME,
                format!("{:#}", anyhow::anyhow!(error)),
                "make the folder readable for this user",
            );
        }
    };
    match RepositoryConfig::find(&snapshot, inside) {
        Ok(config) if config.path.is_empty() => Check::ok(NAME, "not found: the defaults apply"),
        Ok(config) => Check::ok(NAME, format!("`{}` is valid", config.path)),
        Err(error) => Check::problem(NAME, error.to_string(), "fix the file: every scan reads it"),
    }
}

fn git(git: Option<&Path>) -> Check {
    const NAME: &str = "git";
    let Some(git) = git else {
        return Check::ok(NAME, "no repository found: the files are scanned, `--rev` is not available");
    };
    let shown = git.display();
    match CommitSnapshot::open(git, "HEAD", Limits::default()) {
        Ok(_) => Check::ok(NAME, format!("the repository of `{shown}` is readable")),
        Err(error) => Check::warning(
            NAME,
            format!("the commit HEAD of `{shown}` cannot be read: {:#}", anyhow::anyhow!(error)),
            "create a first commit, or run `git fsck`; scans of the files are not affected",
        ),
    }
}

/// All checks of this file.
pub(super) fn checks(path: &Path) -> Vec<Check> {
    match find_root(path) {
        Err(error) => vec![Check::problem("tree", error.to_string(), "give a readable folder")],
        Ok(found) => vec![config(&found.root, &found.inside), git(found.git.as_deref())],
    }
}
