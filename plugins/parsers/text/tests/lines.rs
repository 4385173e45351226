//! Lines and columns, compared with a simple implementation.

#![cfg(test)]

use palisade_text::{Lines, to_offset};
use proptest::prelude::*;

/// Line and column of a byte, by counting the text before it.
fn counted(text: &str, at: usize) -> (u32, u32) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.split(|byte| *byte == b'\n').count();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let column = before[start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
    (to_offset(line), to_offset(column))
}

/// A text, and bytes of it with their line and column.
type Row = (&'static str, &'static [(u32, (u32, u32))]);

#[test]
fn positions() {
    let table: &[Row] = &[
        ("", &[(0, (1, 1)), (9, (1, 1))]),
        ("a", &[(0, (1, 1)), (1, (1, 2)), (2, (1, 2))]),
        ("a\n", &[(1, (1, 2)), (2, (2, 1)), (3, (2, 1))]),
        (
            "a: é✓x\n\nb: 1",
            &[(3, (1, 4)), (5, (1, 5)), (8, (1, 6)), (9, (1, 7)), (10, (2, 1)), (13, (3, 3)), (99, (3, 5))],
        ),
        // A carriage return before a line feed is part of its line.
        ("a\r\nb", &[(1, (1, 2)), (2, (1, 3)), (3, (2, 1)), (4, (2, 2))]),
        // Without a line feed it does not end a line.
        ("a\rb\r", &[(2, (1, 3)), (4, (1, 5))]),
        // A byte order mark is one code point of three bytes.
        ("\u{feff}a\nb", &[(0, (1, 1)), (3, (1, 2)), (5, (2, 1))]),
        // A character of four bytes, and line breaks of Unicode, which do not end a line.
        ("🦀x\u{2028}y\u{85}z", &[(4, (1, 2)), (5, (1, 3)), (8, (1, 4)), (9, (1, 5)), (11, (1, 6))]),
    ];
    for (text, rows) in table {
        let lines = Lines::new(text);
        for (at, position) in *rows {
            assert_eq!(lines.position(*at), *position, "{text:?} at {at}");
        }
    }
}

#[test]
fn spans() {
    let lines = Lines::new("a: é✓x\n\nb: 1");
    let span = lines.span(3, 9);
    assert_eq!((span.line, span.column, span.end_line, span.end_column), (1, 4, 1, 7));
    // The end is never before the start.
    let span = lines.span(10, 3);
    assert_eq!((span.start, span.end, span.line, span.end_line), (10, 10, 2, 2));
    let origin = lines.origin(7, 3, 13);
    assert_eq!((origin.document, origin.line, origin.end_line, origin.end_column), (7, 1, 3, 3));
}

/// Texts of few letters, so that line ends, marks and multi-byte letters are often adjacent.
fn text() -> impl Strategy<Value = String> {
    let pieces =
        prop::sample::select(vec!["a", "\n", "\r\n", "\r", "é", "✓", "🦀", "\u{feff}", "\u{2028}", " "]);
    (prop::bool::ANY, prop::collection::vec(pieces, 0..60)).prop_map(|(marked, pieces)| {
        let text = pieces.concat();
        if marked { format!("\u{feff}{text}") } else { text }
    })
}

proptest! {
    #[test]
    fn positions_in_any_order_are_those_that_counting_gives(
        text in text(),
        questions in prop::collection::vec(0usize..300, 1..40),
    ) {
        let lines = Lines::new(&text);
        prop_assert_eq!(lines.is_ascii(), text.is_ascii());
        for at in questions {
            prop_assert_eq!(lines.position(to_offset(at)), counted(&text, at), "at {}", at);
        }
    }

    #[test]
    fn positions_grow_with_the_text(text in text()) {
        let lines = Lines::new(&text);
        let positions: Vec<_> = text.char_indices().map(|(at, _)| lines.position(to_offset(at))).collect();
        prop_assert!(positions.is_sorted_by(|one, next| one < next));
        let end = lines.position(to_offset(text.len()));
        prop_assert!(positions.last().is_none_or(|last| *last < end));
        prop_assert_eq!(lines.position(u32::MAX), end);
    }

    #[test]
    fn a_line_begins_in_column_1(text in text(), at in 0usize..300) {
        let lines = Lines::new(&text);
        let start = lines.line_start(to_offset(at));
        let (line, _) = lines.position(to_offset(at));
        prop_assert!(start as usize <= at.min(text.len()));
        prop_assert_eq!(lines.position(start), (line, 1));
    }

    #[test]
    fn a_span_is_the_positions_of_its_ends(text in text(), start in 0u32..300, length in 0u32..50) {
        let lines = Lines::new(&text);
        let span = lines.span(start, start + length);
        prop_assert_eq!((span.line, span.column), lines.position(start));
        prop_assert_eq!((span.end_line, span.end_column), lines.position(start + length));
        prop_assert_eq!(palisade_sdk::Span::from(lines.origin(0, start, start + length)), span);
    }
}
