//! The text report.

use insta::assert_snapshot;
use palisade_domain::{Report, Verdict};
use palisade_report::{NoSources, Style, compact};

use crate::sample;

const PLAIN: Style = Style { colour: false, suppressed: false };
const COLOUR: Style = Style { colour: true, suppressed: false };

fn table(report: &Report, verdict: Verdict, style: Style) -> String {
    palisade_report::table(report, verdict, style, &NoSources)
}

#[test]
fn one_of_everything() {
    assert_snapshot!(table(&sample::report(), Verdict::Incomplete, PLAIN));
}

#[test]
fn one_of_everything_in_colour() {
    let text = table(&sample::report(), Verdict::Incomplete, COLOUR);
    assert_snapshot!(text.replace('\u{1b}', "␛"));
}

#[test]
fn colours_are_all_that_colours_add() {
    let coloured = table(&sample::report(), Verdict::Violations, COLOUR);
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').expect("a style ends with m").1;
    }
    plain.push_str(rest);
    assert_eq!(plain, table(&sample::report(), Verdict::Violations, PLAIN));
}

#[test]
fn nothing_to_tell() {
    assert_eq!(
        table(&sample::empty(), Verdict::Clean, PLAIN),
        "0 files\n0 resources: 0 violations, 0 passed, 0 unknown\npassed\n"
    );
}

#[test]
fn the_last_line_is_the_verdict() {
    for (verdict, line) in [
        (Verdict::Clean, "passed"),
        (Verdict::Violations, "failed: violations at or above the threshold"),
        (Verdict::Incomplete, "incomplete: some files or controls were not judged"),
    ] {
        assert_eq!(table(&sample::empty(), verdict, PLAIN).lines().last(), Some(line));
    }
}

/// A name or a message that clears the screen, breaks the line, or changes the direction of text.
#[test]
fn strangers_do_not_draw_on_the_terminal() {
    // The number of lines of a fix depends on the file.
    let lines =
        |text: &str| text.lines().filter(|it| !it.starts_with("  - ") && !it.starts_with("  + ")).count();
    let usual = table(&sample::hostile("text"), Verdict::Clean, PLAIN);
    for text in [
        "\u{1b}[2J\u{1b}[1;1Hpassed",
        "\u{9b}2J",
        "\u{1b}]0;title\u{7}",
        "a\npassed",
        "a\rpassed",
        "\u{8}\u{8}\u{7f}\0",
        "\u{202e}dessap\u{2066}",
        "a\u{2028}passed",
    ] {
        let report = sample::hostile(text);
        let plain = table(&report, Verdict::Clean, PLAIN);
        let active = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{2028}".contains(c);
        assert_eq!(plain.find(active), None, "{plain:?}");
        assert_eq!(lines(&plain), lines(&usual), "{plain:?}");
        let coloured = table(&report, Verdict::Clean, COLOUR);
        for (at, _) in coloured.match_indices('\u{1b}') {
            let style = coloured[at..].split_once('m').expect("a style ends with m").0;
            let ours = |c: char| c.is_ascii_digit() || "\u{1b}[;".contains(c);
            assert!(style.chars().all(ours), "{style:?}");
        }
        assert_eq!(coloured.matches("[2J").count(), plain.matches("[2J").count());
    }
    assert_snapshot!(table(&sample::hostile("\u{1b}[2J\nx\u{202e}"), Verdict::Clean, PLAIN));
}

#[test]
fn acceptances_and_what_the_base_has_too() {
    assert_snapshot!(table(&sample::compared(), Verdict::Incomplete, PLAIN));
}

#[test]
fn suppressed_violations_are_listed_on_request() {
    let style = Style { suppressed: true, ..PLAIN };
    let usual = table(&sample::compared(), Verdict::Incomplete, PLAIN);
    let listed = table(&sample::compared(), Verdict::Incomplete, style);
    let added: Vec<&str> = listed.lines().filter(|it| !usual.lines().any(|line| line == *it)).collect();
    assert_snapshot!(added.join("\n"));
}

#[test]
fn a_line_for_each_finding() {
    assert_snapshot!(compact(&sample::compared(), Verdict::Incomplete, Style { suppressed: true, ..PLAIN }));
    let text = compact(&sample::hostile("\u{1b}[2J\nx\u{202e}"), Verdict::Clean, PLAIN);
    assert_eq!(text.find(|c: char| c.is_control() && c != '\n'), None, "{text:?}");
    let usual = compact(&sample::hostile("text"), Verdict::Clean, PLAIN);
    assert_eq!(text.lines().count(), usual.lines().count(), "{text}");
}

#[test]
fn the_number_fits_the_noun() {
    let mut report = sample::empty();
    report.results.extend(sample::many(1).results);
    report.results[0].new = false;
    report.summary.files.seen = 1;
    report.summary.resources = 1;
    report.summary.outcomes.failed = 1;
    for text in [table(&report, Verdict::Clean, PLAIN), compact(&report, Verdict::Clean, PLAIN)] {
        assert_eq!(
            text.trim_start(),
            "1 violation not listed: also in the base\n1 file\n1 resource: 1 violation, 0 passed, 0 unknown\npassed\n"
                .replacen("\n1 file", if text.contains("\n\n") { "\n\n1 file" } else { "\n1 file" }, 1)
        );
    }
}
