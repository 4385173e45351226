//! The report for a comment or a job's summary.

use insta::assert_snapshot;
use palisade_domain::Verdict;
use palisade_report::markdown;

use crate::sample;

const LIMIT: usize = 60_000;

#[test]
fn one_of_everything() {
    assert_snapshot!(markdown(&sample::compared(), Verdict::Incomplete, LIMIT));
}

#[test]
fn nothing_to_tell() {
    assert_snapshot!(markdown(&sample::empty(), Verdict::Clean, LIMIT), @"
    ### Palisade: passed

    0 violations, 0 passed, 0 unknown

    0 resources in 0 scanned files
    ");
}

/// Whatever the limit is, the text keeps to it, is whole as far as it goes, and tells what is missing.
#[test]
fn it_keeps_to_its_limit_and_says_what_is_missing() {
    for (report, rows) in [(sample::compared(), 17), (sample::many(300), 300)] {
        let listed = |text: &str| {
            let row = |line: &&str| {
                line.starts_with("| ") && !line.starts_with("| Severity") || line.starts_with("- ")
            };
            text.lines().filter(row).filter(|it| !it.starts_with("| ---")).count()
        };
        for limit in (0..60_000).step_by(311) {
            let text = markdown(&report, Verdict::Violations, limit);
            assert!(text.chars().count() <= limit, "{limit}");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
            if limit > 400 {
                let said = text.lines().last().unwrap().strip_suffix(" more did not fit in here.");
                let missing = said.map_or(0, |it| it.parse().unwrap());
                assert_eq!(listed(&text) + missing, rows, "{limit}\n{text}");
            }
        }
    }
}

#[test]
fn the_worst_is_listed_where_there_is_little_room() {
    let text = markdown(&sample::many(300), Verdict::Violations, 2_000);
    assert!(text.contains("| critical |") && !text.contains("| high |"), "{text}");
}
