//! What happens to repositories at every provider: they begin, are forked, and their branches move.

use super::{AUTHOR, Git};
use crate::Error;

impl Git {
    /// The commit of a branch.
    pub fn tip(&self, repository: &str, branch: &str) -> Result<String, Error> {
        let found = self.resolve(repository, &format!("refs/heads/{branch}"));
        found.ok_or_else(|| Error::Absent(format!("branch `{branch}` in {repository}")))
    }

    /// Creates a repository with one commit on `main`. Returns the commit.
    pub fn begin(&self, repository: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        self.init(repository, "main")?;
        let files: Vec<_> = files.iter().map(|(path, content)| (*path, Some(*content))).collect();
        self.commit(repository, "main", None, "Begin", &files)
    }

    /// Writes files to a branch, which begins at `main` if it does not exist; a file without content is deleted. Returns
    /// the commit.
    pub fn change(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        self.commit(repository, branch, Some("refs/heads/main"), "Change", files)
    }

    /// Creates a repository with all branches of another one.
    pub fn fork(&self, repository: &str, fork: &str, default_branch: &str) -> Result<(), Error> {
        self.init(fork, default_branch)?;
        self.fetch(fork, repository, "+refs/heads/*:refs/heads/*")
    }

    /// Copies a commit or references of another repository.
    pub fn fetch(&self, repository: &str, from: &str, what: &str) -> Result<(), Error> {
        let folder = self.path(from).display().to_string();
        let fetched = self.run(repository, &["fetch", "--quiet", &folder, what]);
        fetched.map(|_| ()).ok_or_else(|| Error::Program("git", format!("{what} of {from} is not fetched")))
    }

    /// Creates a commit that merges another one into a base, and moves no branch. `None` if there are conflicts.
    pub fn merge(&self, repository: &str, base: &str, head: &str, message: &str) -> Option<String> {
        let tree = self.text(repository, &["merge-tree", "--write-tree", base, head])?;
        let [name, email] = AUTHOR;
        let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
        let author = ["-c", &name, "-c", &email];
        let commit = ["commit-tree", tree.trim(), "-p", base, "-p", head, "-m", message];
        Some(self.text(repository, &[&author[..], &commit].concat())?.trim().to_owned())
    }

    /// Creates a branch at the commit of another one, and deletes that. Returns the commit.
    pub fn rename_branch(&self, repository: &str, old: &str, new: &str) -> Result<String, Error> {
        let sha = self.tip(repository, old)?;
        self.point(repository, &format!("refs/heads/{new}"), &sha);
        self.run(repository, &["update-ref", "-d", &format!("refs/heads/{old}")]);
        Ok(sha)
    }
}
