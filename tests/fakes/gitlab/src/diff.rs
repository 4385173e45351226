//! Diffs between commits, file by file.

use palisade_fake_host::Git;

/// The diff of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileDiff {
    pub(crate) old_path: String,
    pub(crate) new_path: String,
    pub(crate) old_mode: String,
    pub(crate) new_mode: String,
    /// `A` for added, `D` for deleted, `M` for modified, `R` for renamed, `T` for another type.
    pub(crate) kind: char,
    /// The hunks; empty for a binary file.
    pub(crate) text: String,
}

/// A line of a diff, with its numbers before and after the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) old: Option<u64>,
    pub(crate) new: Option<u64>,
}

/// The number of unchanged lines that GitLab shows around a change.
pub(crate) const CONTEXT: usize = 3;

/// More unchanged lines than a file has.
pub(crate) const WHOLE: usize = 1_000_000;

/// The files that differ between two commits.
pub(crate) fn diffs(git: &Git, repository: &str, base: &str, head: &str, context: usize) -> Vec<FileDiff> {
    let unified = format!("-U{context}");
    let run = |form: &[&str]| {
        let all = [
            &["-c", "core.quotePath=false", "diff", "-M", "--no-color", "--no-ext-diff"],
            form,
            &[base, head],
        ];
        let output = git.run(repository, &all.concat()).unwrap_or_default();
        String::from_utf8_lossy(&output).into_owned()
    };
    let raw = run(&["--raw", "-z", "--no-abbrev"]);
    let patch = run(&["--full-index", &unified]);
    let mut patches = sections(&patch).into_iter();
    let mut pieces = raw.split('\0');
    let mut files = Vec::new();
    while let Some(facts) = pieces.next().and_then(|piece| piece.strip_prefix(':')) {
        let facts: Vec<&str> = facts.split(' ').collect();
        let [old_mode, new_mode, _, _, kind] = facts.as_slice() else { break };
        let kind = kind.chars().next().unwrap_or('M');
        let old_path = pieces.next().unwrap_or_default().to_owned();
        let new_path = if matches!(kind, 'R' | 'C') {
            pieces.next().unwrap_or_default().to_owned()
        } else {
            old_path.clone()
        };
        let mut text = patches.next().unwrap_or_default();
        if kind == 'T' {
            // Git prints such a change as a deleted and an added file.
            text.push_str(&patches.next().unwrap_or_default());
        }
        let (old_mode, new_mode) = ((*old_mode).to_owned(), (*new_mode).to_owned());
        files.push(FileDiff { old_path, new_path, old_mode, new_mode, kind, text });
    }
    files
}

/// The hunks of each file of a patch.
fn sections(patch: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut hunks = false;
    for line in patch.split_inclusive('\n') {
        if line.starts_with("diff --git ") {
            all.push(String::new());
            hunks = false;
        }
        hunks |= line.starts_with("@@ ");
        if let Some(last) = all.last_mut().filter(|_| hunks) {
            last.push_str(line);
        }
    }
    all
}

/// The lines of hunks.
pub(crate) fn lines(hunks: &str) -> Vec<Line> {
    let (mut old, mut new) = (0, 0);
    let mut all = Vec::new();
    for line in hunks.lines() {
        match line.chars().next() {
            Some('@') => {
                let mut starts = line.split(' ').skip(1).map(|range| {
                    range
                        .trim_start_matches(['-', '+'])
                        .split(',')
                        .next()
                        .and_then(|it| it.parse::<u64>().ok())
                });
                (old, new) = (starts.next().flatten().unwrap_or(0), starts.next().flatten().unwrap_or(0));
            }
            Some('+') => {
                all.push(Line { old: None, new: Some(new) });
                new += 1;
            }
            Some('-') => {
                all.push(Line { old: Some(old), new: None });
                old += 1;
            }
            Some('\\') => {}
            _ => {
                all.push(Line { old: Some(old), new: Some(new) });
                (old, new) = (old + 1, new + 1);
            }
        }
    }
    all
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn numbers_of_lines() {
        let line = |old, new| Line { old, new };
        let hunks =
            "@@ -3,3 +3,3 @@ fn\n a\n-b\n+c\n d\n@@ -9 +9,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n";
        let expected = [
            line(Some(3), Some(3)),
            line(Some(4), None),
            line(None, Some(4)),
            line(Some(5), Some(5)),
            line(Some(9), None),
            line(None, Some(9)),
            line(None, Some(10)),
        ];
        assert_eq!(lines(hunks), expected);
        assert_eq!(lines(""), []);
    }
}
