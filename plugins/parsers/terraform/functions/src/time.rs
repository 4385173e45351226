//! Date and time functions.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use palisade_go::time::{DAYS, MONTHS, Parsed, RFC3339, Zone, format, parse_duration, parse_strict_rfc3339};
use palisade_terraform_values::Value;

use crate::arguments::{Arguments, Outcome};
use crate::function::text;
use crate::text::by_run;
use crate::{Function, FunctionError, Gives};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("formatdate", &[text("format"), text("time")], Gives::Text, formatdate),
    Function::new("plantimestamp", &[], Gives::Text, |_| {
        Ok(by_run("plantimestamp()", "it is the time of the plan"))
    }),
    Function::new("timeadd", &[text("timestamp"), text("duration")], Gives::Text, timeadd),
    Function::new("timecmp", &[text("timestamp_a"), text("timestamp_b")], Gives::Number, |it| {
        let (one, other) = (Stamp::of(it, 0)?, Stamp::of(it, 1)?);
        Ok((one.instant()?.cmp(&other.instant()?) as i64).into())
    }),
    Function::new("timestamp", &[], Gives::Text, |_| Ok(by_run("timestamp()", "it is the time of the run"))),
];

/// An RFC 3339 timestamp: the local time, and its offset from UTC.
struct Stamp {
    civil: DateTime,
    ahead_seconds: i32,
}

impl Stamp {
    fn of(arguments: &Arguments<'_>, index: usize) -> Outcome<Stamp> {
        let stamp = Stamp::parse(arguments.text(index)?);
        stamp.ok_or_else(|| arguments.blame(index, "a time such as `2017-11-22T00:00:00Z` is required"))
    }

    fn parse(text: &str) -> Option<Stamp> {
        let Parsed { civil, offset_seconds } = parse_strict_rfc3339(text)?;
        Some(Stamp { civil, ahead_seconds: i32::try_from(offset_seconds).ok()? })
    }

    /// The same time in UTC.
    fn instant(&self) -> Outcome<DateTime> {
        let ahead = SignedDuration::from_secs(i64::from(self.ahead_seconds));
        self.civil.checked_sub(ahead).map_err(|_| FunctionError::failed("the time is out of range"))
    }

    fn show(&self) -> String {
        self.format(RFC3339)
    }

    fn format(&self, layout: &str) -> String {
        format(layout, self.civil, Zone { offset_seconds: self.ahead_seconds, abbreviation: "" })
    }

    /// The text for a run of one letter.
    fn token(&self, token: &str) -> Option<String> {
        let it = self.civil;
        let half_day = if it.hour() % 12 == 0 { 12 } else { it.hour() % 12 };
        let month = named(&MONTHS, it.month() - 1);
        let day = named(&DAYS, it.weekday().to_sunday_zero_offset());
        Some(match token {
            "YYYY" => format!("{:04}", it.year()),
            "YY" => format!("{:02}", it.year() % 100),
            "MMMM" => month.to_owned(),
            "MMM" => month.chars().take(3).collect(),
            "MM" => format!("{:02}", it.month()),
            "M" => it.month().to_string(),
            "DD" => format!("{:02}", it.day()),
            "D" => it.day().to_string(),
            "EEEE" => day.to_owned(),
            "EEE" => day.chars().take(3).collect(),
            "hh" => format!("{:02}", it.hour()),
            "h" => it.hour().to_string(),
            "HH" => format!("{half_day:02}"),
            "H" => half_day.to_string(),
            "AA" => if it.hour() < 12 { "AM" } else { "PM" }.to_owned(),
            "aa" => if it.hour() < 12 { "am" } else { "pm" }.to_owned(),
            "mm" => format!("{:02}", it.minute()),
            "m" => it.minute().to_string(),
            "ss" => format!("{:02}", it.second()),
            "s" => it.second().to_string(),
            "ZZZ" if self.ahead_seconds == 0 => "UTC".to_owned(),
            "Z" if self.ahead_seconds == 0 => "Z".to_owned(),
            "ZZZZ" | "ZZZ" => self.format("-0700"),
            "ZZZZZ" | "Z" => self.format("-07:00"),
            _ => return None,
        })
    }
}

fn named<const N: usize>(names: &[&'static str; N], index: i8) -> &'static str {
    usize::try_from(index).ok().and_then(|it| names.get(it)).copied().unwrap_or_default()
}

fn formatdate(arguments: &Arguments<'_>) -> Outcome {
    let stamp = Stamp::of(arguments, 1)?;
    let mut rest = arguments.text(0)?;
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(rest, &mut out).ok_or_else(|| arguments.blame(0, "a quote is not closed"))?;
            continue;
        }
        let length = if first.is_ascii_alphabetic() {
            rest.chars().take_while(|it| *it == first).count()
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if first.is_ascii_alphabetic() {
            let text = stamp.token(token).ok_or_else(|| {
                arguments.blame(
                    0,
                    format!("`{token}` stands for nothing; letters as such go between single quotes"),
                )
            })?;
            out.push_str(&text);
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    Ok(out.into())
}

/// Reads text in single quotes, in which `''` is a quote, and returns the rest.
fn quoted<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (inner, after) = rest.split_once('\'')?;
        out.push_str(inner);
        match after.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Some(after),
        }
    }
}

fn timeadd(arguments: &Arguments<'_>) -> Outcome {
    let stamp = Stamp::of(arguments, 0)?;
    let duration = parse_duration(arguments.text(1)?).map(SignedDuration::from_nanos);
    let duration = duration.ok_or_else(|| {
        arguments.blame(1, "a duration such as `1h30m` is required; units are h, m, s, ms, us, ns")
    })?;
    let civil =
        stamp.civil.checked_add(duration).map_err(|_| FunctionError::failed("the time is out of range"))?;
    Ok(Value::from(Stamp { civil, ..stamp }.show()))
}

/// A timestamp in whole seconds, if the text is one.
pub(crate) fn normalized(text: &str) -> Option<String> {
    Stamp::parse(text).map(|it| it.show())
}
