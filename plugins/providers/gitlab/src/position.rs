//! Lines of a merge request's diff, on which discussions can be.
//! <https://docs.gitlab.com/api/discussions/#create-a-merge-request-thread>

use std::collections::BTreeMap;

use palisade_sdk::provider::Annotation;
use palisade_sdk::provider::json::text;
use serde_json::{Map, Value};

/// The lines of the new file that a diff shows, each with its line in the old file if it is unchanged.
pub(crate) fn lines(patch: &str) -> BTreeMap<u32, Option<u32>> {
    let mut shown = BTreeMap::new();
    let (mut old, mut new) = (Range::default(), Range::default());
    for line in patch.lines() {
        if old.left == 0 && new.left == 0 {
            if let Some((before, after)) = header(line) {
                (old, new) = (before, after);
            }
            continue;
        }
        match line.bytes().next() {
            Some(b'+') => {
                shown.insert(new.next(), None);
            }
            Some(b'-') => {
                old.next();
            }
            // "\ No newline at end of file"
            Some(b'\\') => {}
            _ => {
                shown.insert(new.next(), Some(old.next()));
            }
        }
    }
    shown
}

/// The lines of a hunk that remain.
#[derive(Clone, Copy, Default)]
struct Range {
    at: u32,
    left: u32,
}

impl Range {
    fn read(text: &str) -> Option<Range> {
        let (at, left) = text.split_once(',').unwrap_or((text, "1"));
        Some(Range { at: at.parse().ok()?, left: left.parse().ok()? })
    }

    fn next(&mut self) -> u32 {
        let at = self.at;
        self.at = at.saturating_add(1);
        self.left = self.left.saturating_sub(1);
        at
    }
}

/// The ranges of `@@ -1,2 +3,4 @@`.
fn header(line: &str) -> Option<(Range, Range)> {
    let mut words = line.strip_prefix("@@ -")?.split(' ');
    let (old, new) = (words.next()?, words.next()?.strip_prefix('+')?);
    Some((Range::read(old)?, Range::read(new)?))
}

/// A changed file of a merge request.
pub(crate) struct File {
    old_path: String,
    lines: BTreeMap<u32, Option<u32>>,
}

/// The changed files of a merge request by their new path, from GitLab's list.
pub(crate) fn files(diffs: &[Value]) -> BTreeMap<String, File> {
    let file = |it: &Value| {
        let file = File { old_path: text(it, "/old_path").to_owned(), lines: lines(text(it, "/diff")) };
        (text(it, "/new_path").to_owned(), file)
    };
    diffs.iter().map(file).collect()
}

/// The position of an annotation: its first line that the diff shows, with the commits of the diff. An added line has
/// only a new line, an unchanged one both. None outside of the diff.
pub(crate) fn position(files: &BTreeMap<String, File>, refs: &Value, it: &Annotation) -> Option<Value> {
    let file = files.get(&it.path)?;
    let (new, old) = file.lines.range(it.line..=it.end_line.max(it.line)).next()?;
    let mut fields = Map::new();
    for name in ["base_sha", "start_sha", "head_sha"] {
        fields.insert(name.to_owned(), text(refs, &format!("/{name}")).into());
    }
    fields.insert("position_type".to_owned(), "text".into());
    fields.insert("old_path".to_owned(), file.old_path.as_str().into());
    fields.insert("new_path".to_owned(), it.path.as_str().into());
    fields.insert("new_line".to_owned(), (*new).into());
    if let Some(old) = old {
        fields.insert("old_line".to_owned(), (*old).into());
    }
    Some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use palisade_sdk::provider::Severity;
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_of_a_diff() {
        let two = "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -10 +10,2 @@ block {\n j\n+k\n";
        for (patch, expected) in [
            ("@@ -0,0 +1,2 @@\n+a\n+b\n", "1+ 2+"),
            (two, "1=1 2+ 3=3 10=10 11+"),
            ("@@ -1,2 +0,0 @@\n-a\n-b\n", ""),
            ("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", "1+"),
            // Lines of the file that look like headers, and a header of a file before the hunks.
            ("--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+@@ -9 +9 @@\n+++ b\n--- a\n", "1=1 2+ 3+"),
            ("@@ -5,2 +6,2 @@\n-a\n+A\n\n", "6+ 7=6"),
            ("@@ x @@\n+a", ""),
            ("", ""),
        ] {
            let shown: Vec<String> = lines(patch)
                .iter()
                .map(|(new, old)| old.map_or(format!("{new}+"), |old| format!("{new}={old}")))
                .collect();
            assert_eq!(shown.join(" "), expected, "{patch}");
        }
    }

    #[test]
    fn positions_of_annotations() {
        let diffs = [
            json!({"old_path": "old.tf", "new_path": "new.tf", "diff": "@@ -4,2 +5,3 @@\n a\n+b\n c\n"}),
            json!({"old_path": "big.tf", "new_path": "big.tf", "diff": "", "too_large": true}),
        ];
        let files = files(&diffs);
        let refs = json!({"base_sha": "b", "start_sha": "s", "head_sha": "h"});
        for (path, line, end_line, expected) in [
            ("new.tf", 5, 5, Some((Some(4), 5))),
            ("new.tf", 6, 6, Some((None, 6))),
            ("new.tf", 1, 6, Some((Some(4), 5))),
            ("new.tf", 7, 0, Some((Some(5), 7))),
            ("new.tf", 8, 20, None),
            ("old.tf", 5, 5, None),
            ("big.tf", 1, 1, None),
        ] {
            let it = Annotation {
                key: "k".to_owned(),
                path: path.to_owned(),
                line,
                end_line,
                severity: Severity::High,
                title: String::new(),
                message: String::new(),
            };
            let found = position(&files, &refs, &it).map(|it| {
                assert_eq!((text(&it, "/start_sha"), text(&it, "/old_path")), ("s", "old.tf"));
                (it.get("old_line").and_then(Value::as_u64), it["new_line"].as_u64().unwrap())
            });
            assert_eq!(found, expected, "{path} {line} {end_line}");
        }
    }
}
