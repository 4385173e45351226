//! Hunks of a unified diff, by file.

/// The hunks of one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// The path before the change; empty for a new file.
    pub(crate) old: &'a str,
    /// The path after the change; empty for a deleted file.
    pub(crate) new: &'a str,
    /// The hunks, from the first `@@`.
    pub(crate) hunks: &'a str,
}

/// The path of a header line; empty for `/dev/null` and for a quoted path.
fn path<'a>(line: &'a str, prefix: &str) -> &'a str {
    line.trim_end_matches('\t').strip_prefix(prefix).unwrap_or_default()
}

/// The files of a diff that have hunks: binary files and renamings have none.
/// <https://git-scm.com/docs/diff-format#generate_patch_text_with_p>
pub(crate) fn parts(diff: &str) -> Vec<Part<'_>> {
    let (mut all, mut at) = (Vec::new(), 0);
    let mut starts = Vec::new();
    // A line of a hunk begins with a space, a sign or a backslash.
    for line in diff.split_inclusive('\n') {
        if line.starts_with("diff --git ") {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(diff.len());
    for pair in starts.windows(2) {
        let [from, to] = pair else { continue };
        let file = diff.get(*from..*to).unwrap_or_default();
        let (mut old, mut new, mut at) = ("", "", 0);
        for line in file.split_inclusive('\n') {
            let text = line.trim_end_matches(['\n', '\r']);
            if text.starts_with("@@") {
                all.push(Part { old, new, hunks: file.get(at..).unwrap_or_default() });
                break;
            }
            if text.starts_with("--- ") {
                old = path(text, "--- a/");
            } else if text.starts_with("+++ ") {
                new = path(text, "+++ b/");
            }
            at += line.len();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_has_the_hunks_of_each_file() {
        let edit =
            "diff --git a/x.tf b/x.tf\nindex 1..2 100644\n--- a/x.tf\n+++ b/x.tf\n@@ -1 +1 @@\n-a\n+b\n";
        let added = "diff --git a/a b.tf b/a b.tf\nnew file mode 100644\n--- /dev/null\n+++ b/a b.tf\t\n@@ -0,0 +1 @@\n+b\n";
        let removed = "diff --git a/x b/x\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n--- a/y\n";
        let binary = "diff --git a/p.png b/p.png\nBinary files a/p.png and b/p.png differ\n";
        let renamed = "diff --git a/o b/n\nsimilarity index 90%\nrename from o\nrename to n\n--- a/o\n+++ b/n\n@@ -1 +1 @@\n-a\n+b\n";
        for (diff, expected) in [
            (String::new(), vec![]),
            ("nothing\n".to_owned(), vec![]),
            (edit.to_owned(), vec![("x.tf", "x.tf", "@@ -1 +1 @@\n-a\n+b\n")]),
            (binary.to_owned(), vec![]),
            (
                format!("{added}{binary}{removed}{renamed}"),
                vec![
                    ("", "a b.tf", "@@ -0,0 +1 @@\n+b\n"),
                    ("x", "", "@@ -1 +0,0 @@\n--- a/y\n"),
                    ("o", "n", "@@ -1 +1 @@\n-a\n+b\n"),
                ],
            ),
        ] {
            let found: Vec<_> = parts(&diff).iter().map(|it| (it.old, it.new, it.hunks)).collect();
            assert_eq!(found, expected, "{diff}");
        }
    }
}
