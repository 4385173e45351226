//! Timestamps in the syntax of kubectl's YAML library. Their values remain texts.

/// Whether a text is valid for the tag `!!timestamp`: a date, or a date and a time with or without a zone.
pub(crate) fn is(text: &str) -> bool {
    date(text).is_some_and(|rest| rest.is_empty() || time(rest).is_some())
}

/// A date, and the text after it. The year has four digits, the others one or two.
fn date(text: &str) -> Option<&str> {
    let (year, rest) = digits(text, 4, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// A time: with a zone after `T` or `t`, without a zone after a space.
fn time(text: &str) -> Option<()> {
    let (zoned, rest) = match text.strip_prefix(' ') {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix(['T', 't'])?),
    };
    let (hour, rest) = digits(rest, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 1, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 1, 2)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let after = rest.trim_start_matches(|it: char| it.is_ascii_digit());
            if after.len() == rest.len() {
                return None;
            }
            after
        }
        None => rest,
    };
    if zoned { zone(rest) } else { rest.is_empty().then_some(()) }
}

fn zone(text: &str) -> Option<()> {
    if text == "Z" {
        return Some(());
    }
    let (hour, rest) = digits(text.strip_prefix(['+', '-'])?, 2, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    (rest.is_empty() && hour <= 24 && minute < 60).then_some(())
}

/// A number with `least` to `most` digits, and the text after it.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(count).filter(|_| count >= least)?;
    Some((number.parse().ok()?, rest))
}

/// Whether a text is an RFC 3339 timestamp, which Kubernetes requires.
pub fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    let times = bytes.get(13) == Some(&b':') && bytes.get(16) == Some(&b':');
    shaped && times && is(text)
}

#[cfg(test)]
mod tests {
    use super::{is, is_rfc3339};

    #[test]
    fn points_in_time() {
        for text in [
            "2001-12-14",
            "2001-1-1",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14 21:59:43.10",
            "2000-02-29",
            "2001-12-15 2:59:43",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "",
            "2001",
            "01-12-14",
            "2001-13-01",
            "2001-02-29",
            "2001-12-14 21:59:43 -5",
            "2001-12-14T21:59:43",
            "x",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn rfc3339() {
        assert!(is_rfc3339("2024-01-01T00:00:00Z"));
        assert!(is_rfc3339("2024-01-01T00:00:00.5+01:00"));
        for text in
            ["2024-01-01", "2024-01-01t00:00:00Z", "2024-1-01T00:00:00Z", "2024-01-01 00:00:00", "soon"]
        {
            assert!(!is_rfc3339(text), "{text}");
        }
    }
}
