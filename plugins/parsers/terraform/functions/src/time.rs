//! Date and time functions.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
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

/// A point in time as RFC 3339 writes it: what the clock said, and how far it was ahead of UTC.
struct Stamp {
    civil: DateTime,
    /// In minutes.
    ahead: i32,
}

impl Stamp {
    fn of(arguments: &Arguments<'_>, index: usize) -> Outcome<Stamp> {
        let stamp = Stamp::parse(arguments.text(index)?);
        stamp.ok_or_else(|| arguments.blame(index, "a time such as `2017-11-22T00:00:00Z` is required"))
    }

    fn parse(text: &str) -> Option<Stamp> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix('T')?;
        let (time, rest) = rest.split_at_checked(8)?;
        let numbers = |text: &str, separator: char, sizes: &[usize]| -> Option<Vec<i16>> {
            let parts: Vec<&str> = text.split(separator).collect();
            let shaped = parts.len() == sizes.len()
                && parts.iter().zip(sizes).all(|(it, size)| it.len() == *size)
                && parts.iter().all(|it| it.bytes().all(|it| it.is_ascii_digit()));
            if shaped { parts.iter().map(|it| it.parse().ok()).collect() } else { None }
        };
        let small = |it: i16| i8::try_from(it).ok();
        let [year, month, day] = numbers(date, '-', &[4, 2, 2])?[..] else { return None };
        let [hour, minute, second] = numbers(time, ':', &[2, 2, 2])?[..] else { return None };
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                rest.split_at_checked(digits).filter(|_| digits > 0)?
            }
            None => ("0", rest),
        };
        let nanosecond = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        let ahead = match zone.split_at_checked(1)? {
            ("Z", "") => 0,
            (sign @ ("+" | "-"), zone) => {
                let [hours, minutes] = numbers(zone, ':', &[2, 2])?[..] else { return None };
                let all =
                    (hours < 24 && minutes < 60).then_some(i32::from(hours) * 60 + i32::from(minutes))?;
                if sign == "-" { -all } else { all }
            }
            _ => return None,
        };
        let date = Date::new(year, small(month)?, small(day)?).ok()?;
        // jiff would take a leap second; Go takes none.
        let second = small(second).filter(|it| *it < 60)?;
        let time = Time::new(small(hour)?, small(minute)?, second, nanosecond).ok()?;
        Some(Stamp { civil: DateTime::from_parts(date, time), ahead })
    }

    /// The same point as the clock of UTC says it.
    fn instant(&self) -> Outcome<DateTime> {
        let ahead = SignedDuration::from_mins(i64::from(self.ahead));
        self.civil.checked_sub(ahead).map_err(|_| FunctionError::failed("the time is out of range"))
    }

    fn zone(&self, colon: &str) -> String {
        let sign = if self.ahead < 0 { '-' } else { '+' };
        let ahead = self.ahead.unsigned_abs();
        format!("{sign}{:02}{colon}{:02}", ahead / 60, ahead % 60)
    }

    fn show(&self) -> String {
        let it = self.civil;
        let zone = if self.ahead == 0 { "Z".to_owned() } else { self.zone(":") };
        let (date, time) = (it.date(), it.time());
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }

    /// What a run of one letter stands for.
    fn token(&self, token: &str) -> Option<String> {
        let it = self.civil;
        let half_day = if it.hour() % 12 == 0 { 12 } else { it.hour() % 12 };
        let month = named(&MONTHS, it.month() - 1);
        let day = named(&DAYS, it.weekday().to_monday_zero_offset());
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
            "ZZZ" if self.ahead == 0 => "UTC".to_owned(),
            "Z" if self.ahead == 0 => "Z".to_owned(),
            "ZZZZ" | "ZZZ" => self.zone(""),
            "ZZZZZ" | "Z" => self.zone(":"),
            _ => return None,
        })
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

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

/// Takes text between single quotes, in which two stand for one, and gives what follows.
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
    let duration = duration(arguments.text(1)?).ok_or_else(|| {
        arguments.blame(1, "a duration such as `1h30m` is required; units are h, m, s, ms, us, ns")
    })?;
    let civil =
        stamp.civil.checked_add(duration).map_err(|_| FunctionError::failed("the time is out of range"))?;
    Ok(Value::from(Stamp { civil, ..stamp }.show()))
}

/// A duration as Go writes it: `-1h30m`, `1.5s`.
fn duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut total: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let length = rest.bytes().take_while(|it| it.is_ascii_digit() || *it == b'.').count();
        let (number, after) = rest.split_at_checked(length)?;
        let length =
            after.chars().take_while(|it| !it.is_ascii_digit() && *it != '.').map(char::len_utf8).sum();
        let (unit, after) = after.split_at_checked(length)?;
        let unit: i128 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" | "μs" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        total = total.checked_add(whole.checked_mul(unit)?)?;
        let fraction = fraction.get(..fraction.len().min(15))?;
        if !fraction.is_empty() {
            let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
            total = total.checked_add(fraction.parse::<i128>().ok()?.checked_mul(unit)? / scale)?;
        }
        rest = after;
    }
    // Go counts nanoseconds in 64 bits.
    let total = i64::try_from(if negative { -total } else { total }).ok()?;
    Some(SignedDuration::from_nanos(total))
}

/// A time in full seconds, if it is one.
pub(crate) fn normalized(text: &str) -> Option<String> {
    Stamp::parse(text).map(|it| it.show())
}
