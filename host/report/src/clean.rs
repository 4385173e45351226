//! Untrusted text on a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character moves the cursor, breaks the line, or changes the direction of text.
pub(crate) fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Offsets, the last one first, at which a line may contain a command to the program that collects it. GitHub Actions
/// runs lines that begin with `::` and, as Azure Pipelines (`##vso[`) and TeamCity (`##teamcity[`) do, text between
/// `##` and `[`.
pub(crate) fn orders(text: &str) -> Vec<usize> {
    let mut orders = Vec::new();
    let (mut opens, mut next) = (false, ' ');
    for (at, c) in text.char_indices().rev() {
        match c {
            '[' => opens = true,
            '#' if opens && next == '#' => orders.push(at),
            '#' => {}
            c => opens &= c.is_ascii_alphanumeric(),
        }
        next = c;
    }
    let begin = text.trim_start();
    // The text after this one may begin with the second colon.
    if begin.starts_with(':') {
        orders.push(text.len() - begin.len());
    }
    orders
}

/// A text on one line, with escapes for characters that a terminal interprets: file names, messages and addresses come
/// from the tree and from plugins, and must not control the terminal. Commands to a build server that reads the line
/// are escaped too.
pub fn clean(text: &str) -> Cow<'_, str> {
    let mut orders = orders(text);
    if orders.is_empty() && !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let obeyed = orders.pop_if(|order| *order == at).is_some();
        match c {
            '\n' => cleaned.push_str("\\n"),
            '\t' => cleaned.push_str("\\t"),
            '\r' => cleaned.push_str("\\r"),
            // Writing to a string cannot fail.
            c if obeyed || is_active(c) => drop(write!(cleaned, "\\u{{{:x}}}", u32::from(c))),
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// The same for a text of several lines: line breaks and tabs are kept.
pub(crate) fn clean_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\t']) {
        return clean(text);
    }
    let line = |line: &str| line.split('\t').map(clean).collect::<Vec<_>>().join("\t");
    Cow::Owned(text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// Whether [`clean_lines`] changes nothing in a text.
pub(crate) fn is_plain(text: &str) -> bool {
    text.split(['\n', '\t']).all(|part| matches!(clean(part), Cow::Borrowed(_)))
}

/// At most `limit` characters, with a mark if some were removed.
pub fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some(_) if limit == 0 => Cow::Borrowed(""),
        Some(_) => Cow::Owned(text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{clean, clean_lines, cut, is_plain};

    #[test]
    fn what_a_terminal_would_act_on_is_written_out() {
        for (text, shown) in [
            ("größe 日本 🦀", "größe 日本 🦀"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{7}\u{8}\u{7f}\0", "\\u{7}\\u{8}\\u{7f}\\u{0}"),
            ("a\u{202e}b\u{2066}c\u{200f}d\u{2028}e", "a\\u{202e}b\\u{2066}c\\u{200f}d\\u{2028}e"),
            ("back\\slash", "back\\slash"),
            ("::error::x", "\\u{3a}:error::x"),
            ("  ::stop-commands::x", "  \\u{3a}:stop-commands::x"),
            (":", "\\u{3a}"),
            ("a::b", "a::b"),
            ("a ##[error]x", "a \\u{23}#[error]x"),
            ("##vso[task.setvariable]x", "\\u{23}#vso[task.setvariable]x"),
            ("###[x]", "\\u{23}\\u{23}#[x]"),
            ("## a heading", "## a heading"),
        ] {
            assert_eq!(clean(text), shown);
        }
        assert!(matches!(clean("ordinary"), Cow::Borrowed(_)));
        assert_eq!(clean_lines("a\tb\r\n\u{1b}c\n\n\t::d\re"), "a\tb\n\\u{1b}c\n\n\t\\u{3a}:d\\re");
        assert_eq!(clean_lines("plain"), "plain");
        for (text, plain) in [("a: b\n\tc\n", true), ("a\r\n", false), ("a\n::b", false), ("\u{202e}", false)]
        {
            assert_eq!(is_plain(text), plain, "{text:?}");
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("größe", 4), "grö…");
        assert_eq!(cut("größe", 0), "");
    }
}
