//! An instruction with its lines joined.

use std::ops::Range;

use palisade_text::to_offset;

use super::arguments::word_ranges;
use crate::lines::{Cursor, Stretch};
use crate::value::{Form, Place, Value};

/// An instruction without the line breaks in it.
pub(super) struct Instruction {
    pub(super) text: String,
    /// For each line, where it begins in the text and in the file.
    lines: Vec<(usize, usize)>,
    /// The byte of the file after it, with its heredocs.
    pub(super) end: usize,
}

impl Instruction {
    /// Reads the instruction that begins on this line. There may be comments and empty lines between its lines.
    pub(super) fn read(
        cursor: &mut Cursor<'_>,
        first: Stretch<'_>,
        escape: char,
        comments: &mut Vec<(Place, String)>,
    ) -> Self {
        let mut whole = Instruction { text: String::new(), lines: Vec::new(), end: first.end() };
        let mut next = Some(first);
        while let Some(line) = next {
            let trimmed = line.trim();
            if !whole.lines.is_empty() && trimmed.text.starts_with('#') {
                comments.push(trimmed.comment());
            } else if whole.lines.is_empty() || !trimmed.text.is_empty() {
                whole.lines.push((whole.text.len(), line.start));
                whole.end = trimmed.end();
                let content = line.text.trim_end_matches([' ', '\t']);
                // A doubled escape character is a literal one.
                let goes_on = content.strip_suffix(escape).filter(|content| !content.ends_with(escape));
                let Some(content) = goes_on else {
                    whole.text.push_str(line.text);
                    break;
                };
                whole.text.push_str(content);
            }
            next = cursor.line();
        }
        let length = whole.text.trim_end().len();
        whole.text.truncate(length);
        whole
    }

    fn line_of(&self, at: usize) -> (usize, usize) {
        let before = self.lines.partition_point(|(start, _)| *start <= at);
        before.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or((0, 0))
    }

    /// The place in the file of a range of the text.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        let (from, file) = self.line_of(range.start);
        let start = file + range.start.saturating_sub(from);
        let (from, file) = self.line_of(range.end.saturating_sub(1).max(range.start));
        let end = file + range.end.saturating_sub(from);
        (to_offset(start), to_offset(end.max(start)))
    }

    pub(super) fn start(&self) -> usize {
        self.line_of(0).1
    }

    pub(super) fn whole(&self) -> Place {
        (to_offset(self.start()), to_offset(self.end.max(self.start())))
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// The next word from here, after whitespace, and where it begins.
    pub(super) fn word(&self, from: usize) -> (usize, &str) {
        let rest = self.text.get(from..).unwrap_or("");
        let word = rest.trim_start();
        let start = from + rest.len() - word.len();
        (start, word.split(char::is_whitespace).next().unwrap_or(""))
    }

    /// Its first word.
    pub(super) fn name(&self) -> &str {
        self.word(0).1
    }

    /// The range after the first word.
    pub(super) fn arguments(&self) -> Range<usize> {
        self.name().len()..self.text.len()
    }
}

/// The leading words that are flags, and the rest without leading whitespace.
pub(super) fn split_flags(instruction: &Instruction, range: Range<usize>) -> (Value, Range<usize>) {
    let mut flags = Vec::new();
    let mut at = range.start;
    loop {
        let (start, word) = instruction.word(at);
        at = start;
        if !word.starts_with("--") {
            break;
        }
        let (text, length) = flag(instruction.slice(start..range.end));
        at = start + length;
        if text == "--" {
            at = instruction.word(at).0;
            break;
        }
        flags.push(Value::text(text, instruction.place(start..at)));
    }
    let at = at.min(range.end);
    let nothing = instruction.slice(range.clone()).is_empty();
    let place = match (flags.first(), flags.last()) {
        (Some(first), Some(last)) => (first.place.0, last.place.1),
        _ => instruction.place(0..instruction.name().len()),
    };
    // A nil list of Go is null in JSON.
    let form = if nothing { Form::Null } else { Form::List(flags) };
    (Value::new(form, place), at..range.end)
}

/// A flag without its quotes, and its length as written.
fn flag(text: &str) -> (String, usize) {
    let (mut out, mut quote, mut escaped) = (String::new(), None, false);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => {
                escaped = false;
                out.push(letter);
            }
            (_, '\\') => escaped = true,
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, _) if letter.is_whitespace() => return (out, at),
            _ => out.push(letter),
        }
    }
    (out, text.len())
}

/// The terminators of the heredocs of an instruction, and whether leading tabs are removed.
pub(super) fn heredocs(instruction: &Instruction) -> Vec<(String, bool)> {
    let (mut start, mut name) = instruction.word(0);
    if name.eq_ignore_ascii_case("onbuild") {
        (start, name) = instruction.word(start + name.len());
    }
    if !["run", "copy", "add"].iter().any(|it| name.eq_ignore_ascii_case(it)) {
        return Vec::new();
    }
    let arguments = instruction.slice(start + name.len()..instruction.text.len());
    if !arguments.contains("<<") || arguments.trim_start().starts_with('[') {
        return Vec::new();
    }
    let words = word_ranges(arguments, '\\').into_iter().filter_map(|range| {
        let word = arguments.get(range)?;
        let word = word.trim_start_matches(|letter: char| letter.is_ascii_digit()).strip_prefix("<<")?;
        let (word, stripped) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
        let inner = ['"', '\''].into_iter().find_map(|it| word.strip_prefix(it)?.strip_suffix(it));
        let word = inner.unwrap_or(word);
        (!word.is_empty() && !word.contains(['<', '"', '\''])).then(|| (word.to_owned(), stripped))
    });
    words.collect()
}
