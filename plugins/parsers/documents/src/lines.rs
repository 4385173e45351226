//! Lines of text, for line-based formats.

use palisade_text::to_offset;

use crate::read::Read;
use crate::value::{Form, Map, Place, Value};

/// The lines of a text from a byte on, without their line ends.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// A range of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    pub(crate) text: &'a str,
    /// Where it begins in the file.
    pub(crate) start: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of a text, after a byte order mark.
    pub(crate) fn new(text: &'a str) -> Self {
        Cursor { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } }
    }

    /// The next line.
    pub(crate) fn line(&mut self) -> Option<Stretch<'a>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let whole = rest.split_inclusive('\n').next()?;
        let start = self.at;
        self.at += whole.len();
        let text = whole.strip_suffix('\n').unwrap_or(whole);
        Some(Stretch { text: text.strip_suffix('\r').unwrap_or(text), start })
    }

    /// The text from a byte on, across lines.
    pub(crate) fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or("")
    }

    /// Continues with the line after the one that contains this byte.
    pub(crate) fn skip_past(&mut self, byte: usize) {
        let rest = self.rest(byte);
        self.at = byte + rest.find('\n').map_or(rest.len(), |length| length + 1);
    }
}

impl Stretch<'_> {
    /// Without leading and trailing whitespace.
    pub(crate) fn trim(self) -> Self {
        self.trim_start().trim_end()
    }

    pub(crate) fn trim_start(self) -> Self {
        let text = self.text.trim_start();
        Stretch { text, start: self.start + self.text.len() - text.len() }
    }

    pub(crate) fn trim_end(self) -> Self {
        Stretch { text: self.text.trim_end(), ..self }
    }

    /// The parts before and from a byte.
    pub(crate) fn split(self, at: usize) -> (Self, Self) {
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        (Stretch { text: before, ..self }, Stretch { text: after, start: self.start + before.len() })
    }

    /// Without its first bytes.
    pub(crate) fn skip(self, bytes: usize) -> Self {
        self.split(bytes).1
    }

    pub(crate) fn end(self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn place(self) -> Place {
        (to_offset(self.start), to_offset(self.end()))
    }

    /// The place and the text of a comment whose first character is its marker.
    pub(crate) fn comment(self) -> (Place, String) {
        (self.place(), self.text.trim_start_matches(['#', ';', '!']).trim().to_owned())
    }
}

/// A file whose root is a mapping of keys to values.
pub(crate) fn flat(map: Map, comments: Vec<(Place, String)>) -> Read {
    let place = map.place();
    Read { root: Value::new(Form::Map(map), place), comments }
}
