//! Lines and columns of byte offsets.

use std::cell::Cell;

use palisade_sdk::Span;
use palisade_sdk::tape::Origin;

use crate::to_offset;

/// The maximum number of lines to walk before a binary search.
const MAX_STEPS: usize = 16;

/// The lines of a text. They do not borrow the text.
///
/// A line ends after each line feed: a carriage return before it is part of the line, and one alone does not end it. A
/// byte order mark is a code point of the first line. An offset after the text is treated as its end.
///
/// Lookups usually follow the order of the text, so the search begins at the last line found.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The first byte of each line.
    starts: Vec<u32>,
    /// The bytes that do not begin a code point: none in most files.
    inner: Vec<u32>,
    /// The length of the text in bytes.
    end: u32,
    /// Index of the line found last.
    last: Cell<usize>,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 24 + 1);
        starts.push(0);
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        starts.extend(ends.map(|(at, _)| to_offset(at + 1)));
        let inner = if text.is_ascii() {
            Vec::new()
        } else {
            let inner = text.bytes().enumerate().filter(|(_, byte)| byte & 0xC0 == 0x80);
            inner.map(|(at, _)| to_offset(at)).collect()
        };
        Lines { starts, inner, end: to_offset(text.len()), last: Cell::new(0) }
    }

    /// Whether every character of the text is one byte long.
    pub fn is_ascii(&self) -> bool {
        self.inner.is_empty()
    }

    /// Line and column of a byte, both from 1, the column in code points.
    pub fn position(&self, at: u32) -> (u32, u32) {
        let at = at.min(self.end);
        let line = self.line(at);
        (to_offset(line + 1), self.width(self.start(line), at) + 1)
    }

    /// The first byte of the line that contains this one.
    pub fn line_start(&self, at: u32) -> u32 {
        self.start(self.line(at.min(self.end)))
    }

    /// The range from `start` up to but without `end`; empty if `end` is before `start`.
    pub fn span(&self, start: u32, end: u32) -> Span {
        let end = end.max(start);
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(end);
        Span { start, end, line, column, end_line, end_column }
    }

    /// The same range as an origin in a document, without a note or a cause.
    pub fn origin(&self, document: u32, start: u32, end: u32) -> Origin {
        self.span(start, end).origin(document)
    }

    /// Index of the line that contains a byte of the text or its end.
    fn line(&self, at: u32) -> usize {
        let last = self.last.get();
        let steps = match self.starts.get(last..).and_then(<[u32]>::split_first) {
            Some((first, next)) if *first <= at => {
                next.iter().take(MAX_STEPS).take_while(|start| **start <= at).count()
            }
            _ => MAX_STEPS,
        };
        let line = if steps < MAX_STEPS {
            last + steps
        } else {
            // The first line begins at 0, so there is a line that begins at or before `at`.
            self.starts.partition_point(|start| *start <= at).saturating_sub(1)
        };
        self.last.set(line);
        line
    }

    fn start(&self, line: usize) -> u32 {
        self.starts.get(line).copied().unwrap_or(self.end)
    }

    /// The number of code points between two bytes.
    fn width(&self, from: u32, to: u32) -> u32 {
        let bytes = to.saturating_sub(from);
        if self.inner.is_empty() {
            return bytes;
        }
        let before = |at: u32| self.inner.partition_point(|inner| *inner < at);
        bytes.saturating_sub(to_offset(before(to).saturating_sub(before(from))))
    }
}
