//! Writing single objects to a repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::git::AUTHOR;
use crate::{Error, Git};

/// The entries of a tree of files: mode and blob, by path.
pub type Files = BTreeMap<String, (String, String)>;

impl Git {
    fn id(&self, repository: &str, arguments: &[&str], input: &[u8]) -> Result<String, Error> {
        self.feed(repository, arguments, input).map(|id| id.trim().to_owned())
    }

    /// Writes a blob. Returns its id.
    pub fn write_blob(&self, repository: &str, content: &[u8]) -> Result<String, Error> {
        self.id(repository, &["hash-object", "-w", "--stdin"], content)
    }

    /// All files of a tree or commit; empty if it does not exist.
    pub fn files(&self, repository: &str, tree: &str) -> Files {
        let entries = self.tree(repository, tree, true).unwrap_or_default();
        let files = entries.into_iter().filter(|one| one.kind != "tree");
        files.map(|one| (one.path, (one.mode, one.sha))).collect()
    }

    /// Writes a tree with these files. Returns its id.
    pub fn write_tree(&self, repository: &str, files: &Files) -> Result<String, Error> {
        let mut folders: BTreeMap<&str, Files> = BTreeMap::new();
        let mut rows = String::new();
        for (path, (mode, sha)) in files {
            match path.split_once('/') {
                Some((folder, rest)) => {
                    folders.entry(folder).or_default().insert(rest.to_owned(), (mode.clone(), sha.clone()));
                }
                None => writeln!(rows, "{mode} blob {sha}\t{path}").unwrap(),
            }
        }
        for (folder, files) in folders {
            let tree = self.write_tree(repository, &files)?;
            writeln!(rows, "040000 tree {tree}\t{folder}").unwrap();
        }
        self.id(repository, &["mktree"], rows.as_bytes())
    }

    /// Writes a commit. Returns its id.
    pub fn write_commit(
        &self,
        repository: &str,
        tree: &str,
        parents: &[&str],
        message: &str,
    ) -> Result<String, Error> {
        let [name, email] = AUTHOR.map(str::to_owned);
        let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
        let mut arguments = vec!["-c", &name, "-c", &email, "commit-tree", tree, "-F", "-"];
        arguments.extend(parents.iter().flat_map(|parent| ["-p", parent]));
        self.id(repository, &arguments, message.as_bytes())
    }
}
