//! Formats a time.

use std::fmt::Write as _;

use jiff::civil::DateTime;

use super::layout::{DAYS, MONTHS, Piece, pieces};

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone<'a> {
    /// The offset from UTC in seconds, negative in the west.
    pub offset_seconds: i32,
    /// Its abbreviation, such as `CET`.
    pub abbreviation: &'a str,
}

/// Appends to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($what:tt)*) => {{
        let _ = write!($out, $($what)*);
    }};
}

/// Formats a time with a layout, like Go's `Time.Format`: `civil` is the local time in the zone.
pub fn format(layout: &str, civil: DateTime, zone: Zone<'_>) -> String {
    let offset = zone.offset_seconds;
    let month =
        MONTHS.get(usize::try_from(civil.month() - 1).unwrap_or_default()).copied().unwrap_or_default();
    let day = usize::try_from(civil.weekday().to_sunday_zero_offset()).unwrap_or_default();
    let day = DAYS.get(day).copied().unwrap_or_default();
    let hour12 = match civil.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let mut out = String::new();
    for piece in pieces(layout) {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::LongMonth => out.push_str(month),
            Piece::ShortMonth => out.push_str(month.get(..3).unwrap_or(month)),
            Piece::LongDay => out.push_str(day),
            Piece::ShortDay => out.push_str(day.get(..3).unwrap_or(day)),
            Piece::Month { two } => number(&mut out, civil.month(), two),
            Piece::Day { space: true, .. } => put!(out, "{:>2}", civil.day()),
            Piece::Day { two, .. } => number(&mut out, civil.day(), two),
            Piece::DayOfYear { space: true } => put!(out, "{:>3}", civil.day_of_year()),
            Piece::DayOfYear { space: false } => put!(out, "{:03}", civil.day_of_year()),
            Piece::Hour24 => number(&mut out, civil.hour(), true),
            Piece::Hour12 { two } => number(&mut out, hour12, two),
            Piece::Minute { two } => number(&mut out, civil.minute(), two),
            Piece::Second { two } => number(&mut out, civil.second(), two),
            Piece::LongYear => put!(out, "{:04}", civil.year()),
            Piece::ShortYear => put!(out, "{:02}", civil.year().rem_euclid(100)),
            Piece::Half { upper } => out.push_str(match (civil.hour() < 12, upper) {
                (true, true) => "AM",
                (true, false) => "am",
                (false, true) => "PM",
                (false, false) => "pm",
            }),
            Piece::ZoneName => out.push_str(zone.abbreviation),
            Piece::Offset { z: true, .. } if offset == 0 => out.push('Z'),
            Piece::Offset { colons, minutes, seconds, .. } => {
                let (sign, size) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
                let colon = if colons { ":" } else { "" };
                put!(out, "{sign}{:02}", size / 3600);
                if minutes {
                    put!(out, "{colon}{:02}", size / 60 % 60);
                }
                if seconds {
                    put!(out, "{colon}{:02}", size % 60);
                }
            }
            Piece::Fraction { digits, mark, trimmed } => {
                let nine = format!("{:09}", civil.subsec_nanosecond());
                let mut kept = format!("{:0<digits$}", nine.get(..digits.min(9)).unwrap_or(&nine));
                if trimmed {
                    kept.truncate(kept.trim_end_matches('0').len());
                }
                if !kept.is_empty() {
                    out.push(mark);
                    out.push_str(&kept);
                }
            }
        }
    }
    out
}

fn number(out: &mut String, number: i8, two: bool) {
    let width = if two { 2 } else { 1 };
    put!(out, "{number:0width$}");
}
