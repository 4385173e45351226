//! Layouts of Go: the reference time, the second of January 2006, in the wanted format.

/// The layout of RFC 3339, in whole seconds; `RFC3339` in Go.
pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
/// The layout of RFC 3339 with fractions of a second; `RFC3339Nano` in Go.
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// The days of a week, from Sunday.
pub const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The months of a year.
pub const MONTHS: [&str; 12] = [
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

/// Layouts with names.
const NAMED: &[(&str, &str)] = &[
    ("ANSIC", "Mon Jan _2 15:04:05 2006"),
    ("UnixDate", "Mon Jan _2 15:04:05 MST 2006"),
    ("RubyDate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("RFC3339", RFC3339),
    ("RFC3339Nano", RFC3339_NANO),
];

/// The layout of a name in Go, such as `RFC1123`; the text itself if it is not such a name.
pub fn named(layout: &str) -> &str {
    NAMED.iter().find(|(name, _)| *name == layout).map_or(layout, |(_, layout)| layout)
}

/// A piece of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Literal(&'a str),
    LongMonth,
    ShortMonth,
    Month {
        two: bool,
    },
    LongDay,
    ShortDay,
    Day {
        two: bool,
        space: bool,
    },
    DayOfYear {
        space: bool,
    },
    Hour24,
    Hour12 {
        two: bool,
    },
    Minute {
        two: bool,
    },
    Second {
        two: bool,
    },
    LongYear,
    ShortYear,
    Half {
        upper: bool,
    },
    ZoneName,
    Offset {
        z: bool,
        colons: bool,
        minutes: bool,
        seconds: bool,
    },
    /// Digits of a fraction of a second, after this separator.
    Fraction {
        digits: usize,
        mark: char,
        trimmed: bool,
    },
}

/// Elements of layouts, the longer of two with a common prefix first.
const PIECES: &[(&str, Piece<'static>)] = &[
    ("January", Piece::LongMonth),
    ("Jan", Piece::ShortMonth),
    ("Monday", Piece::LongDay),
    ("Mon", Piece::ShortDay),
    ("MST", Piece::ZoneName),
    ("002", Piece::DayOfYear { space: false }),
    ("01", Piece::Month { two: true }),
    ("02", Piece::Day { two: true, space: false }),
    ("03", Piece::Hour12 { two: true }),
    ("04", Piece::Minute { two: true }),
    ("05", Piece::Second { two: true }),
    ("06", Piece::ShortYear),
    ("15", Piece::Hour24),
    ("1", Piece::Month { two: false }),
    ("2006", Piece::LongYear),
    ("2", Piece::Day { two: false, space: false }),
    ("__2", Piece::DayOfYear { space: true }),
    ("_2", Piece::Day { two: false, space: true }),
    ("3", Piece::Hour12 { two: false }),
    ("4", Piece::Minute { two: false }),
    ("5", Piece::Second { two: false }),
    ("PM", Piece::Half { upper: true }),
    ("pm", Piece::Half { upper: false }),
    ("-07:00:00", Piece::Offset { z: false, colons: true, minutes: true, seconds: true }),
    ("-07:00", Piece::Offset { z: false, colons: true, minutes: true, seconds: false }),
    ("-070000", Piece::Offset { z: false, colons: false, minutes: true, seconds: true }),
    ("-0700", Piece::Offset { z: false, colons: false, minutes: true, seconds: false }),
    ("-07", Piece::Offset { z: false, colons: false, minutes: false, seconds: false }),
    ("Z07:00:00", Piece::Offset { z: true, colons: true, minutes: true, seconds: true }),
    ("Z07:00", Piece::Offset { z: true, colons: true, minutes: true, seconds: false }),
    ("Z070000", Piece::Offset { z: true, colons: false, minutes: true, seconds: true }),
    ("Z0700", Piece::Offset { z: true, colons: false, minutes: true, seconds: false }),
    ("Z07", Piece::Offset { z: true, colons: false, minutes: false, seconds: false }),
];

/// The pieces of a layout.
pub(super) fn pieces(layout: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    while let Some(rest) = layout.get(at..).filter(|it| !it.is_empty()) {
        if let Some((piece, long)) = first(rest) {
            if begin < at {
                pieces.push(Piece::Literal(layout.get(begin..at).unwrap_or_default()));
            }
            pieces.push(piece);
            at += long;
            begin = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    if begin < layout.len() {
        pieces.push(Piece::Literal(layout.get(begin..).unwrap_or_default()));
    }
    pieces
}

fn first(rest: &str) -> Option<(Piece<'_>, usize)> {
    let mark = rest.chars().next()?;
    if mark == '.' || mark == ',' {
        let digits = rest.get(1..)?;
        let kind = digits.chars().next().filter(|it| matches!(it, '0' | '9'))?;
        let many = digits.chars().take_while(|it| *it == kind).count();
        let ends = digits.chars().nth(many).is_none_or(|it| !it.is_ascii_digit());
        return ends.then_some((Piece::Fraction { digits: many, mark, trimmed: kind == '9' }, many + 1));
    }
    // In `_2006` only the year is an element.
    if rest.starts_with("_2006") {
        return None;
    }
    let (text, piece) = PIECES.iter().find(|(text, _)| rest.starts_with(text))?;
    let short = matches!(piece, Piece::ShortMonth | Piece::ShortDay);
    let goes_on = rest.get(text.len()..).is_some_and(|it| it.starts_with(|it: char| it.is_ascii_lowercase()));
    (!(short && goes_on)).then_some((*piece, text.len()))
}
