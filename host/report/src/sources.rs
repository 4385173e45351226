//! The text of scanned files, for the code in reports.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_domain::{FindingStatus, Report};

use crate::words::{place, worst_first};

/// Returns the text of files of the scanned tree.
pub trait Sources {
    /// The text of a file, without a byte order mark. The path is relative to the root of the tree. `None` if the file
    /// is absent, is not UTF-8 or cannot be read: its findings are then shown without code.
    fn text(&self, path: &str) -> Option<Arc<str>>;
}

/// No files: findings are shown without code.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSources;

impl Sources for NoSources {
    fn text(&self, _: &str) -> Option<Arc<str>> {
        None
    }
}

/// The files whose code [`crate::check_body`] shows: those of the worst findings first, at most `most`.
pub fn shown_paths(report: &Report, most: usize) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let shown = worst_first(report).into_iter().filter(|it| it.new && it.status == FindingStatus::Failed);
    let paths = shown.filter_map(place).map(|it| it.path.as_str());
    paths.filter(|path| seen.insert(*path)).take(most).map(str::to_owned).collect()
}
