//! Suppression directives in comments: ours, and those of other scanners as they are written.
//!
//! Facts: Checkov, "Suppressing and Skipping Policies"; Trivy, "Filtering: By Inline Comments"; tfsec, "Ignoring
//! Checks"; KICS, "Running KICS: Using commands on scanned files as comments".

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

/// Which violations a directive applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Of its own line, of the line or block that follows it, or of the block that begins with it.
    Near,
    /// Of its own line or block, or of the one that follows it.
    Next,
    /// Of the resource that contains it.
    Resource,
    /// Of the line that follows it.
    NextLine,
    /// Of the block that follows it.
    NextBlock,
    /// Of the whole file, if it is at the beginning of the file.
    File,
}

/// One directive of a comment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Directive {
    /// The scanner whose syntax it uses: `palisade`, `checkov`, `trivy`, `tfsec`, `kics`.
    pub dialect: &'static str,
    /// Ids or aliases of controls, as written; empty for all.
    pub controls: Vec<String>,
    /// Which violations it applies to.
    pub reach: Reach,
    /// Reason of the author; empty if none is given.
    pub reason: String,
    /// The last day on which it applies.
    pub until: Option<Date>,
    /// Why it is invalid and does not apply; none if it is valid.
    pub problem: Option<String>,
}

impl Directive {
    fn new(dialect: &'static str, reach: Reach) -> Directive {
        let (controls, reason) = (Vec::new(), String::new());
        Directive { dialect, controls, reach, reason, until: None, problem: None }
    }

    /// Whether its last day has passed.
    pub fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether it names a control by its id or an alias.
    pub fn names(&self, id: &str, aliases: &[String]) -> bool {
        self.controls.is_empty() || self.controls.iter().any(|name| is_named(name, id, aliases))
    }
}

/// Whether a name in a directive is the id or an alias of a control.
pub fn is_named(name: &str, id: &str, aliases: &[String]) -> bool {
    let same = |it: &String| it.eq_ignore_ascii_case(name);
    name == "*" || name.eq_ignore_ascii_case(id) || aliases.iter().any(same)
}

/// The reason of the author: the rest of a comment, without the marker that ends it.
fn reason(rest: &str) -> String {
    rest.trim().trim_end_matches("*/").trim_end().to_owned()
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn date(text: &str, directive: &mut Directive) -> Option<Date> {
    let date = text.parse::<Date>().ok();
    if date.is_none() {
        directive.problem = Some(format!("invalid date `{text}`: expected YYYY-MM-DD"));
    }
    date
}

/// `CONTROL[,CONTROL] [until=YYYY-MM-DD] reason…`: our syntax, in a comment behind `palisade:ignore` and in an
/// annotation.
pub fn ours(text: &str, reach: Reach) -> Directive {
    let mut directive = Directive::new("palisade", reach);
    let mut rest = text.trim();
    // A list may have spaces after its commas.
    loop {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        directive.controls.extend(list(word));
        rest = after.trim_start();
        if !word.ends_with(',') {
            break;
        }
    }
    if let Some(after) = rest.strip_prefix("until=") {
        let (day, after) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
        directive.until = date(day, &mut directive);
        rest = after.trim_start();
    }
    directive.reason = reason(rest);
    if directive.controls.iter().all(|it| it == "*") {
        directive.controls.clear();
        directive.problem = Some("missing control: write `palisade:ignore CONTROL reason`".to_owned());
    }
    directive
}

/// The marks of the dialects; the text after a mark belongs to it up to the next mark.
static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"palisade:ignore\b|checkov:skip=|bridgecrew:skip=|(?:trivy|tfsec):ignore:|kics-scan\s+(?:ignore-line|ignore-block|ignore|disable\s*=)",
    )
    .ok()
});

/// The directives of a comment, in order. The comment may include its markers (`#`, `//`, `/*`).
pub fn directives(comment: &str) -> Vec<Directive> {
    let Some(marks) = MARKS.as_ref() else { return Vec::new() };
    let places: Vec<_> = marks.find_iter(comment).collect();
    let mut found = Vec::new();
    for (index, mark) in places.iter().enumerate() {
        let end = places.get(index + 1).map_or(comment.len(), regex::Match::start);
        let rest = comment.get(mark.end()..end).unwrap_or("").lines().next().unwrap_or("");
        let word = mark.as_str();
        found.extend(if word.starts_with("palisade") {
            Some(ours(rest, Reach::Near))
        } else if word.ends_with("skip=") {
            Some(checkov(rest))
        } else if let Some(dialect) = ["trivy", "tfsec"].into_iter().find(|it| word.starts_with(it)) {
            aqua(dialect, rest)
        } else {
            Some(kics(word, rest))
        });
    }
    found
}

/// `ID[,ID][:reason]`.
pub fn checkov(text: &str) -> Directive {
    let mut directive = Directive::new("checkov", Reach::Resource);
    let (ids, rest) = text.split_once(':').unwrap_or((text, ""));
    directive.controls =
        ids.split(',').filter_map(|it| it.split_whitespace().next()).map(str::to_owned).collect();
    directive.reason = reason(rest);
    if directive.controls.is_empty() {
        directive.problem = Some("missing check".to_owned());
    }
    directive
}

/// `ID[:exp:YYYY-MM-DD][:ws:NAME] reason`. It no longer applies on the day of `exp`.
fn aqua(dialect: &'static str, text: &str) -> Option<Directive> {
    let mut directive = Directive::new(dialect, Reach::Next);
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mut parts = word.split(':');
    let id = parts.next().filter(|it| !it.is_empty())?;
    directive.reason = reason(rest);
    directive.controls = vec![id.to_owned()];
    if id.contains('[') {
        directive.problem = Some("conditions in brackets are not supported: name the check alone".to_owned());
    }
    while let Some(part) = parts.next() {
        match part {
            "exp" => {
                let first = date(parts.next().unwrap_or(""), &mut directive);
                directive.until = first.and_then(|it| it.yesterday().ok());
            }
            "ws" => directive.problem = Some("workspaces are not supported: use `--env`".to_owned()),
            _ => {}
        }
    }
    Some(directive)
}

fn kics(word: &str, rest: &str) -> Directive {
    if word.ends_with("ignore-line") {
        return Directive::new("kics", Reach::NextLine);
    }
    if word.ends_with("ignore-block") {
        return Directive::new("kics", Reach::NextBlock);
    }
    let mut directive = Directive::new("kics", Reach::File);
    if word.ends_with('=') {
        directive.controls = list(rest);
        if directive.controls.is_empty() {
            directive.problem = Some("missing query".to_owned());
        }
    }
    directive
}

#[cfg(test)]
mod tests {
    use super::{Directive, Reach, directives};

    fn shown(it: &Directive) -> String {
        let reach = match it.reach {
            Reach::Near => "near",
            Reach::Next => "next",
            Reach::Resource => "resource",
            Reach::NextLine => "next line",
            Reach::NextBlock => "next block",
            Reach::File => "file",
        };
        let until = it.until.map_or_else(String::new, |day| format!(" until {day}"));
        let problem = it.problem.as_ref().map_or_else(String::new, |why| format!(" ! {why}"));
        format!("{} {reach} [{}]{until} {:?}{problem}", it.dialect, it.controls.join(" "), it.reason)
    }

    #[test]
    fn every_dialect_is_read_as_it_stands() {
        let cases: &[(&str, &[&str])] = &[
            ("palisade:ignore a-b", &["palisade near [a-b] \"\""]),
            (
                "# palisade:ignore a-b until=2027-01-31 a public site",
                &["palisade near [a-b] until 2027-01-31 \"a public site\""],
            ),
            (
                "palisade:ignore a,b, CKV_AWS_1 why: it is so",
                &["palisade near [a b CKV_AWS_1] \"why: it is so\""],
            ),
            ("/* palisade:ignore a because */", &["palisade near [a] \"because\""]),
            (
                "palisade:ignore",
                &["palisade near [] \"\" ! missing control: write `palisade:ignore CONTROL reason`"],
            ),
            (
                "palisade:ignore * all",
                &["palisade near [] \"all\" ! missing control: write `palisade:ignore CONTROL reason`"],
            ),
            (
                "palisade:ignore a until=tomorrow x",
                &["palisade near [a] \"x\" ! invalid date `tomorrow`: expected YYYY-MM-DD"],
            ),
            ("palisade:ignored a", &[]),
            (
                "checkov:skip=CKV_AWS_20:The bucket is a public site",
                &["checkov resource [CKV_AWS_20] \"The bucket is a public site\""],
            ),
            ("checkov:skip=CKV_AWS_20", &["checkov resource [CKV_AWS_20] \"\""]),
            (
                "checkov:skip=CKV_AWS_20,CKV2_AWS_6: both",
                &["checkov resource [CKV_AWS_20 CKV2_AWS_6] \"both\""],
            ),
            ("bridgecrew:skip=CKV_AWS_20:x", &["checkov resource [CKV_AWS_20] \"x\""]),
            ("checkov:skip=", &["checkov resource [] \"\" ! missing check"]),
            ("trivy:ignore:AVD-AWS-0086", &["trivy next [AVD-AWS-0086] \"\""]),
            (
                "trivy:ignore:AWS-0086:exp:2027-02-01 later",
                &["trivy next [AWS-0086] until 2027-01-31 \"later\""],
            ),
            (
                "trivy:ignore:AWS-0086 trivy:ignore:AWS-0087",
                &["trivy next [AWS-0086] \"\"", "trivy next [AWS-0087] \"\""],
            ),
            (
                "trivy:ignore:AWS-0086:ws:prod",
                &["trivy next [AWS-0086] \"\" ! workspaces are not supported: use `--env`"],
            ),
            (
                "trivy:ignore:AWS-0086[port=3306]",
                &[
                    "trivy next [AWS-0086[port=3306]] \"\" ! conditions in brackets are not supported: name the check alone",
                ],
            ),
            ("trivy:ignore:*", &["trivy next [*] \"\""]),
            ("trivy:ignore:", &[]),
            (
                "tfsec:ignore:aws-s3-x:exp:2026-13-01",
                &["tfsec next [aws-s3-x] \"\" ! invalid date `2026-13-01`: expected YYYY-MM-DD"],
            ),
            ("kics-scan ignore-line", &["kics next line [] \"\""]),
            ("kics-scan ignore-block", &["kics next block [] \"\""]),
            ("kics-scan ignore", &["kics file [] \"\""]),
            ("kics-scan disable=a8dc2180,ffee", &["kics file [a8dc2180 ffee] \"\""]),
            ("kics-scan disable=", &["kics file [] \"\" ! missing query"]),
            ("nothing here", &[]),
        ];
        for (comment, expected) in cases {
            let found: Vec<String> = directives(comment).iter().map(shown).collect();
            assert_eq!(found, *expected, "{comment}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_comment_names_what_it_is_about(
            text in "((palisade:ignore|checkov:skip=|trivy:ignore:|tfsec:ignore:|kics-scan disable=)[ ,:=a*-]{0,6}){0,3}",
        ) {
            for it in directives(&text) {
                proptest::prop_assert!(!it.controls.is_empty() || it.problem.is_some() || it.reach == Reach::File);
            }
        }
    }

    #[test]
    fn controls_are_named_by_id_or_alias() {
        let aliases = ["CKV_AWS_20".to_owned()];
        for (comment, named) in [
            ("palisade:ignore the-id x", true),
            ("palisade:ignore ckv_aws_20 x", true),
            ("palisade:ignore the x", false),
            ("trivy:ignore:*", true),
            ("kics-scan ignore-line", true),
            ("kics-scan disable=other", false),
        ] {
            assert_eq!(directives(comment)[0].names("the-id", &aliases), named, "{comment}");
        }
    }
}
