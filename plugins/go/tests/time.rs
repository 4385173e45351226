//! Layouts and durations, as documented by Go (`time.Layout`, `time.ParseDuration`).

#![cfg(test)]

use jiff::civil::date;
use palisade_go::time::{
    RFC3339, RFC3339_NANO, Zone, format, named, parse, parse_duration, parse_strict_rfc3339,
};
use proptest::prelude::*;

#[test]
fn times_in_layouts() {
    let civil = date(2006, 1, 2).at(15, 4, 5, 678_000_000);
    let zone = Zone { offset_seconds: -7 * 3600, abbreviation: "MST" };
    for (layout, expected) in [
        ("ANSIC", "Mon Jan  2 15:04:05 2006"),
        ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
        ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
        ("RFC3339", "2006-01-02T15:04:05-07:00"),
        ("RFC3339Nano", "2006-01-02T15:04:05.678-07:00"),
        ("3:04PM", "3:04PM"),
        ("__2 002 .000 ,999999", "  2 002 .678 ,678"),
        ("Z07:00:00 -07", "-07:00:00 -07"),
        ("no pieces", "no pieces"),
    ] {
        let layout = named(layout);
        assert_eq!(format(layout, civil, zone), expected, "{layout}");
    }
    let utc = Zone { offset_seconds: 0, abbreviation: "UTC" };
    assert_eq!(format(RFC3339, civil, utc), "2006-01-02T15:04:05Z");
}

#[test]
fn strict_and_lenient_times_of_rfc3339() {
    // A text, and whether each of the two parsers accepts it.
    for (text, lenient, strict) in [
        ("2017-11-22T01:02:03Z", true, true),
        ("2017-11-22T01:02:03.5+01:30", true, true),
        ("2017-11-22T01:02:03-23:59", true, true),
        ("2017-11-22T1:02:03Z", true, false),
        ("2017-11-22T01:02:03,5Z", true, false),
        ("2017-11-22T01:02:03+24:00", true, false),
        ("2017-11-22T01:02:03+01:60", true, false),
        ("2017-11-22T01:02:03+25:00", false, false),
        ("2017-11-22t01:02:03Z", false, false),
        ("2017-11-22 01:02:03Z", false, false),
        ("2017-11-22T01:02:03z", false, false),
        ("2017-11-22T01:02:03.Z", false, false),
        ("2017-11-22T01:02:60Z", false, false),
        ("2017-11-31T01:02:03Z", false, false),
        ("2017-11-22T01:02:03", false, false),
        ("2017-11-22T01:02:03Zé", false, false),
        ("", false, false),
    ] {
        assert_eq!(parse(RFC3339, text).is_some(), lenient, "{text}");
        assert_eq!(parse_strict_rfc3339(text).is_some(), strict, "{text}");
    }
    let parsed = parse_strict_rfc3339("2017-11-22T01:02:03.25-01:30").expect("a time");
    assert_eq!(parsed.civil, date(2017, 11, 22).at(1, 2, 3, 250_000_000));
    assert_eq!(parsed.offset_seconds, -5400);
}

#[test]
fn durations() {
    for (text, expected) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("1h30m", Some(5_400_000_000_000)),
        ("-1.5s", Some(-1_500_000_000)),
        ("+5ns", Some(5)),
        (".5us", Some(500)),
        ("1.µs", Some(1_000)),
        ("1μs", Some(1_000)),
        ("0.9ns", Some(0)),
        ("9223372036854775807ns", Some(i64::MAX)),
        ("-9223372036854775808ns", Some(i64::MIN)),
        ("9223372036854775808ns", None),
        ("99999999999999999999999999999999999999999h", None),
        ("", None),
        ("-", None),
        ("5", None),
        ("h", None),
        (".s", None),
        ("1d", None),
        ("1..5s", None),
        ("--1s", None),
        ("1 s", None),
    ] {
        assert_eq!(parse_duration(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        seconds in 0i64..4_000_000_000, nanosecond in 0i32..1_000_000_000, minutes in -1439i32..1440,
    ) {
        let start = date(1970, 1, 1).at(0, 0, 0, nanosecond);
        let civil = start.checked_add(jiff::SignedDuration::from_secs(seconds)).expect("in range");
        let zone = Zone { offset_seconds: minutes * 60, abbreviation: "" };
        let text = format(RFC3339_NANO, civil, zone);
        let parsed = parse_strict_rfc3339(&text).expect("a time");
        prop_assert_eq!((parsed.civil, parsed.offset_seconds), (civil, i64::from(minutes) * 60), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(layout in "[-+.,:_0-9TZJanMoPM é]{0,20}", text in "[-+.,:0-9TZhmsµ é]{0,30}") {
        let _ = parse(&layout, &text);
        let _ = parse_strict_rfc3339(&text);
        let _ = parse_duration(&text);
        let _ = format(&layout, date(2006, 1, 2).at(3, 4, 5, 6), Zone { offset_seconds: 0, abbreviation: "" });
    }
}
