//! What a program can change in a file so that a violation is fixed.

use std::ops::Range;

use serde::Serialize;
use thiserror::Error;

use crate::Position;

/// A change that fixes a violation. The host has checked it against the files that were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fix {
    /// Summary of the change, in one line and without secrets.
    pub description: String,
    /// Whether its control declares that it changes only what the control demands, and the value that it replaces
    /// is used nowhere else. Any other fix must be reviewed before it is applied.
    pub safe: bool,
    /// Replacements, in the order of paths and places. No edit overlaps another.
    pub edits: Vec<Edit>,
}

/// A part of a file that is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Edit {
    /// The file, relative to the root of the tree, with `/`.
    pub path: String,
    /// First character that is replaced.
    pub start: Position,
    /// The character past the last one that is replaced; the start where text is inserted.
    pub end: Position,
    /// Offset of the start in the file, in bytes from 0. A byte order mark counts.
    pub start_byte: u64,
    /// Offset of the end in the file, in bytes from 0.
    pub end_byte: u64,
    /// The text to write there.
    pub replacement: String,
    /// The lines that hold the part, for readers, without the last line break and with secrets masked; empty where
    /// they are too long to show.
    pub before: String,
    /// The same lines once the edit is applied.
    pub after: String,
}

/// Why a fix cannot be applied to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FixError {
    /// A range that the file does not have, or that begins or ends within a character.
    #[error("bytes {start} to {end} are not a range of the file's text: scan the file again")]
    Range {
        /// Offset of its start in bytes.
        start: u64,
        /// Offset of its end in bytes.
        end: u64,
    },
    /// Two edits of the same characters, or at the same place.
    #[error("two edits overlap at byte {at}: apply one of them and scan again")]
    Overlap {
        /// Offset of the second one's start in bytes.
        at: u64,
    },
}

impl Fix {
    /// The text of a file once this fix is applied. `text` is the whole file with its byte order mark, if it has one;
    /// edits of other files are left out.
    pub fn apply(&self, path: &str, text: &str) -> Result<String, FixError> {
        let mut fixed = String::with_capacity(text.len());
        let mut done = 0;
        for (range, replacement) in self.replacements(path, text)? {
            fixed.push_str(text.get(done..range.start).unwrap_or_default());
            fixed.push_str(replacement);
            done = range.end;
        }
        fixed.push_str(text.get(done..).unwrap_or_default());
        Ok(fixed)
    }

    /// Whether this fix can be applied to a file, which is given as to [`Fix::apply`].
    pub fn check(&self, path: &str, text: &str) -> Result<(), FixError> {
        self.replacements(path, text).map(drop)
    }

    /// Ranges of the text that do not overlap, in order, and what replaces each.
    fn replacements(&self, path: &str, text: &str) -> Result<Vec<(Range<usize>, &str)>, FixError> {
        let mut replacements: Vec<(Range<usize>, &str)> = Vec::new();
        for edit in self.edits.iter().filter(|it| it.path == path) {
            let error = FixError::Range { start: edit.start_byte, end: edit.end_byte };
            let offset = |byte: u64| usize::try_from(byte).map_err(|_| error);
            let range = offset(edit.start_byte)?..offset(edit.end_byte)?;
            if text.get(range.clone()).is_none() {
                return Err(error);
            }
            replacements.push((range, &edit.replacement));
        }
        replacements.sort_by_key(|(range, _)| (range.start, range.end));
        let mut previous: Option<&Range<usize>> = None;
        for (range, _) in &replacements {
            if previous.is_some_and(|it| range.start < it.end || range.start == it.start) {
                return Err(FixError::Overlap { at: range.start as u64 });
            }
            previous = Some(range);
        }
        Ok(replacements)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Edit, Fix, FixError};
    use crate::Position;

    const PATH: &str = "pod.yaml";

    fn edit(path: &str, start_byte: u64, end_byte: u64, replacement: &str) -> Edit {
        let nowhere = Position { line: 1, column: 1 };
        Edit {
            path: path.to_owned(),
            start: nowhere,
            end: nowhere,
            start_byte,
            end_byte,
            replacement: replacement.to_owned(),
            before: String::new(),
            after: String::new(),
        }
    }

    fn fix(edits: Vec<Edit>) -> Fix {
        Fix { description: String::new(), safe: false, edits }
    }

    #[test]
    fn edits_are_applied_in_the_order_of_their_places() {
        for (text, edits, fixed) in [
            ("a: true\n", &[(3, 7, "false")][..], Ok("a: false\n")),
            ("a: true\n", &[], Ok("a: true\n")),
            ("a: 1, b: 2", &[(9, 10, "3"), (3, 4, "")], Ok("a: , b: 3")),
            ("ab", &[(0, 1, "x"), (1, 2, "y")], Ok("xy")),
            ("ab", &[(1, 1, "-")], Ok("a-b")),
            ("ab", &[(2, 2, "-")], Ok("ab-")),
            ("abc", &[(0, 2, ""), (1, 3, "")], Err(FixError::Overlap { at: 1 })),
            ("abc", &[(1, 1, "x"), (1, 1, "y")], Err(FixError::Overlap { at: 1 })),
            ("abc", &[(1, 1, "x"), (1, 2, "y")], Err(FixError::Overlap { at: 1 })),
            ("abc", &[(2, 1, "")], Err(FixError::Range { start: 2, end: 1 })),
            ("abc", &[(2, 4, "")], Err(FixError::Range { start: 2, end: 4 })),
            ("ü", &[(1, 2, "")], Err(FixError::Range { start: 1, end: 2 })),
            ("", &[(u64::MAX, u64::MAX, "")], Err(FixError::Range { start: u64::MAX, end: u64::MAX })),
        ] {
            let edits = edits.iter().map(|(start, end, new)| edit(PATH, *start, *end, new)).collect();
            assert_eq!(fix(edits).apply(PATH, text), fixed.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn a_fix_of_several_files_changes_each_alone() {
        let fix = fix(vec![edit("a", 0, 1, "x"), edit("b", 1, 2, "y")]);
        let apply = |path: &str| fix.apply(path, "12").unwrap();
        assert_eq!([apply("a"), apply("b"), apply("c")], ["x2", "1y", "12"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// Nothing panics. A fixed text has the expected length and keeps everything that is not replaced.
        #[test]
        fn any_edits(text in ".{0,12}", edits in prop::collection::vec((0..16_u64, 0..16_u64, "[x-z]{0,3}"), 0..4)) {
            let fix = fix(edits.iter().map(|(start, end, new)| edit(PATH, *start, *end, new)).collect());
            let overlaps = edits.iter().enumerate().any(|(row, (start, end, _))| {
                edits.iter().skip(row + 1).any(|(other, until, _)| start == other || (start < until && other < end))
            });
            match fix.apply(PATH, &text) {
                Ok(fixed) => {
                    prop_assert!(!overlaps);
                    let removed: u64 = edits.iter().map(|(start, end, _)| end - start).sum();
                    let added: usize = edits.iter().map(|(_, _, new)| new.len()).sum();
                    prop_assert_eq!(fixed.len() as u64 + removed, (text.len() + added) as u64);
                }
                Err(FixError::Overlap { .. }) => prop_assert!(overlaps),
                Err(FixError::Range { start, end }) => {
                    let range = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
                    prop_assert_eq!(text.get(range), None);
                }
            }
            prop_assert_eq!(fix.apply("other", &text), Ok(text));
        }

        /// Edits that do not overlap give the same text as if they were applied one by one from the end.
        #[test]
        fn apart_edits(parts in prop::collection::vec(("[a-c]{1,3}", "[x-z]{0,3}"), 0..6)) {
            let (mut text, mut expected, mut edits) = (String::new(), String::new(), Vec::new());
            for (number, (old, new)) in parts.iter().enumerate() {
                let start = text.len() as u64;
                text.push_str(old);
                if number % 2 == 0 {
                    edits.insert(0, edit(PATH, start, text.len() as u64, new));
                }
                expected.push_str(if number % 2 == 0 { new } else { old });
            }
            prop_assert_eq!(fix(edits).apply(PATH, &text), Ok(expected));
        }
    }
}
