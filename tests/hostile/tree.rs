//! The tree that is scanned, with secrets outside of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use palisade_source::{Content, Entry, FolderSnapshot, Limits, ReadError, Snapshot, TreePath};
use tempfile::TempDir;

use crate::support::guests;

/// The content of files outside the tree. No guest may ever read it.
pub(crate) const SECRET: &str = "the-secret-outside-the-tree";

/// A file that exists, and whose read does not end until it is released.
pub(crate) const NEVER: &str = "never";

const FILES: &[(&str, &str)] = &[
    (
        "app/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      \
         hostNetwork: true\n      containers:\n        - name: web\n          image: web:latest\n          \
         securityContext:\n            privileged: true\n",
    ),
    (
        "app/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: job\nspec:\n  hostPID: true\n  containers:\n    - name: job\n      \
         image: job@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
    ),
    (
        "app/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  colour: green\n",
    ),
    (
        "app/both.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: both\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \
         beside\n",
    ),
    (
        "odd/\u{1b}[2J.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"\\e[2J\"\nspec:\n  hostPID: true\n",
    ),
    ("apart/one-apart-panics.bait", "bait\n"),
    ("apart/other-apart-panics.bait", "bait\n"),
    (NEVER, "late\n"),
];

/// A folder of good manifests, a file for each guest, and links that lead out of the tree.
pub(crate) struct Tree {
    /// Deleted at the end.
    _folder: TempDir,
    snapshot: Arc<Patient>,
}

impl Tree {
    /// Creates the tree in a temporary folder.
    pub(crate) fn new() -> Tree {
        let folder = TempDir::new().unwrap();
        let root = folder.path().join("tree");
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::write(root.join(".git/config"), SECRET).unwrap();
        fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
        fs::create_dir(root.join("app")).unwrap();
        fs::create_dir(root.join("odd")).unwrap();
        fs::create_dir(root.join("apart")).unwrap();
        for (path, text) in FILES {
            fs::write(root.join(path), text).unwrap();
        }
        for name in guests() {
            fs::write(root.join(format!("{}.bait", name.replace('_', "-"))), "bait\n").unwrap();
        }
        links(&root, folder.path());
        let inner = FolderSnapshot::open(&root, Limits::default()).unwrap();
        let snapshot = Arc::new(Patient { inner, released: Mutex::new(false), bell: Condvar::new() });
        Tree { _folder: folder, snapshot }
    }

    /// The tree as a snapshot.
    pub(crate) fn snapshot(&self) -> Arc<dyn Snapshot> {
        Arc::clone(&self.snapshot) as Arc<dyn Snapshot>
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // The runtime waits for blocked threads at its end.
        *self.snapshot.released.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.snapshot.bell.notify_all();
    }
}

fn links(root: &Path, outside: &Path) {
    symlink("../secret.txt", root.join("link-out")).unwrap();
    symlink(outside.join("secret.txt"), root.join("link-absolute")).unwrap();
    symlink("..", root.join("link-folder")).unwrap();
    symlink("link-round", root.join("link-round")).unwrap();
    symlink("link-out", root.join("link-chain")).unwrap();
}

/// A folder in which the read of one file does not end.
struct Patient {
    inner: FolderSnapshot,
    released: Mutex<bool>,
    bell: Condvar,
}

impl Snapshot for Patient {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        self.inner.list(folder)
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        self.inner.stat(path)
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        if path.as_str() == NEVER {
            let released = self.released.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.bell.wait_while(released, |released| !*released));
        }
        self.inner.read(path)
    }

    fn revision(&self) -> Option<&str> {
        None
    }

    fn ignores(&self, _: &TreePath) -> Option<bool> {
        None
    }
}
