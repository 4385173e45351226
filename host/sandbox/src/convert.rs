//! Converts between the types of the contract and those of the host, and validates what a guest returns: it is
//! untrusted.

mod from_pack;
mod from_parser;
pub(crate) mod provider;
mod to_pack;

pub(crate) use from_pack::{controls, judgement, pack_call_error};
pub(crate) use from_parser::{call_error, formats, mount, parsed, units};
pub(crate) use to_pack::{Property, Tables};

use palisade_domain::{Location, Position, Span};

use crate::fault::Fault;

/// The longest message or name that is accepted from a guest, in bytes.
const MAX_TEXT: usize = 16 << 10;

fn bad(what: impl Into<String>) -> Fault {
    Fault::BadOutput { what: what.into() }
}

/// A text of a guest, cut at the maximum length; control characters but `\n` and `\t` are replaced.
fn text(text: &str) -> String {
    let kept =
        text.char_indices().find(|(at, c)| at + c.len_utf8() > MAX_TEXT).map_or(text.len(), |(at, _)| at);
    let clean = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    text.get(..kept).unwrap_or("").chars().map(clean).collect()
}

/// A text of a guest on one line.
pub(crate) fn one_line(it: &str) -> String {
    text(it).replace(['\n', '\t'], " ")
}

/// A location from a guest: line and column of its start and of its end. Zeros become ones.
fn location(path: &str, [line, column, end_line, end_column]: [u32; 4]) -> Location {
    let position = |line: u32, column: u32| Position { line: line.max(1), column: column.max(1) };
    Location::new(path, Span { start: position(line, column), end: position(end_line, end_column) })
}
