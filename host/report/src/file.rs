//! A file whose code is shown, split into lines.

use std::ops::Range;
use std::sync::Arc;

use palisade_domain::Position;

use crate::secret::ranges;

/// A line of a file.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) number: u32,
    /// Offset of the line in its file in bytes.
    pub(crate) start: usize,
    pub(crate) text: &'a str,
    /// Hidden ranges of the file in this line.
    pub(crate) hidden: &'a [Range<usize>],
}

/// A file, split into lines.
pub(crate) struct File {
    text: Arc<str>,
    /// Ranges of the lines without their line breaks, in bytes.
    lines: Vec<Range<usize>>,
    /// Hidden ranges in bytes, in order and without overlaps.
    hidden: Vec<Range<usize>>,
}

impl File {
    pub(crate) fn new(text: Arc<str>, secrets: &[(Position, Position)]) -> File {
        let mut begin = 0;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            let shown = line.strip_suffix('\n').map_or(line, |it| it.strip_suffix('\r').unwrap_or(it));
            lines.push(begin..begin + shown.len());
            begin += line.len();
        }
        // The empty line after the last line break counts, since a fix may insert text there.
        if text.is_empty() || text.ends_with('\n') {
            lines.push(begin..begin);
        }
        let mut file = File { text, lines, hidden: Vec::new() };
        let mut hidden = ranges(&file.text);
        // Hidden to the end of the line: the place may be that of a name before the value. If the file does not have
        // the place, it has changed since the scan, and the secret may be anywhere.
        hidden.extend(secrets.iter().map(|(start, end)| {
            let last = row(*end).and_then(|it| file.lines.get(it)).map(|it| it.end);
            file.offset(*start).zip(last).map_or(0..file.text.len(), |(start, end)| start..end)
        }));
        hidden.retain(|it| it.start < it.end);
        hidden.sort_by_key(|it| (it.start, it.end));
        hidden.dedup_by(|later, first| {
            let overlaps = later.start <= first.end;
            if overlaps {
                first.end = first.end.max(later.end);
            }
            overlaps
        });
        file.hidden = hidden;
        file
    }

    /// A line by its number from 1.
    pub(crate) fn line(&self, number: u32) -> Option<Line<'_>> {
        let range = self.lines.get(usize::try_from(number).ok()?.checked_sub(1)?)?.clone();
        let text = self.text.get(range.clone())?;
        // Ranges before the line end before it, since they are in order.
        let first = self.hidden.partition_point(|it| it.end <= range.start);
        let hidden = self.hidden.get(first..).unwrap_or_default();
        let count = hidden.partition_point(|it| it.start < range.end.max(range.start + 1));
        Some(Line { number, start: range.start, text, hidden: hidden.get(..count).unwrap_or_default() })
    }

    /// The offset of a position in bytes, if the file has it.
    pub(crate) fn offset(&self, at: Position) -> Option<usize> {
        let range = self.lines.get(row(at)?)?;
        let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
        let line = self.text.get(range.clone())?;
        let within = line.char_indices().map(|(offset, _)| offset).chain([line.len()]).nth(column)?;
        Some(range.start + within)
    }
}

/// The row of a position, from 0.
fn row(at: Position) -> Option<usize> {
    usize::try_from(at.line).ok()?.checked_sub(1)
}
