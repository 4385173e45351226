//! The native test harness: a tree in memory, and controls that judge it with the real parser.

mod cases;
#[cfg(feature = "provider")]
pub mod deliveries;
mod documentation;
mod formats;
mod forms;
mod parsed;
mod parts;
mod suite;

use std::collections::BTreeMap;
use std::path::Path;

pub use cases::{check_cases, check_examples, judge, parse, place};
pub use documentation::check_docs;
pub use forms::{Compared, Exception, Form, check_forms, unused};
pub use parsed::{check_places, parse_file, render, shaped};
pub use suite::Suite;

use crate::parser::{Entry, EntryKind, ReadError, Tree};

/// A tree whose files the test provides.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryTree {
    /// A tree of these files.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> MemoryTree {
        files.into_iter().fold(MemoryTree::default(), |tree, (path, text)| tree.with(path, text.as_bytes()))
    }

    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: &str, content: &[u8]) -> MemoryTree {
        self.files.insert(path.to_owned(), content.to_vec());
        self
    }

    /// The files below a folder on disk for whose paths `wanted` is true; empty if the folder cannot be read.
    pub fn from_folder(root: &Path, wanted: impl Fn(&Path) -> bool) -> MemoryTree {
        let mut tree = MemoryTree::default();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if wanted(&path)
                    && let (Ok(name), Ok(content)) = (path.strip_prefix(root), std::fs::read(&path))
                {
                    tree = tree.with(&name.to_string_lossy(), &content);
                }
            }
        }
        tree
    }

    /// All paths, sorted.
    pub fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }
}

impl Tree for MemoryTree {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for (path, content) in self.files.range(prefix.clone()..) {
            let Some(rest) = path.strip_prefix(&prefix) else { break };
            let (name, kind, size) = match rest.split_once('/') {
                Some((name, _)) => (name, EntryKind::Folder, 0),
                None => (rest, EntryKind::File, content.len() as u64),
            };
            entries.insert(name.to_owned(), Entry { name: name.to_owned(), kind, size });
        }
        if entries.is_empty() && !folder.is_empty() {
            return Err(ReadError::Absent);
        }
        Ok(entries.into_values().collect())
    }

    fn read_text(&self, path: &str) -> Result<String, ReadError> {
        let bytes = self.read_bytes(path)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| ReadError::NotText(error.utf8_error().valid_up_to() as u64))?;
        Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::Absent)
    }

    fn stat(&self, path: &str) -> Option<Entry> {
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        if let Some(content) = self.files.get(path) {
            return Some(Entry { name, kind: EntryKind::File, size: content.len() as u64 });
        }
        let folder = format!("{path}/");
        let any = self.files.keys().any(|file| file.starts_with(&folder));
        any.then_some(Entry { name, kind: EntryKind::Folder, size: 0 })
    }
}
