//! A file of the tree, by its lines and columns.

use std::ops::Range;

use palisade_domain::Position;
use palisade_source::{Snapshot, TreePath};

/// The byte order mark, which parsers do not count.
pub(super) const MARK: &str = "\u{feff}";

/// A file and where its lines begin.
pub(super) struct Text {
    /// The file, with its byte order mark.
    pub(super) whole: String,
    /// Length of the byte order mark in bytes.
    pub(super) mark: usize,
    /// Offsets of the first bytes of the lines, in the text without a byte order mark.
    lines: Vec<usize>,
}

impl Text {
    pub(super) fn read(tree: &dyn Snapshot, path: &str) -> Option<Text> {
        let content = tree.read(&TreePath::parse(path).ok()?).ok()?;
        let whole = str::from_utf8(&content.bytes).ok()?.to_owned();
        let text = whole.strip_prefix(MARK).unwrap_or(&whole);
        let mut begin = 0;
        let begins = text.split_inclusive('\n').map(|line| {
            begin += line.len();
            begin
        });
        let lines = [0].into_iter().chain(begins).collect();
        Some(Text { mark: whole.len() - text.len(), lines, whole })
    }

    /// The text without its byte order mark.
    pub(super) fn text(&self) -> &str {
        self.whole.get(self.mark..).unwrap_or_default()
    }

    /// The line of a row, without its line break.
    pub(super) fn line(&self, row: usize) -> Option<Range<usize>> {
        let begin = *self.lines.get(row)?;
        let end = self.lines.get(row + 1).copied().unwrap_or(self.text().len());
        let line = self.text().get(begin..end)?;
        let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        Some(begin..begin + line.len())
    }

    /// The offset of a position, if the text has it.
    pub(super) fn offset(&self, at: Position) -> Option<usize> {
        let line = self.line(row(at)?)?;
        let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
        let text = self.text().get(line.clone())?;
        let within = text.char_indices().map(|(offset, _)| offset).chain([text.len()]).nth(column)?;
        Some(line.start + within)
    }
}

/// The row of a position, from 0.
pub(super) fn row(at: Position) -> Option<usize> {
    usize::try_from(at.line).ok()?.checked_sub(1)
}
