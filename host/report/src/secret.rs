//! Secrets in code: which findings are about secrets, and where secrets are in a file.
//!
//! No pack declares that a control is about secrets, so the words of its id, title and aliases decide. If they mislead,
//! a value is hidden that could have been shown, and never the other way around.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use palisade_domain::{Finding, FindingStatus, Position, Report, secret_ranges};
use regex::Regex;

/// Words of controls whose findings are at secrets; several words must be adjacent.
const WORDS: [&[&str]; 16] = [
    &["password"],
    &["passwords"],
    &["passwd"],
    &["passphrase"],
    &["secret"],
    &["secrets"],
    &["token"],
    &["tokens"],
    &["credential"],
    &["credentials"],
    &["apikey"],
    &["hardcoded"],
    &["api", "key"],
    &["access", "key"],
    &["private", "key"],
    &["signing", "key"],
];

/// Built-in controls with such a word that judge the access to a secret or its protection: their findings are at a
/// name, a permission or a switch.
const WITHOUT_VALUES: [&str; 4] = [
    "aws-instance-metadata-without-token",
    "kubernetes-rbac-secrets-access",
    "kubernetes-secret-from-environment",
    "kubernetes-service-account-token-mounted",
];

/// The name of a secret.
const NAME: &str = r"[\w.\-]*(?:passwords?|passwd|pwd|passphrase|secrets?|tokens?|credentials?|api[_-]?keys?|(?:access|auth|encryption|private|signing)[_-]?keys?)";

/// Secrets that are recognised by their context and not by their value: pairs of `name` and `value`, values that begin
/// on the next line, and values in JSON. The groups are the values.
static AROUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = format!(r#"["']?\bname["']?\s*[:=]\s*["']?{NAME}[\w.\-]*["']?"#);
    let value = r#"["']?\bvalue["']?\s*[:=]\s*"#;
    let first = format!(r"{name}\s*,?\s*{value}([^\n]+)");
    let last = format!(r"{value}([^\n]+?)\s*[,\n]\s*{name}");
    let block = format!(r#"{NAME}["']?\s*[:=]\s*((?:[|>]|<<)[^\n]*)"#);
    let json =
        r#"(?:password|passwd|passphrase|secret|token|(?:access|api|private)[_-]?key)"\s*:\s*("[^\s"]{6,})"#;
    Regex::new(&format!("(?i)(?:{first}|{last}|{block}|{json})")).ok()
});

/// The words of a name or a title, in lower case.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_lowercase).collect()
}

fn has_secret_word(text: &str) -> bool {
    let words = words(text);
    WORDS.iter().any(|secret| words.windows(secret.len()).any(|window| window == *secret))
}

/// Whether the place of a finding contains a secret.
pub(crate) fn is_about_secrets(finding: &Finding) -> bool {
    if WITHOUT_VALUES.contains(&&*finding.control) {
        return false;
    }
    let aliases = finding.aliases.iter().map(String::as_str);
    [&*finding.control, &*finding.title].into_iter().chain(aliases).any(has_secret_word)
}

/// Whether a resource is a secret, so that any of its lines may contain one.
pub(crate) fn is_of_secret(finding: &Finding) -> bool {
    let kind = finding.resource.kind.to_lowercase();
    ["secret", "password", "credential", "token"].iter().any(|word| kind.contains(word))
}

/// The places of a report that contain secrets, by file.
#[derive(Default)]
pub(crate) struct SecretPlaces<'a>(BTreeMap<&'a str, Vec<(Position, Position)>>);

impl<'a> SecretPlaces<'a> {
    pub(crate) fn of(report: &'a Report) -> SecretPlaces<'a> {
        let mut places: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        let found = report.results.iter().filter(|it| it.status != FindingStatus::Passed);
        for finding in found.filter(|it| is_about_secrets(it)) {
            let own = finding.location.iter().map(|it| (it.path.as_str(), it.start, it.end));
            let causes = finding.cause.iter().map(|it| (it.path.as_str(), it.start, it.end));
            for (path, start, end) in own.chain(causes) {
                places.entry(path).or_default().push((start, end));
            }
        }
        SecretPlaces(places)
    }

    pub(crate) fn in_file(&self, path: &str) -> &[(Position, Position)] {
        self.0.get(path).map_or(&[], Vec::as_slice)
    }

    /// Whether one of these lines of a file contains a secret.
    pub(crate) fn has_any(&self, path: &str, lines: Range<u32>) -> bool {
        self.in_file(path).iter().any(|(start, end)| start.line < lines.end && end.line >= lines.start)
    }
}

/// Ranges of secrets in a text, recognised by their form or their context. They cover values and not names.
pub(crate) fn ranges(text: &str) -> Vec<Range<usize>> {
    let known = secret_ranges(text).into_iter().map(|it| value_in(text, it));
    let Some(around) = AROUND.as_ref() else { return std::iter::once(0..text.len()).collect() };
    let around = around.captures_iter(text).flat_map(|it| {
        let groups: Vec<usize> = it.iter().skip(1).flatten().map(|it| it.start()).collect();
        groups.into_iter().map(|start| start..value_end(text, start))
    });
    known.chain(around).collect()
}

/// The range of the value in a match that includes its name or its address.
fn value_in(text: &str, found: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(found.clone()) else { return found };
    if !part.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return found;
    }
    if part.ends_with('@') {
        return part.find("://").map_or(found.clone(), |at| found.start + at + 3..found.end);
    }
    let Some(sign) = part.find([':', '=']) else { return found };
    let after = part.get(sign + 1..).unwrap_or_default();
    let start = found.end - after.trim_start().len();
    start..value_end(text, start).max(found.end)
}

/// The end of the value that begins at an offset: at its closing quote, with the lines of its block, or with its line.
fn value_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.find('\n').unwrap_or(rest.len());
    if let Some(quote) = rest.chars().next().filter(|it| matches!(it, '"' | '\'' | '`')) {
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' if quote == '"' => escaped = true,
                c if c == quote => return start + at + 1,
                _ => {}
            }
        }
        return start + line;
    }
    let mut end = start + line;
    let mut lines = rest.get(line + 1..).unwrap_or_default().split_inclusive('\n');
    if let Some(tag) = rest.strip_prefix("<<") {
        let tag = tag.lines().next().unwrap_or_default().trim_matches(['-', '~', ' ', '\r', '"', '\'']);
        end += lines.by_ref().take_while(|it| it.trim() != tag).map(str::len).sum::<usize>() + 1;
    } else if rest.starts_with(['|', '>']) {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let own = text.get(..start).and_then(|it| it.rsplit('\n').next()).map_or(0, indent);
        let inside = |it: &&str| it.trim().is_empty() || indent(it) > own;
        end += lines.by_ref().take_while(inside).map(str::len).sum::<usize>() + 1;
    }
    end.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::{AROUND, has_secret_word, ranges};

    fn hidden(text: &str) -> String {
        let mut shown = text.to_owned();
        let mut all = ranges(text);
        all.sort_by_key(|it| (it.start, it.end));
        all.dedup_by(|later, first| {
            let overlap = later.start <= first.end;
            if overlap {
                first.end = first.end.max(later.end);
            }
            overlap
        });
        for range in all.into_iter().rev() {
            shown.replace_range(range, "•");
        }
        shown
    }

    #[test]
    fn values_are_found_and_names_stay() {
        assert!(AROUND.is_some());
        for (text, shown) in [
            ("a: b\n", "a: b\n"),
            ("password: correct horse battery\nb: c\n", "password: •\nb: c\n"),
            ("password = \"correct horse\" # x\n", "password = • # x\n"),
            ("{\"password\": \"hunter2hunter2\", \"a\": 1}", "{\"password\": •, \"a\": 1}"),
            ("url: postgres://app:hunter2@db/app\n", "url: postgres://•db/app\n"),
            (
                "- name: DB_PASSWORD\n  value: hunter\n- name: A\n",
                "- name: DB_PASSWORD\n  value: •\n- name: A\n",
            ),
            ("{ name = \"API_KEY\", value = \"a\" }", "{ name = \"API_KEY\", value = • }"),
            ("- value: x y\n  name: TOKEN\n", "- value: •\n  name: TOKEN\n"),
            ("- name: COLOUR\n  value: red\n", "- name: COLOUR\n  value: red\n"),
            ("a:\n  password: |\n    one\n\n    two\n  b: c\n", "a:\n  password: •  b: c\n"),
            ("password = <<-EOT\n  one\nEOT\nb = 1\n", "password = •EOT\nb = 1\n"),
            ("automountServiceAccountToken: false\n", "automountServiceAccountToken: false\n"),
            ("password: |", "password: •"),
            ("password = <<E", "password = •"),
            ("password: \"open\nb: c", "password: \"open\nb: c"),
            ("password: \"opened\nb: c", "password: •\nb: c"),
        ] {
            assert_eq!(hidden(text), shown, "{text:?}");
        }
        let key = format!("k: AKIA{}\n", "ABCDEFGHIJKLMNOP");
        assert_eq!(hidden(&key), "k: •\n");
    }

    #[test]
    fn controls_about_secrets_are_known_by_their_words() {
        for (text, about) in [
            ("kubernetes-secret-in-environment", true),
            ("Hard-coded API key", true),
            ("CKV_SECRET_6", true),
            ("kms-key-rotation-disabled", false),
            ("Privileged container", false),
        ] {
            assert_eq!(has_secret_word(text), about, "{text}");
        }
    }
}
