//! Code excerpts in reports.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::Arc;

use insta::assert_snapshot;
use palisade_domain::{Cause, FindingStatus, Position, Report, Severity, Verdict};
use palisade_report::{
    CheckPart, NoSources, Sources, Style, check_annotations, check_body, markdown, shown_paths, table,
};
use proptest::prelude::*;

use crate::sample;

const PLAIN: Style = Style { colour: false, suppressed: false };
const COLOUR: Style = Style { colour: true, suppressed: false };

/// Files by their paths, and the number of reads.
struct Files<'a>(&'a [(&'a str, &'a str)], Cell<usize>);

impl<'a> Files<'a> {
    fn new(files: &'a [(&'a str, &'a str)]) -> Files<'a> {
        Files(files, Cell::new(0))
    }
}

impl Sources for Files<'_> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.1.set(self.1.get() + 1);
        self.0.iter().find(|(name, _)| *name == path).map(|(_, text)| Arc::from(*text))
    }
}

/// The part of the text report between the place and the resource.
fn excerpt(text: &str, from: (u32, u32), to: (u32, u32)) -> String {
    let report = sample::placed("a", from, to);
    let table = table(&report, Verdict::Violations, PLAIN, &Files::new(&[("a", text)]));
    let rest = table.split_once("-->").unwrap().1.split_once('\n').unwrap().1;
    rest.split_once(" = resource").unwrap().0.trim_end_matches(' ').to_owned()
}

#[test]
fn excerpts() {
    let long = format!("{}secret_here = true{}", "x = 1; ".repeat(40), "; y = 2".repeat(40));
    let wide_mark = format!("key = {}", "v".repeat(300));
    let mut shown = String::new();
    for (name, text, from, to) in [
        ("first line", "one: 1\ntwo: 2\n", (1, 6), (1, 7)),
        ("line in the middle", "one: 1\ntwo: 2\nthree: 3\n", (2, 1), (2, 4)),
        ("last line without its break", "one: 1\ntwo: 2", (2, 6), (2, 7)),
        ("blank lines around", "one: 1\n\ntwo: 2\n   \nthree: 3\n", (3, 6), (3, 7)),
        ("tabs", "a {\n\tb\t= true\n}\n", (2, 6), (2, 10)),
        ("Windows", "one: 1\r\ntwo: 2\r\nthree: 3\r\n", (2, 6), (2, 7)),
        ("several bytes", "größe: öffentlich # ü\n", (1, 8), (1, 18)),
        ("wide characters", "名前: 公開 # 日本\n", (1, 5), (1, 7)),
        ("combined characters", "a: e\u{301}e\u{301} b\n", (1, 4), (1, 8)),
        ("two lines", "a: [\n  b, c]\nd: 1\n", (1, 4), (2, 8)),
        ("three lines", "a: [\n  b,\n  c]\nd: 1\n", (1, 4), (3, 5)),
        ("many lines", &format!("a {{\n{}}}\n", "  b = 1\n".repeat(20)), (1, 1), (22, 2)),
        ("ends with its line", "a: |\n  b\nc: 1\n", (2, 3), (3, 1)),
        ("numbers of two lengths", &"a: 1\n".repeat(12), (9, 4), (9, 5)),
        ("long line", &format!("a: 1\n{long}\nb: 2\n"), (2, 281), (2, 299)),
        ("end of a long line", &long, (1, 570), (1, 579)),
        ("long part", &wide_mark, (1, 7), (1, 307)),
        ("long line beside", &format!("{long}\nb: 2\n"), (2, 4), (2, 5)),
        ("empty part", "one: \ntwo: 2\n", (1, 5), (1, 5)),
        ("empty part at the end", "one:\n", (1, 5), (1, 5)),
        ("empty file", "", (1, 1), (1, 1)),
        ("ends before it begins", "one: 1\n", (1, 6), (1, 2)),
        ("backticks", "a: ```b```\n", (1, 4), (1, 11)),
        ("escape sequences", "a: \u{1b}[2Jb\u{9b}2J\u{7} # ##[error]\n", (1, 4), (1, 10)),
        ("bidirectional", "a: \u{202e}b\u{2066}c\n", (1, 5), (1, 6)),
        ("separators", "a: b\u{2028}c\u{85}d\re\n", (1, 4), (1, 5)),
        ("orders", "::error::a\n  ##vso[task.complete]\n", (1, 1), (1, 3)),
        ("line that is not there", "one: 1\n", (7, 1), (7, 2)),
        ("column that is not there", "one: 1\n", (1, 9), (1, 10)),
        ("end that is not there", "one: 1\n", (1, 6), (1, 12)),
        ("place of nothing", "one: 1\n", (0, 0), (0, 0)),
        ("largest place", "one: 1\n", (u32::MAX, u32::MAX), (u32::MAX, u32::MAX)),
    ] {
        let _ = writeln!(shown, "# {name}\n{}", excerpt(text, from, to));
    }
    assert_snapshot!(shown);
}

/// A report with files: causes, a resource with an instance, a fix of another line.
fn files() -> (Report, [(&'static str, &'static str); 2]) {
    let mut report = sample::report();
    report.results[1].resource.instance = "container/web".to_owned();
    report.results[1].environments = vec!["prod".to_owned()];
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  # ```\n    hostNetwork: true\n\n\n\n\n    hostPID: true\n";
    (report, [("app/pod.yaml", pod), ("app/base.yaml", "kind: Base\nspec:\n  net: true\n")])
}

#[test]
fn findings_with_their_code() {
    let (report, files) = files();
    assert_snapshot!(table(&report, Verdict::Violations, PLAIN, &Files::new(&files)));
    let coloured = table(&report, Verdict::Violations, COLOUR, &Files::new(&files));
    assert_snapshot!(coloured.replace('\u{1b}', "␛"));
}

#[test]
fn markdown_with_code() {
    let (report, files) = files();
    assert_snapshot!(markdown(&report, Verdict::Violations, 60_000, &Files::new(&files)));
    let part = CheckPart {
        title: "Production",
        report: &report,
        verdict: Verdict::Violations,
        sources: &Files::new(&files),
    };
    assert!(check_body(&[], &[part], 60_000).contains("<details><summary>Code</summary>"));
}

/// Annotations have the causes, but no code, since they are shown next to the line.
#[test]
fn remarks_have_causes() {
    let (mut report, _) = files();
    for (row, it) in report.results.iter_mut().enumerate() {
        it.fingerprint = row.to_string();
    }
    let (remarks, count) = check_annotations(&[&report], 1, 4_000);
    assert_eq!((remarks.len(), count), (1, 3));
    let (remarks, _) = check_annotations(&[&report], 2, 4_000);
    assert_eq!(
        remarks[1].message,
        "shares it\ndefault/Pod/web-7 (container/web) in prod\n\
         ↳ app/base.yaml:3: default of variable `net`\n↳ app/base.yaml:3: from here\n\nRemove `hostNetwork`."
    );
}

#[test]
fn a_file_is_read_once() {
    let mut report = sample::many(40);
    for it in &mut report.results {
        it.location.as_mut().unwrap().path = "a".to_owned();
    }
    let sources = Files::new(&[("a", "a: 1\n")]);
    table(&report, Verdict::Violations, PLAIN, &sources);
    assert_eq!(sources.1.get(), 1);
    assert_eq!(shown_paths(&report, 5), ["a"]);
    assert_eq!(shown_paths(&sample::many(40), 3).len(), 3);
}

/// Without enough room, code is left out first, and it is not counted.
#[test]
fn code_gives_way() {
    let mut report = sample::many(60);
    for it in &mut report.results {
        it.location.as_mut().unwrap().path = "a".to_owned();
    }
    let text = "key: value\n".repeat(400);
    let files = [("a", text.as_str())];
    let mut before = 0;
    for limit in (0..40_000).step_by(503) {
        let with = markdown(&report, Verdict::Violations, limit, &Files::new(&files));
        let without = markdown(&report, Verdict::Violations, limit, &NoSources);
        assert!(with.chars().count() <= limit);
        assert!(with.starts_with(without.trim_end_matches('\n')), "{limit}: {with}");
        let blocks = with.matches("```text").count();
        assert!(blocks == 0 || !with.contains("did not fit"), "{limit}: {with}");
        assert!(blocks >= before, "{limit}");
        before = blocks;
    }
    assert_eq!(before, 60);
}

const SECRET: &str = "hunter2-hunter2";

/// The output for a finding about a secret, and for another finding at the same lines.
fn secret(text: &str, from: (u32, u32), to: (u32, u32)) -> [String; 2] {
    let mut report = sample::placed("a", from, to);
    report.results[0].control = "kubernetes-secret-in-environment".into();
    report.results[0].cause.push(Cause {
        path: "a".to_owned(),
        start: Position { line: 1, column: 1 },
        end: Position { line: 1, column: 2 },
        note: String::new(),
    });
    report.results[0].fix = sample::report().results[1].fix.clone();
    report.results[0].fix.as_mut().unwrap().edits[0].before = SECRET.to_owned();
    for line in 1..=6 {
        let mut other = sample::placed("a", (line, 1), (line, 2)).results.remove(0);
        other.fix = report.results[0].fix.clone();
        let edit = &mut other.fix.as_mut().unwrap().edits[0];
        edit.path = "a".to_owned();
        (edit.start, edit.end) = (Position { line: from.0, column: 1 }, Position { line: to.0, column: 9 });
        report.results.push(other);
    }
    let files = [("a", text)];
    let files = Files::new(&files);
    [
        table(&report, Verdict::Violations, PLAIN, &files),
        markdown(&report, Verdict::Violations, 60_000, &files),
    ]
}

#[test]
fn secrets_are_not_shown() {
    for (text, from, to) in [
        ("env:\n  - name: A\n    value: hunter2-hunter2\n", (3, 12), (3, 27)),
        ("env:\n  - {name: A, value: \"hunter2-hunter2\"}\n", (2, 22), (2, 39)),
        ("a: 1\nkey: |\n  hunter2-hunter2\n  x hunter2-hunter2 y\nb: 2\n", (2, 6), (5, 1)),
        // At the name: the value follows it.
        ("a: 1\nDB = \"hunter2-hunter2\"\nb: 2\n", (2, 1), (2, 3)),
    ] {
        let all = secret(text, from, to);
        for shown in &all {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert!(all[0].contains("•••"), "{}", all[0]);
    }
    let [text, markdown] = secret("env:\n  - name: A\n    value: hunter2-hunter2\n", (3, 12), (3, 27));
    assert_snapshot!(text);
    assert_snapshot!(markdown);
}

/// Secrets that no control reports are recognised by their form and by the names around them.
#[test]
fn secrets_beside_a_finding_are_not_shown() {
    let key = format!("a: 1\nkey: AKIA{}\nb: 2\n", "ABCDEFGHIJKLMNOP");
    let private = format!(
        "k: |\n  -----BEGIN {0}-----\n  MIIEabcd\n  efgh\n  -----END {0}-----\nb: 2\n",
        "PRIVATE KEY"
    );
    for (text, hidden, line) in [
        (key.as_str(), "AKIAABC", 2),
        (&private, "MIIE", 2),
        (&private, "efgh", 4),
        ("a: 1\npassword: correct horse battery\nb: 2\n", "horse", 2),
        ("- name: DB_PASSWORD\n  value: abc\n  x: y\n", "abc", 2),
        ("- name: DB_PASSWORD\n  value: abc\n  x: y\n", "abc", 3),
        ("url: postgres://app:geheim@db/app\n", "geheim", 1),
    ] {
        let report = sample::placed("a", (line, 1), (line, 2));
        let files = [("a", text)];
        let files = Files::new(&files);
        for shown in [
            table(&report, Verdict::Violations, PLAIN, &files),
            markdown(&report, Verdict::Violations, 60_000, &files),
        ] {
            assert!(!shown.contains(hidden) && shown.contains("•••"), "{shown}");
        }
    }
    // If a file has changed since the scan, the secret may be anywhere.
    let mut report = sample::placed("a", (1, 1), (1, 2));
    report.results.extend(sample::placed("a", (9, 1), (9, 2)).results);
    report.results[1].control = "a-hardcoded-password".into();
    let text = table(&report, Verdict::Violations, PLAIN, &Files::new(&[("a", "x: hunter\ny: hunter\n")]));
    assert!(!text.contains("hunter"), "{text}");
    // No lines are shown around the line of a secret.
    let mut report = sample::placed("a", (2, 1), (2, 2));
    report.results[0].resource.kind = "Secret".to_owned();
    let text =
        table(&report, Verdict::Violations, PLAIN, &Files::new(&[("a", "a: cGFzcw==\nb: 1\nc: cGFzcw==\n")]));
    assert!(!text.contains("cGFz") && text.contains("2 | b: 1"), "{text}");
}

/// Passed and unknown controls.
#[test]
fn passed_findings_have_no_code() {
    let mut report = sample::placed("a", (1, 1), (1, 2));
    for (status, shows) in
        [(FindingStatus::Passed, false), (FindingStatus::Unknown, true), (FindingStatus::Failed, true)]
    {
        report.results[0].status = status;
        let text = table(&report, Verdict::Clean, PLAIN, &Files::new(&[("a", "key: 1\n")]));
        assert_eq!(text.contains("1 | key: 1"), shows, "{text}");
    }
}

/// Text of characters with a meaning in some format.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\n",
            "\r\n",
            "\t",
            " ",
            "::",
            "##[x]",
            "```",
            "\u{1b}[2J",
            "\u{202e}",
            "\u{2028}",
            "\u{301}",
            "日本",
            "🦀",
            "password: hunter2\n",
            "- name: TOKEN\n  value: |\n    x\n",
            "key = <<EOT\n",
            "secret: \"a",
            "\u{feff}",
            "a: 1\n",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        "[ -~]{0,200}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_and_place(
        text in text(),
        from in (0u32..20, 0u32..250),
        to in (0u32..20, 0u32..250),
        about_secrets in any::<bool>(),
    ) {
        let mut report = sample::placed("a", from, to);
        let it = &mut report.results[0];
        it.severity = Severity::High;
        if about_secrets {
            it.control = "a-hardcoded-password".into();
        }
        it.cause.push(Cause {
            path: "a".to_owned(),
            start: Position { line: from.0, column: 1 },
            end: Position { line: to.0, column: to.1 },
            note: String::new(),
        });
        report.results.push(sample::placed("a", (1, 1), (1, 1)).results.remove(0));
        let files = [("a", text.as_str())];
        for shown in [
            table(&report, Verdict::Violations, PLAIN, &Files::new(&files)),
            markdown(&report, Verdict::Violations, 50_000, &Files::new(&files)),
        ] {
            let active = |c: char| {
                (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{2028}".contains(c)
            };
            prop_assert_eq!(shown.find(active), None, "{:?}", shown);
            prop_assert!(!shown.contains("##["), "{:?}", shown);
            prop_assert!(!shown.lines().any(|it| it.trim_start().starts_with("::")), "{:?}", shown);
            // No mark is wider than the shown code. Code may end with `^` too, so a mark also begins with `|`.
            let is_mark = |it: &&str| it.trim_start().starts_with('|') && it.ends_with('^');
            prop_assert!(shown.lines().filter(is_mark).all(|it| it.len() < 120), "{:?}", shown);
        }
        let again = table(&report, Verdict::Violations, PLAIN, &Files::new(&files));
        prop_assert_eq!(again, table(&report, Verdict::Violations, PLAIN, &Files::new(&files)));
    }
}
