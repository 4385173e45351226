//! Untrusted text in Markdown, as GitHub and GitLab parse it: <https://github.github.com/gfm/>.

use crate::clean::{clean, clean_lines};

/// A character that neither program displays and that ends a word in both.
const NOTHING: char = '\u{200b}';

/// Characters that make the next word a reference: to a user, an issue, a change, a milestone, a label, an epic, a
/// snippet, an alert, an iteration (<https://docs.gitlab.com/user/markdown/#gitlab-specific-references>).
fn refers(c: char) -> bool {
    matches!(c, '@' | '#' | '!' | '%' | '~' | '&' | '$' | '^' | '*')
}

/// Text within a line, displayed literally: no markup, HTML, links or mentions. Neither program finds references in a
/// code span. Elsewhere they ignore escapes, so an invisible character follows each character that could begin a
/// reference.
pub(crate) fn words(text: &str) -> String {
    let text = clean(text);
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let links = match c {
            // The scheme of a URL, the prefix `www.`, and `GH-1`.
            ':' => next == '/',
            '.' => ends_with(&escaped, "www"),
            '-' => ends_with(&escaped, "gh"),
            c => refers(c) && (next.is_alphanumeric() || matches!(next, '"' | '/' | '_' | '@')),
        };
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '|' => escaped.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' | '!' | '#' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
        if links {
            escaped.push(NOTHING);
        }
    }
    escaped
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|it| it.eq_ignore_ascii_case(end))
}

/// A name in a code span; empty if the name is empty.
pub(crate) fn code(text: &str) -> String {
    let text = clean(text);
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // One space at both ends is removed by the parser; without it, a backtick at an end would belong to the fence.
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A row of a table. It is split into cells before inline markup is parsed, even in code spans.
pub(crate) fn row<const N: usize>(cells: [&str; N]) -> String {
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

/// A block of code that the text in it cannot close.
pub(crate) fn fenced(text: &str) -> String {
    fenced_as("", text)
}

/// The same with a language, for syntax colours.
pub(crate) fn fenced_as(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", clean_lines(text.trim_end()))
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{code, fenced, fenced_as, row, words};

    #[test]
    fn words_are_shown_as_they_are() {
        for (text, escaped) in [
            ("ordinary, with 1.5 and a-b (c): d", "ordinary, with 1.5 and a-b (c): d"),
            ("<b>&amp;</b>", "&lt;b&gt;&amp;\u{200b}amp;&lt;/b&gt;"),
            (
                "`a` *b* _c_ [d](e) ~f~ a|b",
                "\\`a\\` \\*\u{200b}b\\* \\_c\\_ \\[d\\](e) \\~\u{200b}f\\~ a&#124;b",
            ),
            ("@team @ me a@b.c", "@\u{200b}team @ me a@\u{200b}b.c"),
            ("see #12, o/r#3, GH-4, !5", "see \\#\u{200b}12, o/r\\#\u{200b}3, GH-\u{200b}4, \\!\u{200b}5"),
            ("https://a.b www.c.d", "https:\u{200b}//a.b www.\u{200b}c.d"),
            ("a\nb\u{202e}", "a\\\\nb\\\\u{202e}"),
        ] {
            assert_eq!(words(text), escaped);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        for (text, escaped) in [
            ("", ""),
            ("a/b.yaml", "`a/b.yaml`"),
            ("a`b", "``a`b``"),
            ("``", "``` `` ```"),
            (" a", "`  a `"),
            ("a|b\n", "`a|b\\n`"),
        ] {
            assert_eq!(code(text), escaped);
        }
        assert_eq!(row(["`a|b`", "c"]), "| `a\\|b` | c |\n");
        assert_eq!(fenced("a\n\tb\n\n"), "```\na\n\tb\n```\n");
        assert_eq!(fenced_as("diff", "-a\n+b\n"), "```diff\n-a\n+b\n```\n");
        assert_eq!(fenced("````\nb"), "`````\n````\nb\n`````\n");
    }
}
