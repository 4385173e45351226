//! Text of strangers on a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What moves the cursor, makes another line, or turns the direction of writing around.
fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as one line that is shown as it is, with what a terminal would act on written out: file names,
/// messages and addresses come from the tree and from plugins, and neither may draw on the reader's screen.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => cleaned.push_str("\\n"),
            '\t' => cleaned.push_str("\\t"),
            '\r' => cleaned.push_str("\\r"),
            // Writing to a string cannot fail.
            c if is_active(c) => drop(write!(cleaned, "\\u{{{:x}}}", u32::from(c))),
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::clean;

    #[test]
    fn what_a_terminal_would_act_on_is_written_out() {
        for (text, shown) in [
            ("größe 日本 🦀", "größe 日本 🦀"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{7}\u{8}\u{7f}\0", "\\u{7}\\u{8}\\u{7f}\\u{0}"),
            ("a\u{202e}b\u{2066}c\u{200f}d\u{2028}e", "a\\u{202e}b\\u{2066}c\\u{200f}d\\u{2028}e"),
            ("back\\slash", "back\\slash"),
        ] {
            assert_eq!(clean(text), shown);
        }
        assert!(matches!(clean("ordinary"), Cow::Borrowed(_)));
    }
}
