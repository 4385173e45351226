//! Messages for the errors of the YAML scanner, with their fixes.

/// An error that the scanner often reports as another one.
pub(crate) const TAB: &str = "a tab cannot indent; use spaces";

/// U+0085, U+2028 and U+2029.
pub(crate) const BREAK: &str =
    "kubectl begins a new line at this character and others do not; write a line break or an escape";

/// The scanner's error if something other than a document follows the end of a document.
pub(crate) const START: &str = "a new document begins with `---`; check the indentation";

/// The message for users, and whether the text is malformed (rather than well-formed but invalid).
pub(crate) fn explain(info: &str) -> (String, bool) {
    const KNOWN: &[(&str, &str)] = &[
        (
            "mapping values are not allowed",
            "mapping values are not allowed here; quote the value if it holds a colon, or check the indentation",
        ),
        ("tabs disallowed", TAB),
        ("tab cannot be used as indentation", TAB),
        ("found a tab", TAB),
        ("cannot start with a tab", "a block text cannot begin with a tab; indent it with spaces"),
        ("':' must be followed", "a tab follows the colon; use a space"),
        (
            "invalid indentation in quoted scalar",
            "this quoted text continues in a line that is indented too little; indent it further",
        ),
        ("invalid indentation", "this line is indented less than what it belongs to; indent it further"),
        ("quoted scalar, found unexpected", "this quoted text is never closed; add the closing quote"),
        (
            "unknown escape character",
            "no such escape in a quoted text; write a backslash as `\\\\`, or use single quotes",
        ),
        (
            "did not find expected hexadecimal number",
            "an escape needs hexadecimal digits; write a backslash as `\\\\`, or use single quotes",
        ),
        (
            "invalid trailing content after",
            "something follows a quoted text; quote the whole value, and double the quotes inside it",
        ),
        ("simple key expect", "a key without a colon; write `key: value`, or check the indentation"),
        ("did not find expected key", "a key is expected here; check the indentation"),
        ("did not find expected '-'", "a `-` is expected here; check the indentation"),
        (
            "did not find expected ',' or '}'",
            "a comma or `}` is expected here; quote the text if it holds a brace",
        ),
        ("expected ',' or ']'", "a comma or `]` is expected here; quote the text if it holds a bracket"),
        (
            "block sequence entries are not allowed",
            "a list cannot begin here; put the `-` on a line of its own",
        ),
        ("only valid inside a block", "a `-` entry cannot stand between brackets; use commas"),
        ("misplaced bracket", "a bracket closes what was never opened; quote the text if it holds a bracket"),
        ("found unprintable character", "the file holds a NUL character; is it really text?"),
        ("byte order mark", "a byte order mark stands inside the document; remove it"),
        ("did not find expected <document start>", START),
        (
            "wrongly indented line in block scalar",
            "this line of a block text is indented less than its first one",
        ),
        (
            "did not find expected comment or line break",
            "something follows the `|` or `>`; begin the text on a new line",
        ),
        (
            "comment intercepting",
            "a comment stands inside a text of several lines; move it, or quote the text",
        ),
        ("handle wasn't declared", "this tag uses a prefix that no %TAG line declares"),
        ("did not find expected node content", "a value is expected here"),
    ];
    if info.contains("unknown anchor") {
        let message = "this alias names an anchor that is not defined before it; define it, or quote the text if it begins with `*`";
        return (message.to_owned(), false);
    }
    if info.contains("recursion limit") {
        let message = "brackets nested deeper than 255 levels; no file needs that";
        return (message.to_owned(), false);
    }
    if let Some(character) = info.strip_prefix("unexpected character: `") {
        let character = character.trim_end_matches('\'');
        return (format!("a value cannot begin with `{character}`; quote it"), true);
    }
    let known = KNOWN.iter().find(|(part, _)| info.contains(part));
    (known.map_or_else(|| info.to_owned(), |(_, message)| (*message).to_owned()), true)
}
