//! Properties that hold for any text.

use proptest::prelude::*;

use crate::checker::check;

/// Pieces of the language, so that random texts are more than noise.
const PIECES: &[&str] = &[
    "a",
    "b",
    " ",
    "\n",
    "\r\n",
    "\r",
    "=",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "%{",
    "~",
    "for x in ",
    ":",
    " if ",
    "=>",
    "...",
    ".",
    ".*",
    "[*]",
    ",",
    "<<E\n",
    "<<-E\n",
    "\nE\n",
    "E",
    "#",
    "//",
    "/*",
    "*/",
    "é",
    "\\",
    "\\n",
    "1",
    "-",
    "!",
    "+",
    "?",
    "endif",
    "else",
    "endfor",
    "null",
    "true",
    "::",
    "$${",
    "\u{feff}",
    "\u{0}",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// A JSON text that may be a configuration.
fn strings_in_json() -> impl Strategy<Value = String> {
    (pieces(), prop::sample::select(&["locals", "moved", "variable"][..])).prop_map(|(text, kind)| {
        let text: String = text.chars().filter(|it| !it.is_control()).collect();
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("{{\"{kind}\": {{\"é\": {{\"to\": \"{text}\", \"{text}\": [1]}}}}}}")
    })
}

fn small_files() -> Vec<String> {
    let mut files: Vec<String> =
        crate::corpora::files().into_iter().map(|(_, text)| text).filter(|text| text.len() < 3000).collect();
    files.truncate(150);
    files.extend(["blocks", "expressions", "templates"].map(|name| crate::fixture(&format!("{name}.tf"))));
    files.push(crate::fixture("main.tf.json"));
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_pieces(text in pieces()) {
        check(&text);
    }

    #[test]
    fn any_string_in_json(text in strings_in_json()) {
        check(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn real_files_with_damage(
        text in prop::sample::select(small_files()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(PIECES)), 1..4),
    ) {
        let mut text = text;
        for (at, length, piece) in damage {
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let start = floor(at.index(text.len() + 1));
            let end = floor(start + length);
            text.replace_range(start..end, piece);
        }
        check(&text);
    }
}
