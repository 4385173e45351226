//! Comments on a pull request: one summary, and one discussion for each violation.
//!
//! The last line of a comment identifies it: a link reference definition, which Markdown does not show
//! (<https://spec.commonmark.org/0.31.2/#link-reference-definitions>). Adapters pass only comments of their own user to
//! these functions: anyone can write such a line.

use super::things::{Annotation, Check, CheckState, Conclusion};

/// The key of the summary.
pub const SUMMARY: &str = "summary";

/// A comment of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The provider's id.
    pub id: String,
    /// The key of its violation, or [`SUMMARY`].
    pub key: String,
    /// The text, with its mark.
    pub body: String,
    /// Whether its discussion is resolved.
    pub resolved: bool,
}

/// The changes that give a pull request the requested discussions.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// Violations without a discussion.
    pub create: Vec<&'a Annotation>,
    /// Discussions whose text changed, with their violations.
    pub update: Vec<(&'a Comment, &'a Annotation)>,
    /// Resolved discussions of violations that are still present.
    pub reopen: Vec<&'a Comment>,
    /// Discussions of fixed violations.
    pub resolve: Vec<&'a Comment>,
}

/// The last line of a comment.
fn mark(owner: &str, key: &str) -> String {
    format!("[palisade]: # ({owner}/{key})")
}

/// The key of a comment of an integration; none for other comments.
pub fn key<'a>(owner: &str, body: &'a str) -> Option<&'a str> {
    let line = body.trim_end().lines().last()?;
    let key =
        line.strip_prefix("[palisade]: # (")?.strip_prefix(owner)?.strip_prefix('/')?.strip_suffix(')')?;
    (!key.is_empty()).then_some(key)
}

/// Whether a comment of a user requests the check again: its first line is the command.
pub fn asks_again(body: &str) -> bool {
    body.trim().lines().next().is_some_and(|line| line.trim_end() == "/palisade recheck")
}

/// Text of others in a comment, without commands: a line that begins with `/` is a command of some providers
/// (<https://docs.gitlab.com/user/project/quick_actions/>), and `@name` notifies people, also if the sign is written as a
/// character reference. The text has at most twice as many characters.
pub fn inert(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            safe.push('\n');
        }
        let rest = line.trim_start();
        safe.push_str(line.get(..line.len() - rest.len()).unwrap_or_default());
        if rest.starts_with('/') {
            safe.push('\\');
        }
        let mut before = ' ';
        for (at, character) in rest.char_indices() {
            safe.push(character);
            let after = rest.get(at + character.len_utf8()..).unwrap_or_default();
            let is_sign = match character {
                // Not in the middle of a word: addresses of e-mail notify nobody. Providers know only words in ASCII.
                '@' => !before.is_ascii_alphanumeric(),
                '&' => after.starts_with('#') || after.starts_with("commat"),
                _ => false,
            };
            if is_sign {
                safe.push('\u{2060}');
            }
            before = character;
        }
    }
    safe
}

/// Text of others as code in a sentence of Markdown: on one line, and without an end of the code.
pub fn code(text: &str) -> String {
    let is_end = |it: char| it.is_control() || it == '`';
    format!("`{}`", text.split(is_end).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The text of the discussion of a violation.
pub fn discussion(owner: &str, it: &Annotation) -> String {
    format!("**{}**\n\n{}\n\n{}", inert(&it.title), inert(&it.message), mark(owner, &it.key))
}

/// Whether a check has results: a failed evaluation, a running and a superseded one resolve nothing.
pub fn has_results(check: &Check) -> bool {
    let failed = check.conclusion == Some(Conclusion::Failure) && check.annotations.is_empty();
    check.state == CheckState::Completed && !failed
}

/// The changes to the discussions of this program, of which `existing` are all. Without results, there are none.
pub fn plan<'a>(check: &Check, wanted: &'a [Annotation], existing: &'a [Comment]) -> Plan<'a> {
    let mut plan = Plan::default();
    if !has_results(check) {
        return plan;
    }
    let mut seen: Vec<&str> = Vec::new();
    for it in wanted {
        if seen.contains(&it.key.as_str()) {
            continue;
        }
        seen.push(&it.key);
        match existing.iter().find(|comment| comment.key == it.key) {
            None => plan.create.push(it),
            Some(comment) => {
                if comment.resolved {
                    plan.reopen.push(comment);
                }
                if comment.body.trim_end() != discussion(&check.owner, it) {
                    plan.update.push((comment, it));
                }
            }
        }
    }
    let mut first: Vec<&str> = Vec::new();
    for comment in existing.iter().filter(|it| it.key != SUMMARY) {
        let is_first = !first.contains(&comment.key.as_str());
        first.push(&comment.key);
        // A second discussion of the same violation is closed too.
        let is_wanted = is_first && seen.contains(&comment.key.as_str());
        if !comment.resolved && !is_wanted {
            plan.resolve.push(comment);
        }
    }
    plan
}

/// The text that the summary must have; none to leave it as it is. A pull request that never had violations gets none,
/// and one is not changed while an evaluation runs.
pub fn summary(check: &Check, existing: Option<&Comment>) -> Option<String> {
    if check.state != CheckState::Completed {
        return None;
    }
    let passed = check.conclusion == Some(Conclusion::Success);
    if passed && check.annotations.is_empty() && existing.is_none() {
        return None;
    }
    let resolved = if passed && check.annotations.is_empty() { "All violations are resolved. " } else { "" };
    let body = format!(
        "### {}\n\n**{resolved}{}**\n\n{}\n\n[Details]({})\n\n{}",
        inert(&check.name),
        inert(&check.title),
        inert(&check.summary),
        check.details_url,
        mark(&check.owner, SUMMARY)
    );
    existing.is_none_or(|it| it.body.trim_end() != body).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Severity;

    fn annotation(key: &str) -> Annotation {
        Annotation {
            key: key.to_owned(),
            path: "a.tf".to_owned(),
            line: 1,
            end_line: 1,
            severity: Severity::High,
            title: format!("title {key}"),
            message: "message".to_owned(),
        }
    }

    fn check(conclusion: Option<Conclusion>, keys: &[&str]) -> Check {
        Check {
            external_id: "e".to_owned(),
            owner: "o1".to_owned(),
            pulls: vec!["1".to_owned()],
            head_sha: "h".to_owned(),
            name: "Check".to_owned(),
            state: if conclusion.is_some() { CheckState::Completed } else { CheckState::Running },
            conclusion,
            details_url: "https://p.example/checks/1".to_owned(),
            title: "2 new violations".to_owned(),
            summary: "/close @all".to_owned(),
            annotations: keys.iter().map(|it| annotation(it)).collect(),
            previous_handle: None,
        }
    }

    fn comment(id: &str, key: &str, resolved: bool) -> Comment {
        let body = discussion("o1", &annotation(key));
        Comment { id: id.to_owned(), key: key.to_owned(), body, resolved }
    }

    #[test]
    fn only_comments_of_the_integration_have_a_key() {
        let body = discussion("o1", &annotation("k"));
        for (owner, body, expected) in [
            ("o1", body.as_str(), Some("k")),
            ("o1", &format!("{body}\n"), Some("k")),
            ("o2", &body, None),
            ("o", &body, None),
            ("o1", &format!("{body}\nmore"), None),
            ("o1", "[palisade]: # (o1/)", None),
            ("o1", "", None),
        ] {
            assert_eq!(key(owner, body), expected, "{owner} {body}");
        }
    }

    #[test]
    fn the_command_is_a_line_of_its_own() {
        for (body, expected) in [
            ("/palisade recheck", true),
            (" /palisade recheck \r\nplease", true),
            ("please\n/palisade recheck", false),
            ("/palisade recheck now", false),
            ("> /palisade recheck", false),
            ("", false),
        ] {
            assert_eq!(asks_again(body), expected, "{body}");
        }
    }

    #[test]
    fn text_of_others_does_nothing() {
        for (text, expected) in [
            ("/merge", "\\/merge"),
            ("a\n  /merge now", "a\n  \\/merge now"),
            ("a /merge", "a /merge"),
            ("@all see", "@\u{2060}all see"),
            ("`@all`", "`@\u{2060}all`"),
            ("ada@example.com", "ada@example.com"),
            ("é@all", "é@\u{2060}all"),
            ("&#64;all", "&\u{2060}#64;all"),
            ("&commat;all", "&\u{2060}commat;all"),
            ("a && b &lt; c", "a && b &lt; c"),
            ("a\r/merge\r\n/close", "a\n\\/merge\n\\/close"),
            ("", ""),
        ] {
            assert_eq!(inert(text), expected, "{text}");
        }
    }

    #[test]
    fn code_has_one_end() {
        for (text, expected) in [
            ("Ada", "`Ada`"),
            ("a` [b](https://c)", "`a  [b](https://c)`"),
            ("a\r\n\n# b", "`a # b`"),
            ("", "``"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn discussions_follow_the_violations() {
        let failure = Some(Conclusion::Failure);
        let shown = |conclusion, keys: &[&str], existing: &[Comment]| {
            let check = check(conclusion, keys);
            let plan = plan(&check, &check.annotations, existing);
            format!(
                "create {:?} update {:?} reopen {:?} resolve {:?}",
                plan.create.iter().map(|it| it.key.as_str()).collect::<Vec<_>>(),
                plan.update.iter().map(|(it, _)| it.id.as_str()).collect::<Vec<_>>(),
                plan.reopen.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(),
                plan.resolve.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(),
            )
        };
        let (one, two) = (comment("1", "a", false), comment("2", "b", true));
        for (conclusion, keys, existing, expected) in [
            (failure, &["a", "b"][..], &[][..], "create [\"a\", \"b\"] update [] reopen [] resolve []"),
            (failure, &["a", "a"], &[], "create [\"a\"] update [] reopen [] resolve []"),
            (
                failure,
                &["a", "b"],
                &[one.clone(), two.clone()],
                "create [] update [] reopen [\"2\"] resolve []",
            ),
            (
                failure,
                &["c"],
                &[one.clone(), two.clone()],
                "create [\"c\"] update [] reopen [] resolve [\"1\"]",
            ),
            (
                failure,
                &["a"],
                &[one.clone(), comment("3", "a", false)],
                "create [] update [] reopen [] resolve [\"3\"]",
            ),
            (
                failure,
                &["a"],
                &[Comment { body: "old".to_owned(), ..one.clone() }],
                "create [] update [\"1\"] reopen [] resolve []",
            ),
            (
                Some(Conclusion::Success),
                &[],
                &[one.clone(), comment("9", SUMMARY, false)],
                "create [] update [] reopen [] resolve [\"1\"]",
            ),
            // Neither a failed nor a running evaluation resolves anything.
            (failure, &[], std::slice::from_ref(&one), "create [] update [] reopen [] resolve []"),
            (None, &[], std::slice::from_ref(&one), "create [] update [] reopen [] resolve []"),
        ] {
            assert_eq!(shown(conclusion, keys, existing), expected, "{keys:?}");
        }
    }

    #[test]
    fn one_summary_in_place() {
        let failed = check(Some(Conclusion::Failure), &["a"]);
        let first = summary(&failed, None).unwrap();
        assert_eq!(key("o1", &first), Some(SUMMARY));
        assert!(first.contains("\n\\/close @\u{2060}all\n"), "{first}");
        let there = Comment { id: "1".to_owned(), key: SUMMARY.to_owned(), body: first, resolved: false };
        assert_eq!(summary(&failed, Some(&there)), None, "it is not written twice");
        let passed = check(Some(Conclusion::Success), &[]);
        assert_eq!(summary(&passed, None), None, "none is created if there was nothing");
        assert!(summary(&passed, Some(&there)).unwrap().contains("All violations are resolved."));
        assert_eq!(summary(&check(None, &[]), Some(&there)), None);
        let unjudged = check(Some(Conclusion::Failure), &[]);
        assert!(summary(&unjudged, None).is_some(), "a failed evaluation is visible");
    }
}
