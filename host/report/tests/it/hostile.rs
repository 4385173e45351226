//! Untrusted text does not change the structure of any format.

use palisade_domain::{Finding, FindingStatus, Report, Verdict};
use palisade_report::{NoSources, SarifFor, Style, compact, github, gitlab, json, junit, sarif, table};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use serde_json::Value;

use crate::sample;

const TEXTS: [&str; 24] = [
    "two\nlines",
    "carriage\r\nreturn\r",
    "\u{1b}[2J\u{1b}[1;1Hgone",
    "a | b \\| c \\\\| d",
    "`code` ``` ```` `",
    "\\`",
    "</details></td></table>",
    "<script>alert(1)</script> <!-- <![CDATA[",
    "<img src=x onerror=y>",
    "@team and a@b.c",
    "#1 o/r#2 GH-3 !4",
    "[press](javascript:x) ![x](http://y) [a]: http://b",
    "https://example.org www.example.org",
    "::error file=a::b",
    "  ::stop-commands::x",
    "##[error]x ##vso[task.complete]",
    "a]]>b &amp; &#0;",
    "nul\0 \u{fffe}\u{ffff}",
    "\u{202e}dessap\u{2066}",
    "line\u{2028}separator\u{85}",
    "%0A%0D,:%25",
    "{0} {{1}} ${x}",
    "*bold* _em_ ~~gone~~ $x$",
    "",
];

fn markdown(report: &Report, verdict: Verdict, limit: usize) -> String {
    palisade_report::markdown(report, verdict, limit, &NoSources)
}

const INVISIBLE: [char; 5] = ['\u{1b}', '\0', '\u{202e}', '\u{2066}', '\u{2028}'];

/// The structure of a Markdown text, without the words.
fn shape(text: &str) -> Vec<String> {
    let mut shape = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            // The lines of a fix have as many blocks as in the sample report.
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "diff" => {
                shape.push("diff".to_owned());
            }
            Event::Start(
                tag @ (Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::BlockQuote(_)),
            ) => {
                panic!("{tag:?} in {text}")
            }
            Event::Start(tag) => shape.push(format!("{:?}", std::mem::discriminant(&tag))),
            Event::Html(html) | Event::InlineHtml(html) => shape.push(html.trim().to_owned()),
            Event::Rule => panic!("a rule in {text}"),
            _ => {}
        }
    }
    shape
}

fn check(report: &Report, usual: &Report) {
    let value: Value = serde_json::from_str(&json(report)).unwrap();
    assert_eq!(value["results"].as_array().unwrap().len(), report.results.len());

    for reader in [SarifFor::Archive, SarifFor::CodeScanning] {
        let text = sarif(report, reader);
        let value: Value = serde_json::from_str(&text).unwrap();
        let count = |report: &Report| {
            let value: Value = serde_json::from_str(&sarif(report, reader)).unwrap();
            value["runs"][0]["results"].as_array().unwrap().len()
        };
        assert_eq!(value["runs"][0]["results"].as_array().unwrap().len(), count(usual));
    }

    let value: Value = serde_json::from_str(&gitlab(report)).unwrap();
    assert_eq!(value.as_array().unwrap().len() as u64, report.summary.outcomes.failed);

    let text = junit(report);
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let cases = document.descendants().filter(|it| it.has_tag_name("testcase")).count();
    let unread = report.coverage.iter().filter(|it| !it.reason.is_empty() || it.status.name() != "scanned");
    assert!(cases >= report.results.len() && cases <= report.results.len() + unread.count() + 2);
    for it in document.descendants().filter(roxmltree::Node::is_element) {
        let names = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped"];
        assert!(names.contains(&it.tag_name().name()), "{text}");
    }

    let text = github(report);
    assert!(
        text.lines()
            .all(|it| ["::error ", "::warning ", "::notice "].iter().any(|begin| it.starts_with(begin)))
    );
    let new = |it: &&Finding| it.status == FindingStatus::Failed && it.new;
    assert_eq!(text.lines().count(), github(usual).lines().count());
    assert!(text.lines().count() >= report.results.iter().filter(new).count());

    let text = markdown(report, Verdict::Violations, 200_000);
    // An empty name is not shown.
    if report.results.iter().all(|it| !it.control.is_empty()) {
        assert_eq!(shape(&text), shape(&markdown(usual, Verdict::Violations, 200_000)), "{text}");
    }
    for (name, text) in [
        ("markdown", text),
        ("junit", junit(report)),
        ("github", github(report)),
        ("gitlab", gitlab(report)),
        ("sarif", sarif(report, SarifFor::Archive)),
        ("table", table(report, Verdict::Clean, Style { colour: false, suppressed: true }, &NoSources)),
        ("compact", compact(report, Verdict::Clean, Style { colour: false, suppressed: true })),
    ] {
        assert_eq!(text.find(INVISIBLE), None, "{name}: {text:?}");
        if name != "github" {
            assert!(!text.contains("##[") && !text.contains("##vso["), "{name}: {text}");
            let order = text.lines().find(|it| it.trim_start().starts_with("::"));
            assert_eq!(order, None, "{name}");
        }
    }
}

#[test]
fn known_tricks() {
    let usual = sample::hostile_compared("text");
    for text in TEXTS {
        check(&sample::hostile_compared(text), &usual);
    }
}

/// No mentions and no references.
#[test]
fn references_are_broken() {
    let mut report = sample::many(1);
    report.results[0].message = "@team #1 GH-2 !3 https://x www.y a@b.c".to_owned();
    let text = markdown(&report, Verdict::Violations, 10_000);
    for reference in ["@team", "#1", "GH-2", "!3", "https://", "www.y", "@b"] {
        assert!(!text.contains(reference), "{reference}: {text}");
    }
}

/// Text of characters with a meaning in some format.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(TEXTS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(
            "\n\r\t `|\\<>&\"'[](){}*_~#@:,%$!-+.=\0\u{1b}\u{202e}a1".chars().collect::<Vec<_>>()
        )
        .prop_map(String::from),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text(text in text()) {
        let report = sample::hostile_compared(&text);
        check(&report, &sample::hostile_compared("text"));
        for reader in [SarifFor::Archive, SarifFor::CodeScanning] {
            prop_assert_eq!(sarif(&report, reader), sarif(&report.clone(), reader));
        }
        prop_assert_eq!(junit(&report), junit(&report.clone()));
        prop_assert_eq!(github(&report), github(&report.clone()));
        prop_assert_eq!(gitlab(&report), gitlab(&report.clone()));
        let (once, again) = [&report, &report.clone()].map(|it| markdown(it, Verdict::Clean, 5_000)).into();
        prop_assert_eq!(once, again);
    }
}

/// All attacks at once, for readers of the snapshot.
#[test]
fn all_tricks() {
    let text = "a\n\u{1b}[2J|`\\</details>@team ::error::]]>\0\u{202e}[x](y) ##[error]";
    let mut report = sample::many(1);
    report.results[0].message = text.to_owned();
    report.results[0].resource.address = text.to_owned();
    report.results[0].location.as_mut().unwrap().path = text.to_owned();
    report.results[0].control = text.into();
    report.results[0].environments = vec![text.to_owned()];
    report.results[0].remediation = text.into();
    report.coverage = vec![sample::hostile(text).coverage[2].clone()];
    insta::assert_snapshot!(junit(&report));
    insta::assert_snapshot!(markdown(&report, Verdict::Violations, 10_000));
    insta::assert_snapshot!(github(&report));
    insta::assert_snapshot!(gitlab(&report));
    insta::assert_snapshot!(sarif(&report, SarifFor::CodeScanning));
}
