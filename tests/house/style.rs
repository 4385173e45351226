//! `docs/STYLE.md`: refused words in user-facing strings, in names, in comments and in pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;

use crate::code::walk;
use crate::files;

/// Folders of the code with user-facing texts. Tests are not among them.
const CODE: [&str; 7] =
    ["host/", "plugins/", "policies/", "tests/fakes/", "tests/reference/", "tests/src/", "xtask/"];

/// Pages that are not ours to write: cases of a reference tool, and the page with the words.
const NO_PAGES: [&str; 2] = ["tests/reference/cases/", "docs/STYLE.md"];

/// A use of a refused word.
#[derive(Clone, Debug, PartialEq)]
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

/// Finds refused words in one file of Rust: in the names that it declares and in its strings.
fn in_code(words: &Words, path: &str, text: &str) -> Vec<Use> {
    let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    // Doc comments are found with the other comments.
    let reads = |it: &str| !it.starts_with("doc=");
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

/// Finds refused words in the comments of a file of Rust or WIT.
fn in_comments(words: &Words, text: &str) -> Vec<Use> {
    let mut uses = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(comment) = line.trim_start().strip_prefix("//") {
            words.find(number + 1, comment.trim_start_matches(['/', '!']), &mut uses);
        }
    }
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
    // This file has refused words as examples.
    for (path, text) in files::rust().filter(|(path, _)| path != "tests/house/style.rs") {
        let mut uses = in_comments(words, &text);
        let test = path.split('/').any(|part| part == "tests") && !path.starts_with("tests/");
        let generated = path.contains("/examples/") || path.contains("/benches/");
        if CODE.iter().any(|it| path.starts_with(it)) && !test && !generated {
            uses.extend(in_code(words, &path, &text));
        }
        all.insert(path, uses);
    }
    for path in files::all() {
        let extension = Path::new(&path).extension().and_then(|it| it.to_str());
        let uses = match extension {
            Some("wit") => in_comments(words, &files::text(&path)),
            Some("md") if !NO_PAGES.iter().any(|it| path.starts_with(it)) => {
                in_page(words, &files::text(&path))
            }
            _ => continue,
        };
        all.insert(path, uses);
    }
    all
}

/// The problems, one a line.
fn problems(words: &Words, all: &BTreeMap<String, Vec<Use>>) -> String {
    let mut text = String::new();
    for (path, uses) in all {
        for it in uses {
            let instead = &words.instead[&it.word];
            let (line, word, found) = (it.line, &it.word, &it.text);
            let _ = writeln!(text, "{path}:{line}: `{word}` is not used, write: {instead}\n    {found}");
        }
    }
    text
}

#[test]
fn no_refused_word_is_used() {
    let words = Words::read(&files::text("docs/STYLE.md"));
    let problems = problems(&words, &all(&words));
    assert!(problems.is_empty(), "see docs/STYLE.md:\n{problems}");
}

/// Refused words are found in strings, names, comments and pages; code of tests and blocks of code are skipped.
#[test]
fn refused_words_are_found() {
    let words = Words::read(&files::text("docs/STYLE.md"));
    let code = r##"
        //! A module that tells nothing to users.
        // Whoever reads this.
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
    let in_rust = [in_comments(&words, code), in_code(&words, "host/sample.rs", code)].concat();
    let all = BTreeMap::from([
        ("host/sample.rs".to_owned(), in_rust),
        ("docs/sample.md".to_owned(), in_page(&words, "We told you.\n```\n$ told\n```\nSee to it.\n")),
    ]);
    insta::assert_snapshot!(problems(&words, &all));
}
