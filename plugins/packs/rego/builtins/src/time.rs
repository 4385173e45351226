//! Times, in nanoseconds since 1970. The current time and the local time zone are not available.

mod duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};
use palisade_go::time::{DAYS, RFC3339, RFC3339_NANO, Zone, named};
use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, array, text};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("time.add_date", 4, add_date),
    Function::new("time.clock", 1, clock),
    Function::new("time.date", 1, date),
    Function::new("time.diff", 2, diff),
    Function::new("time.format", 1, format),
    Function::new("time.parse_duration_ns", 1, |call| duration::parse(call.text(0)?)),
    Function::new("time.parse_ns", 2, |call| parse(named(call.text(0)?), call.text(1)?)),
    Function::new("time.parse_rfc3339_ns", 1, |call| parse(RFC3339, call.text(0)?)),
    Function::new("time.weekday", 1, weekday),
];

/// A time in its zone.
struct Moment {
    at: Timestamp,
    zone: TimeZone,
    /// The layout, if one was given.
    layout: Option<String>,
}

impl Moment {
    fn civil(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }
}

/// Nanoseconds, optionally with a zone, and a layout.
fn moment(value: &Value) -> Result<Moment, Refusal> {
    let parts = match value {
        Value::Array(parts) => parts.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let (at, zone, layout) = match parts {
        [at] if !matches!(value, Value::Array(_)) => (at, "", None),
        [at, zone] => (at, text(zone)?, None),
        [at, zone, layout] => (at, text(zone)?, Some(text(layout)?.to_owned())),
        _ => return Err(Refusal::Undefined),
    };
    Ok(Moment { at: timestamp(nanoseconds(at)?)?, zone: self::zone(zone)?, layout })
}

fn nanoseconds(value: &Value) -> Result<i64, Refusal> {
    let number = value.as_number().or_undefined()?;
    if number.is_integer() { number.as_i64().or_undefined() } else { Err(Refusal::Undefined) }
}

fn timestamp(nanoseconds: i64) -> Result<Timestamp, Refusal> {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).or_undefined()
}

fn zone(name: &str) -> Result<TimeZone, Refusal> {
    match name {
        "" | "UTC" => Ok(TimeZone::UTC),
        "Local" => {
            Err(Refusal::Loud("a local time zone is not available: name one, such as \"UTC\"".to_owned()))
        }
        _ => TimeZoneDatabase::bundled().get(name).or_undefined(),
    }
}

fn format(call: &Arguments<'_>) -> Outcome {
    let moment = moment(call.any(0)?)?;
    let layout = moment.layout.as_deref().map_or(RFC3339_NANO, named);
    let info = moment.zone.to_offset_info(moment.at);
    let zone = Zone { offset_seconds: info.offset().seconds(), abbreviation: info.abbreviation() };
    Ok(Value::from(palisade_go::time::format(layout, moment.civil(), zone)))
}

fn parse(layout: &str, text: &str) -> Outcome {
    let parsed = palisade_go::time::parse(layout, text).or_undefined()?;
    let at = TimeZone::UTC.to_timestamp(parsed.civil).or_undefined()?;
    fitting(at.as_nanosecond() - i128::from(parsed.offset_seconds) * 1_000_000_000)
}

/// Nanoseconds in 64 bits; otherwise an error.
fn fitting(nanoseconds: i128) -> Outcome {
    i64::try_from(nanoseconds).map(Value::from).or_undefined()
}

fn date(call: &Arguments<'_>) -> Outcome {
    let date = moment(call.any(0)?)?.civil().date();
    Ok(array([i64::from(date.year()), i64::from(date.month()), i64::from(date.day())].map(Value::from)))
}

fn clock(call: &Arguments<'_>) -> Outcome {
    let time = moment(call.any(0)?)?.civil().time();
    Ok(array([time.hour(), time.minute(), time.second()].map(|it| Value::from(i64::from(it)))))
}

fn weekday(call: &Arguments<'_>) -> Outcome {
    let day = moment(call.any(0)?)?.civil().weekday().to_sunday_zero_offset();
    let day = usize::try_from(day).or_undefined()?;
    Ok(Value::from(*DAYS.get(day).or_undefined()?))
}

/// In UTC. Months beyond December continue in later years, and days beyond the end of a month in later months.
fn add_date(call: &Arguments<'_>) -> Outcome {
    let from = TimeZone::UTC.to_datetime(timestamp(call.int(0)?)?);
    let (years, months, days) = (call.int(1)?, call.int(2)?, call.int(3)?);
    let months = i64::from(from.year())
        .checked_add(years)
        .and_then(|it| it.checked_mul(12))
        .and_then(|it| it.checked_add(i64::from(from.month()) - 1))
        .and_then(|it| it.checked_add(months))
        .or_undefined()?;
    let year = i16::try_from(months.div_euclid(12)).or_undefined()?;
    let month = i8::try_from(months.rem_euclid(12) + 1).or_undefined()?;
    let days = days.checked_add(i64::from(from.day()) - 1).or_undefined()?;
    let days = Span::new().try_days(days).or_undefined()?;
    let date = Date::new(year, month, 1).or_undefined()?.checked_add(days).or_undefined()?;
    let at = TimeZone::UTC.to_timestamp(date.to_datetime(from.time())).or_undefined()?;
    fitting(at.as_nanosecond())
}

/// Years, months, days, hours, minutes and seconds between two times, both in the zone of the first.
fn diff(call: &Arguments<'_>) -> Outcome {
    let (first, mut second) = (moment(call.any(0)?)?, moment(call.any(1)?)?);
    second.zone = first.zone.clone();
    let (from, to) = if first.at > second.at { (second, first) } else { (first, second) };
    let (from, to) = (from.civil(), to.civil());
    let parts = |it: DateTime| {
        [
            it.year(),
            i16::from(it.month()),
            i16::from(it.day()),
            it.hour().into(),
            it.minute().into(),
            it.second().into(),
        ]
        .map(i64::from)
    };
    let [years, months, days, hours, minutes, seconds] = parts(to);
    let [since_years, since_months, since_days, since_hours, since_minutes, since_seconds] = parts(from);
    let (seconds, borrowed) = borrow(seconds - since_seconds, 60);
    let (minutes, borrowed) = borrow(minutes - since_minutes - borrowed, 60);
    let (hours, borrowed) = borrow(hours - since_hours - borrowed, 24);
    // A borrowed month has the length of the month that it begins in.
    let (days, borrowed) = borrow(days - since_days - borrowed, i64::from(from.date().days_in_month()));
    let (months, borrowed) = borrow(months - since_months - borrowed, 12);
    Ok(array([years - since_years - borrowed, months, days, hours, minutes, seconds].map(Value::from)))
}

/// A negative difference borrows one of the next larger unit.
fn borrow(difference: i64, one: i64) -> (i64, i64) {
    if difference < 0 { (difference + one, 1) } else { (difference, 0) }
}
