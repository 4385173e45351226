//! The files whose code a check shows.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_domain::Report;
use palisade_report::{Sources, shown_paths};
use palisade_source::{Snapshot, TreePath};

use crate::error::ServiceError;

/// The maximum number of files for one part of a check: no body has room for the code of more.
const FILES: usize = 100;
/// The maximum number of bytes of all files.
const BYTES: usize = 8 << 20;

/// Files of a commit, which are read before the check is written.
#[derive(Default)]
pub(crate) struct Texts(HashMap<String, Arc<str>>);

impl Texts {
    /// Reads the files of the worst findings. Files that are unreadable or too large are omitted.
    pub(crate) async fn read(tree: Arc<dyn Snapshot>, report: &Report) -> Result<Texts, ServiceError> {
        let paths = shown_paths(report, FILES);
        if paths.is_empty() {
            return Ok(Texts::default());
        }
        let reads = tokio::task::spawn_blocking(move || Texts::of(tree.as_ref(), paths));
        reads.await.map_err(ServiceError::internal)
    }

    fn of(tree: &dyn Snapshot, paths: Vec<String>) -> Texts {
        let mut left = BYTES;
        let mut texts = HashMap::new();
        for path in paths {
            let content = TreePath::parse(&path).ok().and_then(|it| tree.read(&it).ok());
            let Some(text) = content.as_ref().and_then(|it| it.text().ok()) else { continue };
            if let Some(rest) = left.checked_sub(text.len()) {
                left = rest;
                texts.insert(path, Arc::from(text));
            }
        }
        Texts(texts)
    }
}

impl Sources for Texts {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(path).cloned()
    }
}
