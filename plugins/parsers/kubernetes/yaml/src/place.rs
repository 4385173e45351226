//! Where things stand: bytes, lines and columns of one file.

use palisade_sdk::Span;
use palisade_sdk::tape::{NONE, Origin};

/// A length or offset as the contract counts. Files are refused long before this saturates.
pub fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

/// The lines of a text. Questions mostly come in the order of the text, so the last answer is where the
/// search for the next one begins.
pub struct Lines<'a> {
    text: &'a str,
    ascii: bool,
    starts: Vec<u32>,
    hint: usize,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub fn new(text: &'a str) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 24 + 1);
        starts.push(0);
        starts
            .extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| small(at + 1)));
        Lines { text, ascii: text.is_ascii(), starts, hint: 0 }
    }

    /// The whole text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether every character is one byte.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    fn start(&self, line: usize) -> u32 {
        self.starts.get(line).copied().unwrap_or(NONE)
    }

    /// Code points between two bytes.
    fn width(&self, from: u32, to: u32) -> u32 {
        if self.ascii {
            return to.saturating_sub(from);
        }
        let stretch = self.text.as_bytes().get(from as usize..to as usize).unwrap_or_default();
        // Every byte but the continuation bytes begins a code point.
        small(stretch.iter().filter(|byte| **byte & 0xC0 != 0x80).count())
    }

    /// Line and column of a byte, both from 1.
    pub fn position(&mut self, at: u32) -> (u32, u32) {
        if at < self.start(self.hint) {
            self.hint = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        }
        let mut steps = 0;
        while self.start(self.hint + 1) <= at && self.hint + 1 < self.starts.len() {
            self.hint += 1;
            steps += 1;
            if steps == 16 {
                self.hint = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
                break;
            }
        }
        let column = self.width(self.start(self.hint), at) + 1;
        (small(self.hint + 1), column)
    }

    /// The first byte of the line that holds this one.
    pub fn line_start(&mut self, at: u32) -> u32 {
        self.position(at);
        self.start(self.hint)
    }

    /// The stretch between two bytes as an origin.
    pub fn origin(&mut self, document: u32, start: u32, end: u32) -> Origin {
        let end = end.max(start);
        let (line, column) = self.position(start);
        let same_line = end < self.start(self.hint + 1);
        let (end_line, end_column) =
            if same_line { (line, column + self.width(start, end)) } else { self.position(end) };
        Origin { document, start, end, line, column, end_line, end_column, note: 0, parent: NONE }
    }

    /// The stretch between two bytes.
    pub fn span(&mut self, start: u32, end: u32) -> Span {
        self.origin(0, start, end).into()
    }
}

/// Turns the character indices that the YAML scanner counts into bytes.
pub(crate) struct Characters<'a> {
    text: &'a str,
    ascii: bool,
    /// The byte of every 128th character.
    steps: Vec<u32>,
    /// A character and its byte, where the last question ended.
    hint: (usize, usize),
}

const STEP: usize = 128;

impl<'a> Characters<'a> {
    /// Prepares for questions about a text.
    pub(crate) fn new(text: &'a str, ascii: bool) -> Self {
        let steps = if ascii {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(at, _)| small(at)).collect()
        };
        Characters { text, ascii, steps, hint: (0, 0) }
    }

    /// The byte of a character; the end of the text for what lies behind it.
    pub(crate) fn byte(&mut self, index: usize) -> usize {
        if self.ascii {
            return index.min(self.text.len());
        }
        let (mut character, mut byte) = self.hint;
        if index < character || index - character > STEP {
            let step = (index / STEP).min(self.steps.len().saturating_sub(1));
            character = step * STEP;
            byte = self.steps.get(step).copied().unwrap_or(0) as usize;
        }
        let rest = self.text.get(byte..).unwrap_or("");
        let ahead = index - character;
        let moved = rest.char_indices().nth(ahead).map_or(rest.len(), |(at, _)| at);
        let found = byte + moved;
        if moved < rest.len() {
            self.hint = (index, found);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Characters, Lines};

    #[test]
    fn positions_count_code_points() {
        let mut lines = Lines::new("a: é✓x\n\nb: 1");
        assert_eq!(lines.position(0), (1, 1));
        assert_eq!(lines.position(8), (1, 6));
        assert_eq!(lines.position(10), (2, 1));
        assert_eq!(lines.position(13), (3, 3));
        assert_eq!(lines.position(3), (1, 4));
        let origin = lines.origin(0, 3, 9);
        assert_eq!((origin.line, origin.column, origin.end_line, origin.end_column), (1, 4, 1, 7));
    }

    #[test]
    fn characters_become_bytes_in_any_order() {
        let text = "é✓x".repeat(300);
        let expected: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut characters = Characters::new(&text, false);
        for index in (0..900).chain((0..900).rev()).chain([5, 700, 3, 899]) {
            assert_eq!(characters.byte(index), expected[index]);
        }
        assert_eq!(characters.byte(900), text.len());
        assert_eq!(characters.byte(5000), text.len());
    }
}
