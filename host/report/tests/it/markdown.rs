//! The report as Markdown.

use insta::assert_snapshot;
use palisade_domain::{Report, Verdict};
use palisade_report::{CheckPart, NoSources, check_body};

use crate::sample;

const LIMIT: usize = 60_000;

fn markdown(report: &Report, verdict: Verdict, limit: usize) -> String {
    palisade_report::markdown(report, verdict, limit, &NoSources)
}

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

/// For any limit, the text keeps the limit, is well formed, and counts what is missing.
#[test]
fn it_keeps_to_its_limit_and_says_what_is_missing() {
    for (report, rows) in [(sample::compared(), 18), (sample::many(300), 300)] {
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
                let rest = text.lines().last().unwrap().strip_suffix(" more did not fit in here.");
                let missing = rest.map_or(0, |it| it.parse().unwrap());
                assert_eq!(listed(&text) + missing, rows, "{limit}\n{text}");
            }
        }
    }
}

/// The lines before and after, in a block that no line of the file can close.
#[test]
fn a_fix_is_a_diff() {
    let mut report = sample::report();
    let fixes = |report: &Report| {
        let text = markdown(report, Verdict::Violations, LIMIT);
        let (_, fixes) = text.split_once("<details><summary>Fixes (1)</summary>\n")?;
        Some(fixes.split_once("</details>")?.0.to_owned())
    };
    let item = "\n- `app/pod.yaml:7` `default/Pod/web-7` `kubernetes-host-network`: replace \\`true\\` with \\`false\\`";
    let block = "  ```diff\n  -  hostNetwork: true\n  +  hostNetwork: false\n  ```\n";
    assert_eq!(fixes(&report), Some(format!("{item} (safe)\n\n{block}\n")));

    let fix = report.results[1].fix.as_mut().unwrap();
    fix.safe = false;
    fix.edits[0].before = "```\n</details>\n- x".to_owned();
    fix.edits[0].after = String::new();
    let text = markdown(&report, Verdict::Violations, LIMIT);
    assert!(text.contains("\n\n  ````diff\n  -```\n  -</details>\n  -- x\n  ````\n\n</details>\n"), "{text}");

    // A fix that is too long to show is described.
    report.results[1].fix.as_mut().unwrap().edits[0].before.clear();
    assert_eq!(fixes(&report), Some(format!("{item}\n\n")));

    // Violations of the base have no fix.
    report.results[1].new = false;
    assert_eq!(fixes(&report), None);
}

/// The check of a pull request shows the same.
#[test]
fn a_check_shows_the_diff() {
    let report = sample::report();
    let part =
        CheckPart { title: "Production", report: &report, verdict: Verdict::Violations, sources: &NoSources };
    let body = check_body(&[], &[part], LIMIT);
    assert!(body.contains("\n  ```diff\n  -  hostNetwork: true\n  +  hostNetwork: false\n  ```\n"), "{body}");
}

#[test]
fn the_worst_is_listed_where_there_is_little_room() {
    let text = markdown(&sample::many(300), Verdict::Violations, 2_000);
    assert!(text.contains("| critical |") && !text.contains("| high |"), "{text}");
}
