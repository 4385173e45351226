//! The lines around a place in a file, for a terminal or a fenced block.
//!
//! The text of a file is untrusted: tabs become spaces, and characters that a terminal or a build server interprets are
//! escaped. A wide line is cut around its marked part.

use std::fmt::Write as _;
use std::ops::Range;

use palisade_domain::Position;
use unicode_width::UnicodeWidthChar as _;

use crate::clean::{is_active, orders};
use crate::file::{File, Line};

/// The most columns of code.
const WIDTH: usize = 100;
/// The most columns before the marked part of a cut line.
const BEFORE: usize = 30;
/// The most characters of a line that are read before its marked part, and after the start of that part.
const NEAR: (usize, usize) = (256, 512);
/// Replacement of a tab.
const TAB: &str = "    ";
/// Replacement of a secret.
const HIDDEN: &str = "•••";
/// The longest line that is shown next to the place of a cause, in columns.
const SHORT: usize = 80;

/// A row of an excerpt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// A line of the file, and the columns of its marked part.
    Code { number: u32, text: String, mark: Option<Range<usize>> },
    /// Omitted lines.
    Gap,
}

/// Some lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) rows: Vec<Row>,
}

impl Excerpt {
    /// Whether it contains anything that is not hidden.
    pub(crate) fn has_words(&self) -> bool {
        self.rows.iter().any(|row| match row {
            Row::Code { text, .. } => text.replace(HIDDEN, "").chars().any(char::is_alphanumeric),
            Row::Gap => false,
        })
    }

    /// Whether it contains this line of its file.
    pub(crate) fn has_line(&self, line: u32) -> bool {
        self.rows.iter().any(|row| matches!(row, Row::Code { number, .. } if *number == line))
    }

    /// Number of digits of the largest line number.
    pub(crate) fn digits(&self) -> usize {
        let number = |row: &Row| match row {
            Row::Code { number, .. } => number.to_string().len(),
            Row::Gap => 1,
        };
        self.rows.iter().map(number).max().unwrap_or(1)
    }
}

/// A character as it is displayed.
struct Cell {
    /// Its range in the file, in bytes.
    bytes: Range<usize>,
    shown: String,
    width: usize,
}

/// A line as it is displayed, or the part of it near an offset in the file.
struct Cells {
    cells: Vec<Cell>,
    /// Whether text before the first cell, and after the last one, is omitted.
    more: (bool, bool),
}

impl Cells {
    fn new(line: Line<'_>, near: usize) -> Cells {
        let text = line.text.trim_end();
        let mut near = near.saturating_sub(line.start).min(text.len());
        while !text.is_char_boundary(near) {
            near -= 1;
        }
        let (before, after) = text.split_at(near);
        let from = before.char_indices().rev().nth(NEAR.0 - 1).map_or(0, |(at, _)| at);
        let to = after.char_indices().nth(NEAR.1).map_or(text.len(), |(at, _)| near + at);
        let part = text.get(from..to).unwrap_or_default();
        let mut orders = orders(part);
        let mut cells: Vec<Cell> = Vec::new();
        let mut hidden = line.hidden.iter().peekable();
        for (at, c) in part.char_indices() {
            let obeyed = orders.pop_if(|order| *order == at).is_some();
            let at = line.start + from + at;
            let bytes = at..at + c.len_utf8();
            while hidden.next_if(|it| it.end <= at).is_some() {}
            if hidden.peek().is_some_and(|it| it.start <= at) {
                match cells.last_mut().filter(|it| it.shown == HIDDEN) {
                    Some(cell) => cell.bytes.end = bytes.end,
                    None => cells.push(Cell { bytes, shown: HIDDEN.to_owned(), width: 3 }),
                }
                continue;
            }
            let shown = match c {
                '\t' => TAB.to_owned(),
                c if obeyed || is_active(c) => format!("\\u{{{:x}}}", u32::from(c)),
                c => c.to_string(),
            };
            let width = if shown.len() == c.len_utf8() { c.width().unwrap_or(0) } else { shown.len() };
            cells.push(Cell { bytes, shown, width });
        }
        Cells { cells, more: (from > 0, to < text.len()) }
    }

    /// The columns of a range of bytes in the file: at least one column.
    fn columns(&self, bytes: &Range<usize>) -> Range<usize> {
        let (mut start, mut end, mut column) = (None, 0, 0);
        for cell in &self.cells {
            let is_in = cell.bytes.start < bytes.end.max(bytes.start + 1) && bytes.start < cell.bytes.end;
            if is_in {
                start = start.or(Some(column));
                end = column + cell.width;
            }
            column += cell.width;
        }
        let start = start.unwrap_or(column);
        start..end.max(start + 1)
    }

    /// The text, cut to its width around the marked columns, and the new position of these columns.
    fn cut(&self, mark: Option<&Range<usize>>) -> (String, Option<Range<usize>>) {
        let all: usize = self.cells.iter().map(|it| it.width).sum();
        // A mark at the end of the line is one column past it.
        let left = match mark {
            Some(mark) if self.more.0 || mark.end > WIDTH => mark.start.saturating_sub(BEFORE),
            _ => 0,
        };
        let cut_left = self.more.0 || left > 0;
        let cut_right = self.more.1 || all > left + WIDTH;
        let mut text = String::new();
        let mut width = 0;
        if cut_left {
            text.push('…');
            width = 1;
        }
        let (mut column, mut skipped, mut full) = (0, 0, false);
        for cell in &self.cells {
            if column < left {
                column += cell.width;
                skipped = column;
                continue;
            }
            full |= width + cell.width > WIDTH - usize::from(cut_right);
            if full {
                break;
            }
            text.push_str(&cell.shown);
            width += cell.width;
            column += cell.width;
        }
        if cut_right {
            text.push('…');
            width += 1;
        }
        let shift = |it: usize| (it.saturating_sub(skipped) + usize::from(cut_left)).min(width);
        let mark = mark.map(|it| {
            let start = shift(it.start);
            start..shift(it.end).max(start + 1)
        });
        (text, mark)
    }
}

/// A line with a marked range of bytes.
fn marked(line: Line<'_>, bytes: &Range<usize>) -> Row {
    let cells = Cells::new(line, bytes.start);
    let columns = cells.columns(bytes);
    let (text, mark) = cells.cut(Some(&columns));
    Row::Code { number: line.number, text, mark }
}

/// A line next to a marked one; none if it has no word.
fn context(file: &File, number: Option<u32>) -> Option<Row> {
    let line = file.line(number?).filter(|it| it.text.contains(char::is_alphanumeric))?;
    let (text, mark) = Cells::new(line, 0).cut(None);
    Some(Row::Code { number: line.number, text, mark })
}

/// The lines of a place: the first and the last one if there are several; a single one with the lines around it, if
/// requested. `None` if the file does not have the place, since it has changed after the scan.
pub(crate) fn excerpt(file: &File, start: Position, end: Position, around: bool) -> Option<Excerpt> {
    let end = end.max(start);
    let (from, mut to) = (file.offset(start)?, file.offset(end)?);
    let first = file.line(start.line)?;
    let mut last_line = end.line;
    if end.line > start.line && end.column == 1 {
        // It ends with the line break of the previous line.
        last_line -= 1;
        let line = file.line(last_line)?;
        to = line.start + line.text.len();
    }
    if last_line > start.line {
        let last = file.line(last_line)?;
        let begin = first.start + first.text.trim_end().len();
        let indent = last.text.len() - last.text.trim_start().len();
        let mut rows = vec![marked(first, &(from..begin.max(from)))];
        match last_line - start.line {
            1 => {}
            // A single line is not longer than the mark for omitted lines.
            2 => rows.extend(context(file, Some(start.line + 1))),
            _ => rows.push(Row::Gap),
        }
        rows.push(marked(last, &(last.start + indent..to.max(last.start + indent))));
        return Some(Excerpt { rows });
    }
    let marked = marked(first, &(from..to));
    let is_cut = matches!(&marked, Row::Code { text, .. } if text.starts_with('…'));
    let around = around && !is_cut;
    let before = context(file, start.line.checked_sub(1).filter(|_| around));
    let after = context(file, start.line.checked_add(1).filter(|_| around));
    Some(Excerpt { rows: before.into_iter().chain([marked]).chain(after).collect() })
}

/// A line without its indentation, if all of it is short.
pub(crate) fn short_line(file: &File, at: Position) -> Option<String> {
    file.offset(at)?;
    let cells = Cells::new(file.line(at.line)?, 0);
    let mut text = String::new();
    cells.cells.iter().for_each(|it| text.push_str(&it.shown));
    let text = text.trim();
    let width: usize = cells.cells.iter().map(|it| it.width).sum();
    let is_short = cells.more == (false, false) && width <= SHORT && !text.is_empty();
    is_short.then(|| text.to_owned())
}

/// Parts of an excerpt with their own colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Line numbers and the bar after them.
    Gutter,
    /// The line below a marked part.
    Mark,
}

/// The rows as text: a gutter with line numbers of `digits` digits, and the marked part underlined.
pub(crate) fn written(excerpt: &Excerpt, digits: usize, paint: impl Fn(Part, &str) -> String) -> String {
    let mut text = String::new();
    for row in &excerpt.rows {
        let (gutter, code) = match row {
            Row::Gap => (format!("{:>digits$}", "…"), ""),
            Row::Code { number, text, .. } => (format!("{number:>digits$} |"), text.as_str()),
        };
        let space = if code.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}{space}{code}", paint(Part::Gutter, &gutter));
        if let Row::Code { mark: Some(mark), .. } = row {
            let gutter = paint(Part::Gutter, &format!("{:digits$} |", ""));
            let carets = paint(Part::Mark, &"^".repeat(mark.len()));
            let _ = writeln!(text, "{gutter} {:indent$}{carets}", "", indent = mark.start);
        }
    }
    text
}
