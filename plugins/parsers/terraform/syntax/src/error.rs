//! Our messages for syntax errors. hcl-edit reports where it stopped; unclosed brackets and strings are found by a
//! scan.

use hcl_edit::parser::Error;
use palisade_text::to_offset;

use crate::SyntaxError;
use crate::scan::{Frame, FrameKind, Outcome, Start, walk};

/// Converts an error of hcl-edit.
pub(crate) fn worded(error: &Error, text: &str, start: Start) -> SyntaxError {
    let at = offset(error, text);
    let outcome = walk(text, start, &mut |_| {});
    // An error without an explanation is where the attempt began, not where it ended.
    let vague = error.message().starts_with("unexpected");
    if let Some(error) = unclosed(&outcome, text, if vague { text.len() } else { at }) {
        return error;
    }
    if vague {
        return broken_off(text, at, start);
    }
    SyntaxError { at: to_offset(at), message: message(error.message(), text, at) }
}

/// The error if hcl-edit has no explanation.
fn broken_off(text: &str, at: usize, start: Start) -> SyntaxError {
    let rest = text.get(at..).unwrap_or_default();
    let ahead = rest.trim_start();
    let found = found(ahead);
    let (at, message) = match start {
        Start::Body if ahead.starts_with(|it: char| it.is_alphabetic() || it == '_') => {
            (at, format!("{found} begins no whole attribute or block"))
        }
        Start::Body => (at, format!("expected an attribute or a block, found {found}")),
        Start::Expression => {
            let at = at + rest.len() - ahead.len();
            (at, format!("expected an operator or the end of the expression, found {found}"))
        }
        Start::Template => (at, "an interpolation or directive that cannot be read begins here".to_owned()),
    };
    SyntaxError { at: to_offset(at), message }
}

/// The byte of an error. hcl-edit never reports one after the last byte; only the column shows that the error is there.
fn offset(error: &Error, text: &str) -> usize {
    let at = pointed_at(error, text);
    // For these two errors the parser reports the place after the unexpected token.
    let behind = ["invalid object value assignment", "invalid escape sequence"];
    if behind.iter().any(|label| error.message().starts_with(label)) {
        return text.get(..at).and_then(|before| before.char_indices().next_back()).map_or(at, |(at, _)| at);
    }
    at
}

fn pointed_at(error: &Error, text: &str) -> usize {
    let at = error.location().offset();
    if at + 1 < text.len() && text.is_char_boundary(at) {
        return at;
    }
    let line = text.get(..at).map_or(0, |before| before.rfind('\n').map_or(0, |newline| newline + 1));
    let column = text.get(line..at).map_or(0, |before| before.chars().count()) + 1;
    if text.is_char_boundary(at) && error.location().column() <= column { at } else { text.len() }
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

fn unclosed(outcome: &Outcome, text: &str, at: usize) -> Option<SyntaxError> {
    let error = |at: usize, message: String| Some(SyntaxError { at: to_offset(at), message });
    if let Some(quote) = outcome.broken
        && quote <= at
    {
        return error(
            quote,
            "this text is not closed on its line: expected `\"`, found the end of the line".into(),
        );
    }
    if let Some((stray, open)) = outcome.stray
        && stray <= at
    {
        let found = text.get(stray..).and_then(|rest| rest.chars().next()).unwrap_or_default();
        return error(
            stray,
            match open {
                Some(Frame { kind: FrameKind::Code { close, .. }, at }) => {
                    let close = char::from(close);
                    format!("expected `{close}`, which closes line {}, found `{found}`", line(text, at))
                }
                _ => format!("`{found}` closes nothing"),
            },
        );
    }
    let frame = outcome.unclosed.last()?;
    let what = match frame.kind {
        FrameKind::Heredoc { word } => {
            let word = text.get(word.0..word.1).unwrap_or_default();
            return error(
                frame.at,
                format!("the text that begins here is never closed: expected a line `{word}`"),
            );
        }
        FrameKind::Quoted => "`\"`",
        FrameKind::Comment => "`*/`",
        FrameKind::Code { close: b')', .. } => "`)`",
        FrameKind::Code { close: b']', .. } => "`]`",
        FrameKind::Code { .. } | FrameKind::Bare => "`}`",
    };
    // An unclosed bracket may not be the cause of an earlier error.
    let early = at < text.trim_end().len() && matches!(frame.kind, FrameKind::Code { .. });
    if early { None } else { error(frame.at, format!("what begins here is never closed: expected {what}")) }
}

fn message(theirs: &str, text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or_default();
    let found = found(rest);
    if theirs.contains("redefined attribute") {
        return format!("{found} is set a second time in this block");
    }
    if theirs.contains("redefined object key") {
        return format!("the key {found} comes a second time in this object");
    }
    if theirs.contains("64 nested levels") {
        return "nested deeper than 64 levels, the most that is read".to_owned();
    }
    if theirs.contains("128 chained") {
        return "more than 128 operators in one expression, the most that is read".to_owned();
    }
    if theirs.contains("hex code") {
        return "after `\\u` stand 4 hexadecimal digits, after `\\U` 8, of a character that exists"
            .to_owned();
    }
    if theirs.contains("invalid escape sequence") {
        return format!(
            "no escape sequence: after a backslash expected `n`, `r`, `t`, `u`, `U`, `\"` or a backslash, found {found}"
        );
    }
    if theirs.contains("invalid expression") {
        return format!("expected an expression, found {found}");
    }
    if theirs.contains("invalid structure") {
        return format!("expected `=`, `{{` or a label, found {found}");
    }
    if theirs.contains("invalid block body") {
        return format!("expected an attribute, a block or `}}`, found {found}");
    }
    let expected = theirs.split_once("expected ").map(|(_, expected)| expected);
    match expected {
        Some(expected) => {
            let expected = expected.split("; ").next().unwrap_or(expected);
            let expected =
                expected.replace("newline", "the end of the line").replace("eof", "the end of the text");
            format!("expected {expected}, found {found}")
        }
        None => format!("unexpected {found}"),
    }
}

/// The beginning of a text, for messages.
fn found(rest: &str) -> String {
    const MOST: usize = 40;
    let Some(first) = rest.chars().next() else { return "the end of the text".to_owned() };
    if first == '\n' || rest.starts_with("\r\n") {
        return "the end of the line".to_owned();
    }
    if first.is_control() {
        return format!("the character U+{:04X}", u32::from(first));
    }
    if first.is_alphanumeric() || first == '_' {
        let word = rest.chars().take(MOST).take_while(|it| it.is_alphanumeric() || matches!(it, '_' | '-'));
        return format!("`{}`", word.collect::<String>());
    }
    format!("`{first}`")
}
