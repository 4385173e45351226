//! Lines and columns of bytes.

use std::cell::Cell;

use palisade_sdk::Span;
use palisade_sdk::tape::Origin;

use crate::to_offset;

/// How many lines a search walks before it divides them instead.
const MAX_STEPS: usize = 16;

/// The lines of a text, which need not be kept for it.
///
/// A line ends after each line feed: a carriage return before it is a part of the line, and one that is alone ends
/// none. A byte order mark is a code point of the first line as any other. What lies behind the text is at its end.
///
/// Questions mostly come in the order of the text, so the search for a line begins where the last one ended.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The first byte of each line.
    starts: Vec<u32>,
    /// The bytes that begin no code point: none in most files.
    inner: Vec<u32>,
    /// The length of the text in bytes.
    end: u32,
    /// Index of the line that was found last.
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

    /// Whether every character of the text is one byte.
    pub fn is_ascii(&self) -> bool {
        self.inner.is_empty()
    }

    /// Line and column of a byte, both from 1, the column in code points.
    pub fn position(&self, at: u32) -> (u32, u32) {
        let at = at.min(self.end);
        let line = self.line(at);
        (to_offset(line + 1), self.width(self.start(line), at) + 1)
    }

    /// The first byte of the line that holds this one.
    pub fn line_start(&self, at: u32) -> u32 {
        self.start(self.line(at.min(self.end)))
    }

    /// The bytes from `start` up to but without `end`; nothing where `end` is before `start`.
    pub fn span(&self, start: u32, end: u32) -> Span {
        let end = end.max(start);
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(end);
        Span { start, end, line, column, end_line, end_column }
    }

    /// The same as a place of a document, without note or cause.
    pub fn origin(&self, document: u32, start: u32, end: u32) -> Origin {
        self.span(start, end).origin(document)
    }

    /// Index of the line that holds a byte of the text or its end.
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
            // The first line begins at 0, so there is one that begins at `at` or before.
            self.starts.partition_point(|start| *start <= at).saturating_sub(1)
        };
        self.last.set(line);
        line
    }

    fn start(&self, line: usize) -> u32 {
        self.starts.get(line).copied().unwrap_or(self.end)
    }

    /// Code points between two bytes.
    fn width(&self, from: u32, to: u32) -> u32 {
        let bytes = to.saturating_sub(from);
        if self.inner.is_empty() {
            return bytes;
        }
        let before = |at: u32| self.inner.partition_point(|inner| *inner < at);
        bytes.saturating_sub(to_offset(before(to).saturating_sub(before(from))))
    }
}
