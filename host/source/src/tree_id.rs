//! Computes the id that Git gives a tree from its files, to check that an archive contains all of a commit.

use std::collections::BTreeMap;

use gix::object::Kind;
use gix::{ObjectId, hash};

use crate::snapshot::ReadError;

/// Collects files and links.
#[derive(Debug, Default)]
pub struct TreeId(Folder);

/// Entries by name, in the order of their bytes.
#[derive(Debug, Default)]
struct Folder(BTreeMap<String, Node>);

#[derive(Debug)]
enum Node {
    Folder(Folder),
    Leaf { mode: &'static str, id: ObjectId },
}

fn object(kind: Kind, bytes: &[u8]) -> Result<ObjectId, ReadError> {
    gix::objs::compute_hash(hash::Kind::Sha1, kind, bytes)
        .map_err(|error| ReadError::Unreadable(format!("its id cannot be computed: {error}")))
}

impl TreeId {
    /// Adds a file, which may be executable.
    ///
    /// # Errors
    /// If the bytes are a collision of a known attack on SHA-1.
    pub fn file(&mut self, path: &str, can_be_run: bool, bytes: &[u8]) -> Result<(), ReadError> {
        let mode = if can_be_run { "100755" } else { "100644" };
        self.add(path, Node::Leaf { mode, id: object(Kind::Blob, bytes)? });
        Ok(())
    }

    /// Adds a link.
    ///
    /// # Errors
    /// As for a file.
    pub fn link(&mut self, path: &str, target: &str) -> Result<(), ReadError> {
        self.add(path, Node::Leaf { mode: "120000", id: object(Kind::Blob, target.as_bytes())? });
        Ok(())
    }

    fn add(&mut self, path: &str, node: Node) {
        let mut folder = &mut self.0;
        let mut rest = path;
        while let Some((name, below)) = rest.split_once('/') {
            let entry = folder.0.entry(name.to_owned()).or_insert_with(|| Node::Folder(Folder::default()));
            if let Node::Leaf { .. } = entry {
                // A folder replaces a file of the same name: the ids then differ, as they should.
                *entry = Node::Folder(Folder::default());
            }
            let Node::Folder(next) = entry else { return };
            (folder, rest) = (next, below);
        }
        folder.0.insert(rest.to_owned(), node);
    }

    /// The id in hexadecimal, as Git prints it.
    ///
    /// # Errors
    /// As for a file.
    pub fn id(&self) -> Result<String, ReadError> {
        Ok(self.0.id()?.to_string())
    }
}

impl Folder {
    fn id(&self) -> Result<ObjectId, ReadError> {
        let mut rows = Vec::new();
        for (name, node) in &self.0 {
            rows.push(match node {
                Node::Leaf { mode, id } => (name.clone(), *mode, name, *id),
                // Folders are sorted as if their names ended with a slash (`base_name_compare` of Git).
                Node::Folder(folder) => (format!("{name}/"), "40000", name, folder.id()?),
            });
        }
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        let mut tree = Vec::new();
        for (_, mode, name, id) in rows {
            tree.extend_from_slice(mode.as_bytes());
            tree.push(b' ');
            tree.extend_from_slice(name.as_bytes());
            tree.push(0);
            tree.extend_from_slice(id.as_slice());
        }
        object(Kind::Tree, &tree)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::TreeId;

    #[test]
    fn it_is_what_git_says() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let done = Command::new("git").current_dir(&folder).args(arguments).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "-q"]);
        let mut tree = TreeId::default();
        for (path, can_be_run) in
            [("a.tf", false), ("a/b", true), ("a-b", false), ("a0", false), ("a/c/d", false), ("é", false)]
        {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, path).unwrap();
            git(&["add", path]);
            if can_be_run {
                git(&["update-index", "--chmod=+x", path]);
            }
            tree.file(path, can_be_run, path.as_bytes()).unwrap();
        }
        std::os::unix::fs::symlink("a/b", folder.path().join("link")).unwrap();
        git(&["add", "link"]);
        tree.link("link", "a/b").unwrap();
        assert_eq!(tree.id().unwrap(), git(&["write-tree"]));
        tree.link("more", "a").unwrap();
        assert_ne!(tree.id().unwrap(), git(&["write-tree"]));
    }
}
