//! The fix of a finding as a diff.

use palisade_domain::Fix;

use crate::clean::cut;
use crate::escape::fenced_as;

/// The most lines of a diff.
const LINES: usize = 20;
/// The longest line in characters.
const LINE: usize = 300;

/// The description of a fix, in one line: ``replace `true` with `false` (safe)``.
pub(crate) fn summary(fix: &Fix) -> String {
    let safe = if fix.safe { " (safe)" } else { "" };
    format!("{}{safe}", fix.description)
}

/// The lines before and after, with `-` and `+`; empty if the fix has no lines to show. Each of several edits has a
/// header.
pub(crate) fn diff_lines(fix: &Fix) -> Vec<String> {
    let mut lines = Vec::new();
    for edit in fix.edits.iter().filter(|it| !(it.before.is_empty() && it.after.is_empty())) {
        if fix.edits.len() > 1 {
            lines.push(format!("@@ {}:{} @@", edit.path, edit.start.line));
        }
        lines.extend(edit.before.lines().map(|line| format!("-{line}")));
        lines.extend(edit.after.lines().map(|line| format!("+{line}")));
    }
    if lines.len() > LINES {
        lines.truncate(LINES - 1);
        lines.push(" …".to_owned());
    }
    lines.iter().map(|line| cut(line, LINE).into_owned()).collect()
}

/// The diff in a fenced block that no line of the file can close.
pub(crate) fn diff(fix: &Fix) -> Option<String> {
    let lines = diff_lines(fix);
    (!lines.is_empty()).then(|| fenced_as("diff", &lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use palisade_domain::{Edit, Fix, Position};

    use super::{LINES, diff, summary};

    fn fix(edits: &[(&str, &str)]) -> Fix {
        let at = Position { line: 7, column: 3 };
        let edit = |(before, after): &(&str, &str)| Edit {
            path: "app/pod.yaml".to_owned(),
            start: at,
            end: at,
            start_byte: 0,
            end_byte: 0,
            replacement: String::new(),
            before: (*before).to_owned(),
            after: (*after).to_owned(),
        };
        Fix {
            description: "replace `true` with `false`".to_owned(),
            safe: true,
            edits: edits.iter().map(edit).collect(),
        }
    }

    #[test]
    fn lines_before_and_after() {
        for (edits, block) in [
            (&[("a: true", "a: false")][..], "```diff\n-a: true\n+a: false\n```\n"),
            (&[("\ta:\r\n\tb", "")], "```diff\n-\ta:\n-\tb\n```\n"),
            (&[("", "a: false")], "```diff\n+a: false\n```\n"),
            (&[("```", "~~~~\n````")], "`````diff\n-```\n+~~~~\n+````\n`````\n"),
            (&[("\u{1b}[2J\u{202e}", "::error::x")], "```diff\n-\\u{1b}[2J\\u{202e}\n+::error::x\n```\n"),
            (
                &[("a", "b"), ("", ""), ("c", "d")],
                "```diff\n@@ app/pod.yaml:7 @@\n-a\n+b\n@@ app/pod.yaml:7 @@\n-c\n+d\n```\n",
            ),
        ] {
            assert_eq!(diff(&fix(edits)).as_deref(), Some(block), "{edits:?}");
        }
        for nothing in [&[][..], &[("", "")]] {
            assert_eq!(diff(&fix(nothing)), None);
        }
        assert_eq!(summary(&fix(&[])), "replace `true` with `false` (safe)");
    }

    #[test]
    fn a_diff_is_bounded() {
        let (lines, line) = ("x\n".repeat(100), "x".repeat(10_000));
        let block = diff(&fix(&[(&lines, &lines)])).unwrap();
        assert_eq!(block.lines().count(), LINES + 2);
        assert!(block.ends_with("\n …\n```\n"), "{block}");
        assert!(diff(&fix(&[(&line, &line)])).unwrap().len() < 1_000);
    }
}
