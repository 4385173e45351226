//! The tree that would be scanned.

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
                "let this user read the folder",
            );
        }
    };
    match RepositoryConfig::find(&snapshot, inside) {
        Ok(config) if config.path.is_empty() => Check::ok(NAME, "there is none; the defaults hold"),
        Ok(config) => Check::ok(NAME, format!("`{}` is right", config.path)),
        Err(error) => Check::problem(NAME, error.to_string(), "mend the file: no scan runs without it"),
    }
}

fn git(git: Option<&Path>) -> Check {
    const NAME: &str = "git";
    let Some(git) = git else {
        return Check::ok(NAME, "no repository here: the files are scanned, `--rev` has nothing to read");
    };
    let shown = git.display();
    match CommitSnapshot::open(git, "HEAD", Limits::default()) {
        Ok(_) => Check::ok(NAME, format!("the repository of `{shown}` can be read")),
        Err(error) => Check::warning(
            NAME,
            format!("the commit HEAD of `{shown}` cannot be read: {:#}", anyhow::anyhow!(error)),
            "commit something, or run `git fsck` where that was done; files are scanned all the same",
        ),
    }
}

/// All checks of this file.
pub(super) fn checks(path: &Path) -> Vec<Check> {
    match find_root(path) {
        Err(error) => vec![Check::problem("tree", error.to_string(), "give a folder that can be read")],
        Ok(found) => vec![config(&found.root, &found.inside), git(found.git.as_deref())],
    }
}
