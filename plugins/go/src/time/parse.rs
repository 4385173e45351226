//! Parses a time.

use jiff::civil::{Date, DateTime, Time};

use super::layout::{DAYS, MONTHS, Piece, RFC3339, pieces};

/// A parsed time: the local time in its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Date and time of day.
    pub civil: DateTime,
    /// The offset from UTC in seconds.
    pub offset_seconds: i64,
}

/// The fields that were read so far. Fields that are not in the layout are those of the beginning of the year 0, in
/// UTC.
#[derive(Default)]
struct Read {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i16>,
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    afternoon: Option<bool>,
    offset_seconds: i64,
}

/// Parses a time with a layout, like Go's `Parse`; `None` if the text does not match it.
pub fn parse(layout: &str, text: &str) -> Option<Parsed> {
    let pieces = pieces(layout);
    let mut read = Read::default();
    let mut rest = text;
    for (at, piece) in pieces.iter().enumerate() {
        rest = read.piece(*piece, rest)?;
        // A fraction may follow a second, even if it is not in the layout.
        if matches!(piece, Piece::Second { .. })
            && !matches!(pieces.get(at + 1), Some(Piece::Fraction { .. }))
        {
            rest = read.fraction(rest)?;
        }
    }
    if rest.is_empty() { read.parsed() } else { None }
}

/// Parses a time of RFC 3339 strictly. [`parse`] also accepts hours of one digit, a comma before a fraction, and zones
/// of 24 hours, like Go's `Parse` (Go, `parseStrictRFC3339`).
pub fn parse_strict_rfc3339(text: &str) -> Option<Parsed> {
    let parsed = parse(RFC3339, text)?;
    let byte = |at: usize| text.as_bytes().get(at).copied();
    let two_digits = byte("2006-01-02T0".len()) != Some(b':');
    let period = byte("2006-01-02T15:04:05".len()) != Some(b',');
    let zone_fits = text.ends_with('Z') || {
        let (_, zone) = text.split_at_checked(text.len().checked_sub("07:00".len())?)?;
        let (hours, minutes) = zone.split_once(':')?;
        hours < "24" && minutes < "60"
    };
    (two_digits && period && zone_fits).then_some(parsed)
}

impl Read {
    fn piece<'t>(&mut self, piece: Piece<'_>, text: &'t str) -> Option<&'t str> {
        match piece {
            Piece::Literal(literal) => skipped(literal, text),
            Piece::LongMonth | Piece::ShortMonth => {
                let (month, rest) = one_of(&MONTHS, text, piece == Piece::ShortMonth)?;
                self.month = i8::try_from(month + 1).ok();
                Some(rest)
            }
            Piece::LongDay | Piece::ShortDay => Some(one_of(&DAYS, text, piece == Piece::ShortDay)?.1),
            Piece::Month { two } => {
                let (month, rest) = number(text, two)?;
                self.month = Some(month).filter(|it| (1..=12).contains(it));
                self.month.map(|_| rest)
            }
            Piece::Day { two, space } => {
                let text = if space { text.strip_prefix(' ').unwrap_or(text) } else { text };
                let (day, rest) = number(text, two)?;
                self.day = Some(day);
                Some(rest)
            }
            Piece::DayOfYear { space } => {
                let text = if space { text.trim_start_matches(' ') } else { text };
                let long = text.bytes().take(3).take_while(u8::is_ascii_digit).count();
                if long == 0 || (long < 3 && !space) {
                    return None;
                }
                self.day_of_year = Some(text.get(..long)?.parse().ok()?);
                text.get(long..)
            }
            Piece::Hour24 => {
                let (hour, rest) = number(text, false)?;
                self.hour = hour;
                (hour < 24).then_some(rest)
            }
            Piece::Hour12 { two } => {
                let (hour, rest) = number(text, two)?;
                self.hour = hour;
                (hour <= 12).then_some(rest)
            }
            Piece::Minute { two } => {
                let (minute, rest) = number(text, two)?;
                self.minute = minute;
                (minute < 60).then_some(rest)
            }
            Piece::Second { two } => {
                let (second, rest) = number(text, two)?;
                self.second = second;
                (second < 60).then_some(rest)
            }
            Piece::LongYear => {
                self.year = digits(text.get(..4)?)?.try_into().ok()?;
                text.get(4..)
            }
            Piece::ShortYear => {
                let (year, rest) = number(text, true)?;
                self.year = i16::from(year) + if year >= 69 { 1900 } else { 2000 };
                Some(rest)
            }
            Piece::Half { upper } => {
                let (half, rest) = text.split_at_checked(2)?;
                self.afternoon = Some(match (half, upper) {
                    ("AM", true) | ("am", false) => false,
                    ("PM", true) | ("pm", false) => true,
                    _ => return None,
                });
                Some(rest)
            }
            Piece::ZoneName => self.zone(text),
            Piece::Offset { z: true, .. } if text.starts_with('Z') => text.get(1..),
            Piece::Offset { colons, minutes, seconds, .. } => self.offset(text, colons, minutes, seconds),
            Piece::Fraction { digits, trimmed: false, .. } => {
                let rest = text.strip_prefix(['.', ','])?;
                let (fraction, after) = rest.split_at_checked(digits)?;
                self.nanosecond = nanoseconds(fraction)?;
                Some(after)
            }
            Piece::Fraction { .. } => self.fraction(text),
        }
    }

    /// A fraction of a second, if there is one.
    fn fraction<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let Some(rest) = text.strip_prefix(['.', ',']) else { return Some(text) };
        let long = rest.bytes().take_while(u8::is_ascii_digit).count();
        if long == 0 {
            return Some(text);
        }
        self.nanosecond = nanoseconds(rest.get(..long)?)?;
        rest.get(long..)
    }

    fn offset<'t>(&mut self, text: &'t str, colons: bool, minutes: bool, seconds: bool) -> Option<&'t str> {
        let negative = match text.chars().next()? {
            '+' => false,
            '-' => true,
            _ => return None,
        };
        let mut rest = text.get(1..)?;
        let mut parts = [0_i64; 3];
        for (at, part) in parts.iter_mut().enumerate().take(1 + usize::from(minutes) + usize::from(seconds)) {
            if at > 0 && colons {
                rest = rest.strip_prefix(':')?;
            }
            *part = digits(rest.get(..2)?)?;
            rest = rest.get(2..)?;
        }
        let [hours, minutes, seconds] = parts;
        if hours > 24 || minutes > 60 || seconds > 60 {
            return None;
        }
        let size = (hours * 60 + minutes) * 60 + seconds;
        self.offset_seconds = if negative { -size } else { size };
        Some(rest)
    }

    /// A zone abbreviation. Only `UTC`, and `GMT` with a number, have a known offset; others count as `UTC`, as in Go
    /// if they are not abbreviations of the local zone.
    fn zone<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if let Some(rest) = text.strip_prefix("UTC") {
            return Some(rest);
        }
        if let Some(rest) = text.strip_prefix("GMT") {
            let Some(signed) = rest.strip_prefix(['+', '-']) else { return Some(rest) };
            let long = signed.bytes().take(2).take_while(u8::is_ascii_digit).count();
            let Ok(hours) = signed.get(..long)?.parse::<i64>() else { return Some(rest) };
            if hours > 23 {
                return None;
            }
            self.offset_seconds = if rest.starts_with('-') { -hours * 3600 } else { hours * 3600 };
            return signed.get(long..);
        }
        let long = text.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
        let known = match long {
            3 => true,
            4 => text.get(..4).is_some_and(|it| it.ends_with('T') || it == "WITA"),
            5 => text.get(..5).is_some_and(|it| it.ends_with('T')),
            _ => false,
        };
        known.then(|| text.get(long..))?
    }

    fn parsed(&self) -> Option<Parsed> {
        let date = match self.day_of_year {
            Some(day) => {
                let first = Date::new(self.year, 1, 1).ok()?;
                let long = if first.in_leap_year() { 366 } else { 365 };
                if day < 1 || day > long {
                    return None;
                }
                let date = first.checked_add(jiff::Span::new().days(i32::from(day) - 1)).ok()?;
                if self.month.is_some_and(|it| it != date.month())
                    || self.day.is_some_and(|it| it != date.day())
                {
                    return None;
                }
                date
            }
            None => Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?,
        };
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let time = Time::new(hour, self.minute, self.second, self.nanosecond).ok()?;
        Some(Parsed { civil: DateTime::from_parts(date, time), offset_seconds: self.offset_seconds })
    }
}

/// Skips a literal. A space matches one or more spaces, or the end of the text.
fn skipped<'t>(literal: &str, text: &'t str) -> Option<&'t str> {
    let mut rest = text;
    let mut literal = literal;
    while let Some(it) = literal.chars().next() {
        if it == ' ' {
            if !rest.is_empty() && !rest.starts_with(' ') {
                return None;
            }
            literal = literal.trim_start_matches(' ');
            rest = rest.trim_start_matches(' ');
            continue;
        }
        rest = rest.strip_prefix(it)?;
        literal = literal.get(it.len_utf8()..)?;
    }
    Some(rest)
}

/// A name, case-insensitive, and the rest of the text.
fn one_of<'t>(names: &[&str], text: &'t str, short: bool) -> Option<(usize, &'t str)> {
    names.iter().enumerate().find_map(|(at, name)| {
        let name = if short { name.get(..3)? } else { name };
        let begin = text.get(..name.len())?;
        begin.eq_ignore_ascii_case(name).then(|| text.get(name.len()..).map(|rest| (at, rest)))?
    })
}

/// One or two digits, or exactly two.
fn number(text: &str, two: bool) -> Option<(i8, &str)> {
    let long = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if long == 0 || (two && long < 2) {
        return None;
    }
    Some((text.get(..long)?.parse().ok()?, text.get(long..)?))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The digits after a point, at most nine of which are used.
fn nanoseconds(fraction: &str) -> Option<i32> {
    digits(fraction.get(..9).unwrap_or(fraction))
        .filter(|_| fraction.bytes().all(|it| it.is_ascii_digit()))?;
    format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()
}
