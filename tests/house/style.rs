//! `docs/STYLE.md`: refused words in user-facing strings and in names.
//!
//! Text that is older than the page is counted in `older-style.txt`. A count may only fall: a new use of a refused word
//! fails, and so does a count that is higher than the number of uses. `OLDER_STYLE=write` updates the file after words
//! were replaced.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr as _;

use palisade_tests::top;
use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;

use crate::code::walk;
use crate::files;

/// Uses of refused words that are older than `docs/STYLE.md`.
const OLDER: &str = "tests/house/older-style.txt";

/// Folders of the code with user-facing texts. Tests are not among them.
const CODE: [&str; 7] =
    ["host/", "plugins/", "policies/", "tests/fakes/", "tests/reference/", "tests/src/", "xtask/"];

/// Files whose doc comments are shown to users: as the help of the command line, and as pages of controls.
const SHOWN_COMMENTS: [&str; 2] = ["host/cli/src/args.rs", "/src/controls/"];

/// A use of a refused word.
#[derive(Debug, PartialEq)]
struct Use {
    line: usize,
    /// The word or phrase, in lower case.
    word: String,
    /// The name or the text around it.
    text: String,
}

/// The words that `docs/STYLE.md` refuses, with what to write instead.
struct Words {
    pattern: Regex,
    instead: BTreeMap<String, String>,
}

impl Words {
    fn read(page: &str) -> Words {
        let (_, table) = page.split_once("## Words that are not used").expect("the section");
        let mut instead = BTreeMap::new();
        for row in table.lines().filter(|line| line.starts_with("| ")).skip(1) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [words, better] = cells.as_slice() else { panic!("docs/STYLE.md: row {row:?}") };
            instead.extend(words.split(", ").map(|word| (word.to_owned(), (*better).to_owned())));
        }
        // Longer phrases first, so that a phrase wins over one that it contains.
        let mut words: Vec<String> = instead.keys().map(|word| regex::escape(word)).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let pattern = Regex::new(&format!(r"(?i)\b(?:{})\b", words.join("|"))).expect("a pattern");
        Words { pattern, instead }
    }

    fn find(&self, line: usize, text: &str, uses: &mut Vec<Use>) {
        for (number, text) in text.lines().enumerate() {
            uses.extend(self.pattern.find_iter(text).map(|found| Use {
                line: line + number,
                word: found.as_str().to_lowercase(),
                text: text.trim().to_owned(),
            }));
        }
    }
}

/// The words of a name: `read_file` and `ReadFile` are `read file`.
fn split_name(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        if character == '_' || character.is_uppercase() {
            words.push(' ');
        }
        words.extend(character.to_lowercase().filter(|it| *it != '_'));
    }
    words
}

fn declares(keyword: &proc_macro2::Ident) -> bool {
    ["const", "enum", "fn", "mod", "static", "struct", "trait", "type"].iter().any(|it| keyword == it)
}

/// Finds refused words in one file of Rust: in the names that it declares and in its texts.
fn in_code(words: &Words, path: &str, text: &str) -> Vec<Use> {
    let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let comments = SHOWN_COMMENTS.iter().any(|it| path.contains(it));
    // Reasons of `expect` are for readers of the code, as comments are.
    let reads = |it: &str| (comments || !it.starts_with("doc=")) && !it.starts_with("expect(");
    let mut uses = Vec::new();
    walk(tokens, &reads, &mut |token, next| match (token, next) {
        (TokenTree::Ident(keyword), Some(TokenTree::Ident(name))) if declares(keyword) => {
            words.find(name.span().start().line, &split_name(&name.to_string()), &mut uses);
        }
        (TokenTree::Literal(literal), _) => {
            let text = literal.to_string();
            if text.contains('"') {
                words.find(literal.span().start().line, &text, &mut uses);
            }
        }
        _ => {}
    });
    uses
}

/// Finds refused words in a page. Blocks of code are skipped: they show output, which is checked in the code.
fn in_page(words: &Words, text: &str) -> Vec<Use> {
    let mut uses = Vec::new();
    let mut code = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            code = !code;
        } else if !code {
            words.find(number + 1, line, &mut uses);
        }
    }
    uses
}

/// All uses, by file.
fn all(words: &Words) -> BTreeMap<String, Vec<Use>> {
    let mut all = BTreeMap::new();
    for (path, text) in files::rust() {
        let test = path.split('/').any(|part| part == "tests") && !path.starts_with("tests/");
        let generated = path.contains("/examples/") || path.contains("/benches/");
        if CODE.iter().any(|it| path.starts_with(it)) && !test && !generated {
            all.insert(path.clone(), in_code(words, &path, &text));
        }
    }
    for path in files::all() {
        let page = path == "README.md" || path == "CONTRIBUTING.md" || path.starts_with("docs/");
        if page && is_markdown(&path) && path != "docs/STYLE.md" {
            all.insert(path.clone(), in_page(words, &files::text(&path)));
        }
    }
    all.retain(|_, uses| !uses.is_empty());
    all
}

fn is_markdown(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|it| it == "md")
}

/// The counts by file and word, as `older-style.txt` has them.
fn counts(all: &BTreeMap<String, Vec<Use>>) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for (path, uses) in all {
        for it in uses {
            *counts.entry((path.clone(), it.word.clone())).or_default() += 1;
        }
    }
    counts
}

fn write_older(counts: &BTreeMap<(String, String), usize>) -> String {
    let mut text = String::new();
    for ((path, word), count) in counts {
        let _ = writeln!(text, "{path}: {count} {word}");
    }
    text
}

fn read_older(text: &str) -> BTreeMap<(String, String), usize> {
    let row = |line: &str| {
        let (path, rest) = line.split_once(": ")?;
        let (count, word) = rest.split_once(' ')?;
        Some(((path.to_owned(), word.to_owned()), count.parse().ok()?))
    };
    text.lines().map(|line| row(line).unwrap_or_else(|| panic!("{OLDER}: line {line:?}"))).collect()
}

/// The problems, one a line: new uses, and counts that are higher than the number of uses.
fn problems(
    words: &Words,
    all: &BTreeMap<String, Vec<Use>>,
    older: &BTreeMap<(String, String), usize>,
) -> String {
    let counts = counts(all);
    let mut text = String::new();
    for (path, uses) in all {
        for it in uses {
            let key = (path.clone(), it.word.clone());
            let allowed = older.get(&key).copied().unwrap_or(0);
            if counts[&key] > allowed {
                let instead = &words.instead[&it.word];
                let (line, word, found) = (it.line, &it.word, &it.text);
                let _ = writeln!(text, "{path}:{line}: `{word}` is not used, write: {instead}\n    {found}");
                if allowed > 0 {
                    let _ = writeln!(text, "    {allowed} older uses in this file are allowed");
                }
            }
        }
    }
    for ((path, word), allowed) in older {
        let left = counts.get(&(path.clone(), word.clone())).copied().unwrap_or(0);
        if left < *allowed {
            let _ = writeln!(
                text,
                "{OLDER}: {path}: {left} instead of {allowed} of `{word}`: run the test with OLDER_STYLE=write"
            );
        }
    }
    text
}

#[test]
fn no_refused_word_is_new() {
    let words = Words::read(&files::text("docs/STYLE.md"));
    let all = all(&words);
    if std::env::var_os("OLDER_STYLE").is_some_and(|it| it == "write") {
        std::fs::write(top().join(OLDER), write_older(&counts(&all))).unwrap();
    }
    let problems = problems(&words, &all, &read_older(&files::text(OLDER)));
    assert!(problems.is_empty(), "see docs/STYLE.md:\n{problems}");
}

/// Refused words are found in strings, names and pages; comments, tests and blocks of code are skipped.
#[test]
fn a_wrong_string_is_refused() {
    let words = Words::read(&files::text("docs/STYLE.md"));
    let code = r##"
        //! A module that tells nothing to users.
        /// Says nothing to users either.
        fn tell_user() -> &'static str { "the key cannot be had: mend the file" }
        struct WasTold;
        #[error("`{0}` is no threshold")]
        #[expect(dead_code, reason = "nobody says so")]
        const RAW: &str = r#"two lines,
            and the mended one"#;
        #[cfg(test)]
        mod tests { fn told() { panic!("say it") } }
        fn last() { format!("essay, hotel, saying") }
    "##;
    let all = BTreeMap::from([
        ("host/sample.rs".to_owned(), in_code(&words, "host/sample.rs", code)),
        ("docs/sample.md".to_owned(), in_page(&words, "We told you.\n```\n$ told\n```\nSee to it.\n")),
    ]);
    let older = BTreeMap::from([
        (("host/sample.rs".to_owned(), "told".to_owned()), 1),
        (("host/sample.rs".to_owned(), "anew".to_owned()), 2),
    ]);
    insta::assert_snapshot!(problems(&words, &all, &older));
}
