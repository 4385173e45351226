//! Tests of Go's regular expressions. The results are those of `can(regex(…))` of Terraform 1.11.4.

use palisade_go::regular::translate;
use proptest::prelude::*;
use regex::Regex;

/// A pattern, a text, and whether it matches; `false` also if Go refuses the pattern.
const CASES: &[(&str, &str, bool)] = &[
    (r"\101", "A", true),
    (r"a**", "a", false),
    (r"a{1001}|b", "b", false),
    (r"(?P<a>x)(?<b>y)", "xy", true),
    (r"a*?*", "x", false),
    (r"x{2}{3}", "xxxxxx", false),
    (r"\Cx", "xx", false),
    (r"\pNx", "1x", true),
    (r"x\z", "x", true),
    (r"x\Z", "x", false),
    (r"[[:word:]]", "x", true),
    (r"(?i-s:x)", "x", true),
    (r"(?x)x", "x", false),
    (r"\x{41}", "A", true),
    (r"\u0041", "A", false),
    (r"a{,2}", "a{,2}", true),
    (r"[a-\d]", "a", false),
    (r"\8", "a", false),
    (r"(?u)a", "a", false),
    (r"[^]a]", "b", true),
    (r"\a|\f|\v|b", "b", true),
    (r"\_", "_", true),
    (r"\é", "é", false),
    (r"(?U)a+", "a", true),
    (r"(?m)^a$", "a", true),
    (r"\Aa", "a", true),
    (r"[\b]", "x", false),
    (r"\e|a", "a", false),
    (r"[[:^alpha:]]", "1", true),
    (r"[[=a=]]", "a", false),
    (r"()", "a", true),
    (r"a|*", "a", false),
    (r"*a", "a", false),
    (r"(*a)", "a", false),
    (r"a{2,1}", "a", false),
    (r"]", "]", true),
    (r"}", "}", true),
    (r"{", "{", true),
    (r"[z-a]", "z", false),
    (r"\1(a)", "a", false),
    (r"(?=a)", "a", false),
    (r"(?i)É", "é", true),
    (r"\p{Greek}", "α", true),
    (r"\p{greek}", "α", false),
    (r"\p{Script=Greek}", "α", false),
    (r"\p{^Greek}", "a", true),
    (r"\x4", "a", false),
    (r"[a&&b]", "&", true),
    (r"\", "a", false),
    (r"(", "a", false),
    (r")", "a", false),
    (r"[", "a", false),
    (r"((a{100}){100}){100}", "a", false),
    (r"(a{100}){11}", "b", false),
    (r"(?P<1a>x)", "x", true),
    (r"(?P<a-b>x)", "x", false),
    (r"(?P<a>x)(?P<a>y)", "xy", true),
    (r"a++", "a", false),
    (r"a?+", "a", false),
    (r"^*", "a", true),
    (r"(?:)*", "a", true),
    (r"\b+", "a", true),
];

/// Patterns that the crate `regex` refuses and Go accepts: their result is unknown.
const UNDECIDED: [&str; 2] = ["(?P<1a>x)", "(?P<a>x)(?P<a>y)"];

#[test]
fn as_go_reads_them() {
    for (pattern, text, expected) in CASES {
        let found = match translate(pattern) {
            Err(_) => false,
            Ok(translated) => match Regex::new(&translated) {
                Ok(regex) => regex.is_match(text),
                Err(_) if UNDECIDED.contains(pattern) => continue,
                Err(error) => panic!("{pattern} as {translated}: {error}"),
            },
        };
        assert_eq!(found, *expected, "{pattern} in {text}");
    }
}

proptest! {
    #[test]
    fn any_text_has_an_answer(pattern in "[-\\[\\](){}|*+?.^$\\\\a-cQEpPx0-9:,<>!é]{0,24}") {
        drop(translate(&pattern));
    }

    #[test]
    fn what_is_quoted_stands_for_itself(text in "[ -~é]{0,12}") {
        let quoted = format!("^\\Q{}\\E$", text.replace("\\E", ""));
        let regex = Regex::new(&translate(&quoted).unwrap()).unwrap();
        prop_assert!(regex.is_match(&text.replace("\\E", "")));
    }
}
