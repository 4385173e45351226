//! The report as JSON.

use insta::assert_snapshot;
use palisade_domain::{Report, hex};
use palisade_report::{digest, json};

use crate::sample;

/// The whole text: programs rely on names, order and indentation.
#[test]
fn one_of_everything() {
    assert_snapshot!(json(&sample::report()));
}

#[test]
fn it_is_one_json_value_with_a_line_break_at_its_end() {
    for report in [sample::report(), sample::empty(), sample::hostile("\u{1b}[2J\n\u{202e}\"\\")] {
        let text = json(&report);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["schema"], "palisade/report/v1");
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        assert!(!text.contains('\u{1b}'));
    }
}

#[test]
fn a_digest_is_a_sha_256() {
    let digest = digest(&sample::report());
    let digits = digest.strip_prefix("sha256:").unwrap();
    assert_eq!(digits.len(), 64);
    assert!(digits.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()));
    assert_eq!(hex(&[0x00, 0x0f, 0xff]), "000fff");
}

/// A folder and a commit of one tree have the same digest.
#[test]
fn a_digest_does_not_depend_on_where_was_looked() {
    let elsewhere: [fn(&mut Report); 4] = [
        |it| it.target.path = "/somewhere/else".to_owned(),
        |it| it.target.rev = None,
        |it| it.target.base = Some("main".to_owned()),
        |it| it.digest = "sha256:ff".to_owned(),
    ];
    for change in elsewhere {
        let mut report = sample::report();
        change(&mut report);
        assert_eq!(digest(&report), digest(&sample::report()));
    }
}

/// Every other field changes it.
#[test]
fn a_digest_depends_on_what_was_found() {
    let other: [fn(&mut Report); 10] = [
        |it| it.complete = true,
        |it| it.summary.outcomes.passed += 1,
        |it| drop(it.results.pop()),
        |it| it.results.swap(0, 1),
        |it| it.results[0].message.push('.'),
        |it| it.results[1].fix.as_mut().unwrap().safe = false,
        |it| drop(it.coverage.pop()),
        |it| it.diagnostics.clear(),
        |it| it.plugin_errors[0].reason.clear(),
        // The date decides which suppressions have expired.
        |it| it.target.date = "2027-01-31".to_owned(),
    ];
    for change in other {
        let mut report = sample::report();
        change(&mut report);
        assert_ne!(digest(&report), digest(&sample::report()));
    }
}
