//! The text that replaces a value in a file.

/// The quotes of YAML, JSON and HCL.
const QUOTES: [char; 2] = ['"', '\''];

/// The text to write in place of `old`, so that the value becomes `text`: a quoted value stays quoted, since it would
/// get another type otherwise. `None` if `text` would have to be escaped between the quotes.
pub fn written(old: &str, text: &str) -> Option<String> {
    let is_between =
        |quote: &char| old.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote)).is_some();
    let Some(quote) = QUOTES.into_iter().find(is_between) else { return Some(text.to_owned()) };
    // Both quotes, escapes, and the start of a template in HCL.
    let is_plain = |c: char| !c.is_control() && !QUOTES.contains(&c) && !matches!(c, '\\' | '$' | '%');
    text.chars().all(is_plain).then(|| format!("{quote}{text}{quote}"))
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn quotes_stay() {
        for (old, text, new) in [
            ("true", "false", Some("false")),
            ("\"true\"", "false", Some("\"false\"")),
            ("'Never'", "IfNotPresent", Some("'IfNotPresent'")),
            ("\"\"", "a b", Some("\"a b\"")),
            ("\"", "a", Some("a")),
            ("\"a'", "b", Some("b")),
            ("a\"b\"", "c", Some("c")),
            ("a", "b \"c\" ${d}", Some("b \"c\" ${d}")),
            ("", "a", Some("a")),
            ("\"a\"", "\"b\"", None),
            ("'a'", "it's", None),
            ("\"a\"", "${b}", None),
            ("\"a\"", "b\\", None),
            ("\"a\"", "b\nc", None),
        ] {
            assert_eq!(written(old, text).as_deref(), new, "{old} {text}");
        }
    }
}
