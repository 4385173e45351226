//! Templates of paths, with parameters in braces.

use std::collections::BTreeMap;

/// The number of fixed segments of a template, those that are not parameters.
pub(crate) fn fixed(template: &str) -> usize {
    template.split('/').filter(|part| !part.starts_with('{')).count()
}

/// The parameters of a path that matches a template, decoded. The first of the parameters that are named in `spanning`
/// may contain slashes. Only a parameter `path` may be empty: the root directory.
pub(crate) fn matches(template: &str, path: &str, spanning: &[&str]) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let pattern: Vec<&str> = template.split('/').collect();
    let given: Vec<&str> = path.split('/').collect();
    let spanning = pattern.iter().position(|part| parameter(part).is_some_and(|it| spanning.contains(&it)));
    let extra = given.len().checked_sub(pattern.len())?;
    if extra > 0 && spanning.is_none() {
        return None;
    }
    let mut at = 0;
    for (index, part) in pattern.iter().enumerate() {
        let width = if Some(index) == spanning { extra + 1 } else { 1 };
        let value = given[at..at + width].join("/");
        at += width;
        if let Some(name) = parameter(part) {
            if value.is_empty() && name != "path" {
                return None;
            }
            let value = percent_encoding::percent_decode_str(&value).decode_utf8().ok()?.into_owned();
            parameters.insert(name.to_owned(), value);
        } else if *part != value {
            return None;
        }
    }
    Some(parameters)
}

/// The name of the parameter that a segment is.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn paths_and_templates() {
        let check = |template: &str, path: &str, expected: Option<&[(&str, &str)]>| {
            let expected = expected.map(|all| {
                all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
            });
            assert_eq!(matches(template, path, &["path", "ref"]), expected, "{template} {path}");
        };
        check("/app", "/app", Some(&[]));
        check("/app", "/apps", None);
        check("/app/{id}", "/app/7", Some(&[("id", "7")]));
        check("/app/{id}", "/app/", None);
        check("/app/{id}", "/app/7/8", None);
        check("/app/{id}", "/app/7%2F8", Some(&[("id", "7/8")]));
        check("/r/contents/{path}", "/r/contents/a/b%20c", Some(&[("path", "a/b c")]));
        check("/r/contents/{path}", "/r/contents/", Some(&[("path", "")]));
        check("/r/commits/{ref}/check-runs", "/r/commits/heads/x/check-runs", Some(&[("ref", "heads/x")]));
    }
}
