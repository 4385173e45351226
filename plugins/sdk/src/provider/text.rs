//! Texts that fit into fields of a provider, and patterns of names.

/// The first characters of a text, at most this many.
pub fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

/// Whether a pattern matches a whole name: `*` is any text, also with slashes, and everything else is itself.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_not_split() {
        for (text, characters, expected) in [("abc", 2, "ab"), ("äöü", 2, "äö"), ("a", 2, "a"), ("", 2, "")]
        {
            assert_eq!(cut(text, characters), expected, "{text}");
        }
    }

    #[test]
    fn a_star_is_any_text() {
        for (pattern, name, expected) in [
            ("main", "main", true),
            ("main", "maintenance", false),
            ("*", "a/b", true),
            ("foo*", "foobar", true),
            ("foo*", "barfoo", false),
            ("release/*", "release/1", true),
            ("release/*", "releases", false),
            ("release/*/x", "release/1/2/x", true),
            ("release/*/x", "release/x", false),
            ("*-stable", "1-stable", true),
            ("*-stable", "1-stable-2", false),
            ("a*a", "a", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
            ("a**b", "ab", true),
            ("", "main", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
