//! From the contract's types to the host's and back, checking on the way in: what a guest says is a stranger's
//! word.

mod from_pack;
mod from_parser;
pub(crate) mod provider;
mod to_pack;

pub(crate) use from_pack::{controls, judgement, pack_call_error};
pub(crate) use from_parser::{call_error, formats, mount, parsed, units};
pub(crate) use to_pack::{Property, Tables};

use palisade_domain::{Location, Position, Span};

use crate::call::Fault;

/// The longest text of a message or name that is taken from a guest.
const MAX_TEXT: usize = 16 << 10;

fn bad(what: impl Into<String>) -> Fault {
    Fault::BadOutput { what: what.into() }
}

/// A guest's text, cut where it is endless and without what moves a terminal's cursor.
fn text(text: &str) -> String {
    let kept =
        text.char_indices().find(|(at, c)| at + c.len_utf8() > MAX_TEXT).map_or(text.len(), |(at, _)| at);
    let clean = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    text.get(..kept).unwrap_or("").chars().map(clean).collect()
}

/// A guest's text as one line.
pub(crate) fn one_line(it: &str) -> String {
    text(it).replace(['\n', '\t'], " ")
}

/// A place as a guest gives it: line and column of its start and of its end. Zeros become ones.
fn location(path: &str, [line, column, end_line, end_column]: [u32; 4]) -> Location {
    let position = |line: u32, column: u32| Position { line: line.max(1), column: column.max(1) };
    Location::new(path, Span { start: position(line, column), end: position(end_line, end_column) })
}
