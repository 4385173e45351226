//! Fixes: from the text that a pack offers for a value to edits of a file that was read.
//!
//! A fix is made in two steps. [`offered`] takes it from an outcome with the place that the parser gave the value.
//! [`complete`] reads the files once all is judged, removes every fix that does not fit, and adds what readers see of
//! the others: a parser may be wrong about a place, and a fix is written to a file.

mod text;
mod uses;

use palisade_domain::tape::{Batch, Kind, NONE, Node, written};
use palisade_domain::{Control, Edit, Finding, Fix, Found, Outcome, mask};
use palisade_report::clean;
use palisade_source::Snapshot;

use self::text::{Text, row};
pub(crate) use self::uses::Uses;
use crate::location::location;

/// The longest replacement, in bytes.
const MAX_REPLACEMENT: usize = 4 << 10;
/// The most lines of an edit that are shown, those before and those after it together.
const MAX_LINES: usize = 20;
/// The most bytes of them.
const MAX_SHOWN: usize = 4 << 10;
/// The longest value that a description shows, in characters.
const MAX_VALUE: usize = 60;

/// The fix that an outcome offers, not yet checked against the file: see [`complete`].
pub(crate) fn offered(batch: &Batch, control: &Control, outcome: &Outcome, uses: &Uses) -> Option<Fix> {
    let replacement = outcome.fix.as_ref()?;
    if outcome.kind != Found::Failed || outcome.node == NONE {
        return None;
    }
    let node = Node::new(batch, outcome.node);
    if matches!(node.kind(), Kind::Mapping | Kind::Sequence) {
        return None;
    }
    let origin = node.origin()?;
    let at = location(batch, origin);
    let edit = Edit {
        path: at.path,
        start: at.start,
        end: at.end,
        start_byte: u64::from(origin.start),
        end_byte: u64::from(origin.end),
        replacement: replacement.clone(),
        before: String::new(),
        after: String::new(),
    };
    let safe = control.safe_fixes.contains(replacement) && uses.is_single(batch, origin);
    Some(Fix { description: String::new(), safe, edits: vec![edit] })
}

/// Checks the fixes of findings against the files of the tree, and adds what readers see of them. A fix whose place is
/// not in its file, or whose replacement must not be shown, is removed. Reads files: not for a thread that serves
/// others.
pub(crate) fn complete(tree: &dyn Snapshot, findings: &mut [Finding]) {
    // Findings come in the order of their files.
    let mut last: Option<(String, Option<Text>)> = None;
    for finding in findings {
        let Some(mut fix) = finding.fix.take() else { continue };
        let whole = fix.edits.iter_mut().try_for_each(|edit| {
            if last.as_ref().is_none_or(|(path, _)| *path != edit.path) {
                last = Some((edit.path.clone(), Text::read(tree, &edit.path)));
            }
            let (_, text) = last.as_ref()?;
            fill(edit, text.as_ref()?)
        });
        let Some((path, Some(text))) = &last else { continue };
        let of_one_file = fix.edits.iter().all(|it| it.path == *path);
        if whole.is_some() && of_one_file && fix.check(path, &text.whole).is_ok() {
            fix.description = describe(&fix.edits, &text.whole);
            finding.fix = Some(fix);
        }
    }
}

/// Checks an edit against its file: its bytes and its lines are the same place, and its replacement may be shown and
/// written. Then fills its offsets in the file and the lines around it.
fn fill(edit: &mut Edit, file: &Text) -> Option<()> {
    let (start, end) = (file.offset(edit.start)?, file.offset(edit.end)?);
    let given = |byte: u64| usize::try_from(byte).ok();
    let (given_start, given_end) = (given(edit.start_byte)?, given(edit.end_byte)?);
    // Some parsers count the byte order mark.
    let shift = given_start.checked_sub(start)?;
    if start > end || (shift != 0 && shift != file.mark) || given_end.checked_sub(end)? != shift {
        return None;
    }
    edit.replacement = written(file.text().get(start..end)?, &edit.replacement)?;
    let replacement = &edit.replacement;
    let is_plain = replacement.split(['\n', '\t']).all(|part| clean(part) == part);
    if replacement.len() > MAX_REPLACEMENT || !is_plain || mask(replacement) != *replacement {
        return None;
    }
    let is_json = edit.path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"));
    if is_json && !is_json_scalar(replacement) {
        return None;
    }
    (edit.start_byte, edit.end_byte) = ((start + file.mark) as u64, (end + file.mark) as u64);
    let (first, last) = (file.line(row(edit.start)?)?, file.line(row(edit.end)?)?);
    let head = file.text().get(first.start..start)?;
    let tail = file.text().get(end..last.end)?;
    let before = file.text().get(first.start..last.end)?;
    if head.len() + tail.len() + replacement.len() + before.len() > MAX_SHOWN {
        return Some(());
    }
    let after = format!("{head}{replacement}{tail}");
    if before.lines().count() + after.lines().count() <= MAX_LINES {
        (edit.before, edit.after) = (mask(before).into_owned(), mask(&after).into_owned());
    }
    Some(())
}

/// Whether a text is a value of JSON that is neither an object nor a list. [`written`] leaves nothing between quotes
/// that would have to be escaped.
fn is_json_scalar(text: &str) -> bool {
    let is_number = || {
        let begins = text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        begins && text.parse::<f64>().is_ok()
    };
    let is_text = || text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
    matches!(text, "true" | "false" | "null") || is_number() || is_text()
}

/// What edits of a file change, in one line.
fn describe(edits: &[Edit], file: &str) -> String {
    let [edit] = edits else { return format!("replace {} values", edits.len()) };
    let bytes = usize::try_from(edit.start_byte).ok().zip(usize::try_from(edit.end_byte).ok());
    let old = bytes.and_then(|(start, end)| file.get(start..end));
    match (shown(old.unwrap_or_default()).as_str(), shown(&edit.replacement).as_str()) {
        ("", new) => format!("insert `{new}`"),
        (old, "") => format!("remove `{old}`"),
        (old, new) => format!("replace `{old}` with `{new}`"),
    }
}

/// The beginning of a value, without secrets.
fn shown(value: &str) -> String {
    let value = mask(value);
    let line = value.lines().next().unwrap_or_default();
    let begin: String = line.chars().take(MAX_VALUE).collect();
    if begin.len() == value.len() { begin } else { format!("{begin}…") }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use palisade_source::{FolderSnapshot, Limits};

    use palisade_domain::Position;

    use super::text::MARK;
    use super::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    /// A file with an edit that replaces what is between `«` and `»`, and what the edit comes to.
    fn filled(text: &str, replacement: &str) -> Option<(Edit, String)> {
        let (head, rest) = text.split_once('«').unwrap();
        let (old, tail) = rest.split_once('»').unwrap();
        let place = |before: &str| {
            let before = before.strip_prefix(MARK).unwrap_or(before);
            let line = before.rsplit('\n').next().unwrap();
            let number = |count: usize| u32::try_from(count).unwrap() + 1;
            at(number(before.matches('\n').count()), number(line.chars().count()))
        };
        let edit = Edit {
            path: "a.yaml".to_owned(),
            start: place(head),
            end: place(&format!("{head}{old}")),
            start_byte: head.len() as u64,
            end_byte: (head.len() + old.len()) as u64,
            replacement: replacement.to_owned(),
            before: String::new(),
            after: String::new(),
        };
        complete_one(&format!("{head}{old}{tail}"), edit)
    }

    fn complete_one(text: &str, mut edit: Edit) -> Option<(Edit, String)> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.yaml"), text).unwrap();
        let tree = FolderSnapshot::open(folder.path(), Limits::default()).unwrap();
        let file = Text::read(&tree, &edit.path)?;
        fill(&mut edit, &file)?;
        let description = describe(std::slice::from_ref(&edit), &file.whole);
        Some((edit, description))
    }

    #[test]
    fn an_edit_shows_its_lines() {
        for (text, replacement, before, after, description) in [
            ("a: 1\nb: «true»\nc: 2\n", "false", "b: true", "b: false", "replace `true` with `false`"),
            ("b: «true» # yes\r\nc: 2\r\n", "false", "b: true # yes", "b: false # yes", ""),
            ("b: {ü: «true», c: 1}", "false", "b: {ü: true, c: 1}", "b: {ü: false, c: 1}", ""),
            ("\u{feff}b: «true»\n", "false", "b: true", "b: false", ""),
            ("b: «one\n  two»\nc: 1\n", "x", "b: one\n  two", "b: x", "replace `one…` with `x`"),
            ("b:«»\n", " x", "b:", "b: x", "insert ` x`"),
            ("b: «x»", "", "b: x", "b: ", "remove `x`"),
            ("«a»", "x", "a", "x", "replace `a` with `x`"),
            ("password: hunter22 «a»", "x", "*** a", "*** x", ""),
        ] {
            let (edit, description_found) = filled(text, replacement).expect(text);
            assert_eq!((edit.before.as_str(), edit.after.as_str()), (before, after), "{text:?}");
            let plain = text.replace(['«', '»'], "");
            let fix = Fix { description: String::new(), safe: false, edits: vec![edit] };
            let fixed = fix.apply("a.yaml", &plain).unwrap();
            let expected =
                text.split_once('«').unwrap().0.to_owned() + replacement + text.split_once('»').unwrap().1;
            assert_eq!(fixed, expected, "{text:?}");
            if !description.is_empty() {
                assert_eq!(description_found, description, "{text:?}");
            }
        }
    }

    #[test]
    fn what_must_not_be_written_or_shown_is_removed() {
        let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
        for replacement in ["\u{1b}[2J", "a\u{202e}b", "a\r\nb", &key, &"x".repeat(MAX_REPLACEMENT + 1)] {
            assert_eq!(filled("a: «b»\n", replacement), None, "{replacement:?}");
        }
    }

    /// Without its quotes a text would be of another type, and a file of JSON could not be read any more.
    #[test]
    fn values_keep_their_form() {
        let (edit, description) = filled("a: «\"Never\"»\n", "Always").unwrap();
        assert_eq!((edit.replacement.as_str(), edit.after.as_str()), ("\"Always\"", "a: \"Always\""));
        assert_eq!(description, "replace `\"Never\"` with `\"Always\"`");
        for (text, is_scalar) in [
            ("true", true),
            ("\"a\"", true),
            ("-1.5", true),
            ("Always", false),
            ("\"", false),
            ("inf", false),
            ("", false),
        ] {
            assert_eq!(is_json_scalar(text), is_scalar, "{text:?}");
        }
    }

    #[test]
    fn what_is_long_is_not_shown() {
        for (text, replacement) in [
            (format!("a: «b» # {}\n", "x".repeat(MAX_SHOWN)), "c".to_owned()),
            ("a: «b»\n".to_owned(), "c\n".repeat(MAX_LINES)),
        ] {
            let (edit, _) = filled(&text, &replacement).unwrap();
            assert_eq!((edit.before.as_str(), edit.after.as_str()), ("", ""));
        }
    }

    #[test]
    fn a_place_that_the_file_does_not_have_is_refused() {
        let edit = |start: Position, end: Position, start_byte: u64, end_byte: u64| Edit {
            path: "a.yaml".to_owned(),
            start,
            end,
            start_byte,
            end_byte,
            replacement: "x".to_owned(),
            before: String::new(),
            after: String::new(),
        };
        let text = "a: b\nc: d\n";
        assert!(complete_one(text, edit(at(2, 4), at(2, 5), 8, 9)).is_some());
        for wrong in [
            // Another place in bytes than in lines.
            edit(at(2, 4), at(2, 5), 3, 4),
            edit(at(2, 4), at(2, 5), 8, 10),
            edit(at(2, 4), at(2, 5), 11, 12),
            // Past the end of a line, past the end of the file, the end before the start.
            edit(at(1, 4), at(1, 7), 3, 6),
            edit(at(4, 1), at(4, 2), 10, 11),
            edit(at(2, 5), at(2, 4), 9, 8),
            edit(at(0, 0), at(0, 0), 0, 0),
        ] {
            assert_eq!(complete_one(text, wrong.clone()), None, "{wrong:?}");
        }
        for path in ["b.yaml", "../a.yaml", "/a.yaml", ""] {
            let elsewhere = Edit { path: path.to_owned(), ..edit(at(2, 4), at(2, 5), 8, 9) };
            assert_eq!(complete_one(text, elsewhere), None, "{path:?}");
        }
    }
}
