//! The report for build servers, GitHub and GitLab.

use std::sync::Arc;

use insta::assert_snapshot;
use palisade_domain::{FindingStatus, Report, Severity};
use palisade_report::{github, gitlab, junit};
use serde_json::Value;

use crate::sample;

#[test]
fn results_of_tests() {
    assert_snapshot!(junit(&sample::compared()));
}

#[test]
fn no_results_of_tests() {
    assert_snapshot!(junit(&sample::empty()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="palisade" tests="0" failures="0" errors="0" skipped="0" time="0">
    </testsuites>
    "#);
}

#[test]
fn the_counts_of_test_results_are_those_of_the_cases() {
    for report in [sample::report(), sample::compared(), sample::many(50)] {
        let text = junit(&report);
        let document = roxmltree::Document::parse(&text).unwrap();
        let (all, suites): (Vec<_>, Vec<_>) = document
            .descendants()
            .filter(|it| matches!(it.tag_name().name(), "testsuites" | "testsuite"))
            .partition(|it| it.has_tag_name("testsuites"));
        for it in all.iter().chain(&suites) {
            let count = |name: &str| it.descendants().filter(|it| it.has_tag_name(name)).count().to_string();
            for (attribute, name) in
                [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
            {
                assert_eq!(it.attribute(attribute), Some(count(name).as_str()), "{attribute}");
            }
        }
        let new = |it: &&palisade_domain::Finding| it.status == FindingStatus::Failed && it.new;
        let failures = report.results.iter().filter(new).count().to_string();
        assert_eq!(all[0].attribute("failures"), Some(failures.as_str()));
    }
}

#[test]
fn workflow_commands() {
    assert_snapshot!(github(&sample::compared()));
}

#[test]
fn no_workflow_commands() {
    assert_eq!(github(&sample::empty()), "");
}

/// GitHub shows the first ten of a level.
#[test]
fn the_worst_workflow_commands_come_first() {
    let text = github(&sample::many(400));
    assert_eq!(text.lines().count(), 400);
    let severities: Vec<&str> =
        text.lines().map(|it| it.split_once("title=").unwrap().1.split_once('%').unwrap().0).collect();
    assert!(severities.is_sorted_by_key(|it| std::cmp::Reverse(it.parse::<Severity>().unwrap())));
}

/// `%` and line breaks, and in a property `:` and `,` too.
#[test]
fn what_a_workflow_command_must_not_hold_is_escaped() {
    let mut report = sample::many(1);
    let it = &mut report.results[0];
    it.location.as_mut().unwrap().path = "a,b:c%25\nd.yaml".to_owned();
    it.control = "x::y,z".into();
    it.message = "50%, a: b\r\n::error::c".to_owned();
    it.remediation = Arc::default();
    let line = it.location.as_ref().unwrap().start.line;
    assert_eq!(
        github(&report),
        format!(
            "::notice file=a%2Cb%3Ac%2525\\nd.yaml,line={line},col=5,endColumn=9,title=low%3A x%3A%3Ay%2Cz::50%25, \
             a: b%0A\\u{{3a}}:error::c%0Adefault/Pod/web-{line}\n"
        )
    );
}

#[test]
fn code_quality() {
    assert_snapshot!(gitlab(&sample::compared()));
}

#[test]
fn no_code_quality() {
    assert_eq!(gitlab(&sample::empty()), "[]\n");
}

fn fingerprints(report: &Report) -> Vec<String> {
    let issues: Vec<Value> = serde_json::from_str(&gitlab(report)).unwrap();
    issues.iter().map(|it| it["fingerprint"].as_str().unwrap().to_owned()).collect()
}

/// GitLab shows one of several with the same fingerprint.
#[test]
fn fingerprints_of_code_quality_are_unique() {
    let report = sample::report();
    let mut all = fingerprints(&report);
    assert_eq!(all.len(), 4);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}
