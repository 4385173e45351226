//! The scanned tree as a guest sees it, with a record of everything that it accessed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use palisade_source::{Content, Digest, Entry, ReadError, Snapshot, TreePath};

use crate::ahead::{Ahead, trip};

/// A tree with asynchronous access: a disk that hangs must not block more than the one call.
#[async_trait]
pub trait TreeAccess: Send + Sync {
    /// Lists the entries of a folder, sorted by name.
    async fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError>;
    /// Returns the entry at a path; links are followed.
    async fn stat(&self, path: &str) -> Result<Option<Entry>, ReadError>;
    /// Reads a file; links are followed.
    async fn read(&self, path: &str) -> Result<Content, ReadError>;
}

/// The kinds of access to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// List the entries of a folder.
    List,
    /// Get the kind and size of an entry.
    Stat,
    /// Read the bytes of a file.
    Read,
}

/// The state of a path when it was accessed: enough to detect any change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Was {
    /// A file with this digest.
    File(Digest),
    /// A folder whose names, kinds and sizes have this digest.
    Folder(Digest),
    /// An entry that was not read: the digest of its kind and size.
    Present(Digest),
    /// The path does not exist.
    Absent,
    /// An entry that cannot be read: too large, of the wrong kind, outside of the tree. The digest of the reason.
    Refused(Digest),
    /// A temporary failure to read the entry.
    Unreadable,
}

impl Was {
    fn listed(answer: &Result<Vec<Entry>, ReadError>) -> Was {
        answer.as_ref().map_or_else(Was::error, |entries| Was::Folder(digest(entries)))
    }

    fn found(answer: &Result<Option<Entry>, ReadError>) -> Was {
        match answer {
            Ok(Some(entry)) => Was::Present(digest(std::slice::from_ref(entry))),
            Ok(None) => Was::Absent,
            Err(error) => Was::error(error),
        }
    }

    fn read(answer: &Result<Content, ReadError>) -> Was {
        answer.as_ref().map_or_else(Was::error, |content| Was::File(content.digest))
    }

    fn error(error: &ReadError) -> Was {
        match error {
            ReadError::Absent => Was::Absent,
            ReadError::WrongKind | ReadError::Outside | ReadError::TooLarge(_) | ReadError::NotText(_) => {
                Was::Refused(Digest::of(error.to_string().as_bytes()))
            }
            ReadError::Changed | ReadError::Unreadable(_) => Was::Unreadable,
        }
    }
}

fn digest(entries: &[Entry]) -> Digest {
    let mut text = String::new();
    for entry in entries {
        // Writing to a string cannot fail. Names contain no NUL.
        let _ = write!(text, "{:?} {} {}\0", entry.kind, entry.size, entry.name);
    }
    Digest::of(text.as_bytes())
}

/// Accesses a path as a guest would, and returns only its state.
pub fn look(snapshot: &dyn Snapshot, path: &str, question: Question) -> Was {
    let Ok(path) = TreePath::parse(path) else { return Was::error(&ReadError::Outside) };
    match question {
        Question::List => Was::listed(&snapshot.list(&path)),
        Question::Stat => Was::found(&snapshot.stat(&path)),
        Question::Read => Was::read(&snapshot.read(&path)),
    }
}

/// All accesses, including those to absent paths: the result depends on nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadSet {
    looks: BTreeMap<(String, Question), Was>,
    /// Whether an entry had two different states.
    changed: bool,
}

impl ReadSet {
    /// Path, kind of access and state, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Question, Was)> {
        self.looks.iter().map(|((path, question), was)| (path.as_str(), *question, *was))
    }

    /// The number of accesses.
    pub fn len(&self) -> usize {
        self.looks.len()
    }

    /// Whether nothing was accessed.
    pub fn is_empty(&self) -> bool {
        self.looks.is_empty()
    }

    /// Whether the record is complete: every entry could be read, and none changed.
    pub fn is_complete(&self) -> bool {
        !self.changed && !self.looks.values().any(|was| *was == Was::Unreadable)
    }

    fn record(&mut self, path: &str, question: Question, was: Was) {
        // A normalised path identifies an entry; a path that leads outside has none.
        let path = TreePath::parse(path).map_or_else(|_| path.to_owned(), |path| path.as_str().to_owned());
        let before = self.looks.insert((path, question), was);
        self.changed |= before.is_some_and(|before| before != was);
    }
}

/// A snapshot, as one call of a guest sees it.
pub struct SnapshotView {
    snapshot: Arc<dyn Snapshot>,
    seen: Mutex<ReadSet>,
    ahead: Mutex<Ahead>,
}

impl SnapshotView {
    /// Creates a view with an empty record. `likely` are files that the guest will probably read, in order.
    pub fn new(snapshot: Arc<dyn Snapshot>, likely: &[String]) -> SnapshotView {
        SnapshotView { snapshot, seen: Mutex::default(), ahead: Mutex::new(Ahead::new(likely)) }
    }

    /// The accesses so far.
    pub fn read_set(&self) -> ReadSet {
        self.seen().clone()
    }

    fn seen(&self) -> MutexGuard<'_, ReadSet> {
        // A panic while recording leaves the map consistent.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ahead(&self) -> MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads files, and returns the first.
    async fn bring(&self, files: Vec<String>) -> Result<Content, ReadError> {
        let snapshot = Arc::clone(&self.snapshot);
        let brought = tokio::task::spawn_blocking(move || trip(snapshot.as_ref(), &files)).await;
        let mut brought = brought.map_err(|error| stopped(&error))?.into_iter();
        let first = brought.next().map_or(Err(ReadError::Absent), |(_, answer)| answer);
        self.ahead().keep(brought.collect());
        first
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
            Err(error) => Err(stopped(&error)),
        }
    }
}

/// The error if the read panicked.
fn stopped(error: &tokio::task::JoinError) -> ReadError {
    ReadError::Unreadable(format!("reading stopped: {error}"))
}

#[async_trait]
impl TreeAccess for SnapshotView {
    async fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let result = self.blocking(folder, |snapshot, path| snapshot.list(path)).await;
        self.seen().record(folder, Question::List, Was::listed(&result));
        result
    }

    async fn stat(&self, path: &str) -> Result<Option<Entry>, ReadError> {
        let result = self.blocking(path, |snapshot, path| snapshot.stat(path)).await;
        self.seen().record(path, Question::Stat, Was::found(&result));
        result
    }

    async fn read(&self, path: &str) -> Result<Content, ReadError> {
        let known = self.ahead().ask(path);
        let result = match known {
            Ok(answer) => answer,
            Err(files) => self.bring(files).await,
        };
        self.seen().record(path, Question::Read, Was::read(&result));
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_source::{FolderSnapshot, Limits};

    /// The record, one line for each access.
    fn shown(view: &SnapshotView) -> Vec<String> {
        let kind = |was: Was| match was {
            Was::File(_) => "file",
            Was::Folder(_) => "folder",
            Was::Present(_) => "present",
            Was::Absent => "absent",
            Was::Refused(_) => "refused",
            Was::Unreadable => "unreadable",
        };
        let line = |(path, question, was)| format!("{question:?} {path} {}", kind(was));
        view.read_set().iter().map(line).collect()
    }

    #[tokio::test]
    async fn everything_that_was_looked_at_is_recorded_absences_too() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("modules")).unwrap();
        std::fs::write(folder.path().join("main.tf"), "a").unwrap();
        let snapshot = || Arc::new(FolderSnapshot::open(folder.path(), Limits::default()).unwrap());
        let view = SnapshotView::new(snapshot(), &[]);
        view.read("main.tf").await.unwrap();
        view.stat("./modules/../main.tf").await.unwrap();
        view.stat("modules").await.unwrap();
        view.list("").await.unwrap();
        view.read("prod.auto.tfvars").await.unwrap_err();
        view.read("modules").await.unwrap_err();
        view.read("../outside").await.unwrap_err();
        assert_eq!(
            shown(&view),
            [
                "List  folder",
                "Read ../outside refused",
                "Stat main.tf present",
                "Read main.tf file",
                "Stat modules present",
                "Read modules refused",
                "Read prod.auto.tfvars absent"
            ]
        );
        assert!(view.read_set().is_complete());
        for (path, question, was) in view.read_set().iter() {
            assert_eq!(look(snapshot().as_ref(), path, question), was, "{question:?} {path}");
        }

        // The record changes if, and only if, the tree changes.
        let looks = async || {
            let view = SnapshotView::new(snapshot(), &[]);
            let _ = (view.list("").await, view.read("main.tf").await, view.stat("prod.auto.tfvars").await);
            view.read_set()
        };
        let before = looks().await;
        assert_eq!(before, looks().await);
        std::fs::write(folder.path().join("main.tf"), "b").unwrap();
        let changed = looks().await;
        assert_ne!(before, changed, "another content");
        std::fs::write(folder.path().join("prod.auto.tfvars"), "").unwrap();
        let added = looks().await;
        assert_ne!(changed, added, "an absence no more");
        std::fs::write(folder.path().join("main.tf"), "longer").unwrap();
        let seen = |set: &ReadSet, of: Question| set.iter().find(|(_, it, _)| *it == of).unwrap().2;
        let longer = looks().await;
        assert_ne!(seen(&added, Question::List), seen(&longer, Question::List), "another size");
    }

    #[tokio::test]
    async fn what_is_read_ahead_counts_when_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = (100..200).map(|it| format!("{it}.yaml")).collect();
        for name in &names {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let likely: Vec<String> = names.iter().cloned().chain(["gone.yaml".to_owned()]).collect();
        let snapshot = Arc::new(FolderSnapshot::open(folder.path(), Limits::default()).unwrap());
        let view = SnapshotView::new(Arc::clone(&snapshot) as _, &likely);
        let read = async |name: &str| {
            view.read(name).await.map(|it| String::from_utf8_lossy(&it.bytes).into_owned())
        };
        // In order, from the middle, back again, and a file that does not exist: the content is always that of the
        // file.
        let order = (0..20).chain(50..90).chain(3..10).chain(95..100);
        let mut asked = std::collections::BTreeSet::new();
        for name in order.filter_map(|place| names.get(place)) {
            assert_eq!(read(name).await.as_deref(), Ok(name.as_str()));
            asked.insert(name.clone());
        }
        assert_eq!(read("gone.yaml").await, Err(ReadError::Absent));
        asked.insert("gone.yaml".to_owned());
        let seen: Vec<String> = view.read_set().iter().map(|(path, _, _)| path.to_owned()).collect();
        assert_eq!(seen, asked.into_iter().collect::<Vec<_>>(), "what nobody asked for is in no record");
    }
}
