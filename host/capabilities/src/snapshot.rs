//! The tree that is scanned, as a guest sees it, with a record of everything it looked at.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use palisade_source::{Content, Digest, Entry, ReadError, Snapshot, TreePath};

/// A tree that can be waited for: a disk that hangs must not hold up more than the one call.
#[async_trait]
pub trait TreeAccess: Send + Sync {
    /// The names in a folder, sorted.
    async fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError>;
    /// What a path stands for, links followed.
    async fn stat(&self, path: &str) -> Result<Option<Entry>, ReadError>;
    /// The bytes of a file, links followed.
    async fn read(&self, path: &str) -> Result<Content, ReadError>;
}

/// What a path was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Was {
    /// A file with this digest.
    File(Digest),
    /// A folder whose names have this digest.
    Folder(Digest),
    /// Something that was only asked for, not read.
    Present,
    /// Nothing.
    Absent,
    /// Something that could not be read.
    Unreadable,
}

/// All that was looked at, absences too: the result depends on nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadSet(BTreeMap<String, Was>);

impl ReadSet {
    /// Path and what it was, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Was)> {
        self.0.iter().map(|(path, was)| (path.as_str(), was))
    }

    /// How many paths.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was looked at.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn record(&mut self, path: &str, was: Was) {
        // Having read a file says more than having asked for it.
        match self.0.get(path) {
            Some(Was::File(_) | Was::Folder(_)) if was == Was::Present => {}
            _ => {
                self.0.insert(path.to_owned(), was);
            }
        }
    }
}

/// A snapshot, seen through one call of a guest.
pub struct SnapshotView {
    snapshot: Arc<dyn Snapshot>,
    seen: Mutex<ReadSet>,
}

impl SnapshotView {
    /// A view with an empty record.
    pub fn new(snapshot: Arc<dyn Snapshot>) -> SnapshotView {
        SnapshotView { snapshot, seen: Mutex::default() }
    }

    /// What was looked at so far.
    pub fn read_set(&self) -> ReadSet {
        self.seen().clone()
    }

    fn seen(&self) -> MutexGuard<'_, ReadSet> {
        // A panic while recording leaves the map whole.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        path: &str,
        work: impl FnOnce(&dyn Snapshot, &TreePath) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let path = TreePath::parse(path).map_err(|_| ReadError::Outside)?;
        let snapshot = Arc::clone(&self.snapshot);
        match tokio::task::spawn_blocking(move || work(snapshot.as_ref(), &path)).await {
            Ok(result) => result,
            Err(error) => Err(ReadError::Unreadable(format!("reading stopped: {error}"))),
        }
    }
}

fn names(entries: &[Entry]) -> Digest {
    let mut text = String::new();
    for entry in entries {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:?} {}", entry.kind, entry.name);
    }
    Digest::of(text.as_bytes())
}

#[async_trait]
impl TreeAccess for SnapshotView {
    async fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let result = self.blocking(folder, |snapshot, path| snapshot.list(path)).await;
        let was = match &result {
            Ok(entries) => Was::Folder(names(entries)),
            Err(ReadError::Absent) => Was::Absent,
            Err(_) => Was::Unreadable,
        };
        self.seen().record(folder, was);
        result
    }

    async fn stat(&self, path: &str) -> Result<Option<Entry>, ReadError> {
        let result = self.blocking(path, |snapshot, path| snapshot.stat(path)).await;
        let was = match &result {
            Ok(Some(_)) => Was::Present,
            Ok(None) => Was::Absent,
            Err(_) => Was::Unreadable,
        };
        self.seen().record(path, was);
        result
    }

    async fn read(&self, path: &str) -> Result<Content, ReadError> {
        let result = self.blocking(path, |snapshot, path| snapshot.read(path)).await;
        let was = match &result {
            Ok(content) => Was::File(content.digest),
            Err(ReadError::Absent) => Was::Absent,
            Err(_) => Was::Unreadable,
        };
        self.seen().record(path, was);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_source::{FolderSnapshot, Limits};

    /// What was looked at, a line each.
    fn shown(view: &SnapshotView) -> Vec<String> {
        let kind = |was: &Was| match was {
            Was::File(_) => "file",
            Was::Folder(_) => "folder",
            Was::Present => "present",
            Was::Absent => "absent",
            Was::Unreadable => "unreadable",
        };
        view.read_set().iter().map(|(path, was)| format!("{path} {}", kind(was))).collect()
    }

    #[tokio::test]
    async fn everything_that_was_looked_at_is_recorded_absences_too() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("modules")).unwrap();
        std::fs::write(folder.path().join("main.tf"), "a").unwrap();
        let snapshot = || Arc::new(FolderSnapshot::open(folder.path(), Limits::default()).unwrap());
        let view = SnapshotView::new(snapshot());
        view.read("main.tf").await.unwrap();
        // Asking after reading says nothing new.
        view.stat("main.tf").await.unwrap();
        view.stat("modules").await.unwrap();
        view.list("").await.unwrap();
        view.read("prod.auto.tfvars").await.unwrap_err();
        view.read("modules").await.unwrap_err();
        view.read("../outside").await.unwrap_err();
        assert_eq!(
            shown(&view),
            [
                " folder",
                "../outside unreadable",
                "main.tf file",
                "modules unreadable",
                "prod.auto.tfvars absent"
            ]
        );

        // What was recorded changes with what is there, and only then.
        let looks = async || {
            let view = SnapshotView::new(snapshot());
            let _ = (view.list("").await, view.read("main.tf").await, view.stat("prod.auto.tfvars").await);
            view.read_set()
        };
        let before = looks().await;
        assert_eq!(before, looks().await);
        std::fs::write(folder.path().join("main.tf"), "b").unwrap();
        let changed = looks().await;
        assert_ne!(before, changed, "another content");
        std::fs::write(folder.path().join("prod.auto.tfvars"), "").unwrap();
        assert_ne!(changed, looks().await, "an absence no more");
    }
}
