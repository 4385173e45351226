//! The wait that a response asks for.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The maximum wait in seconds; longer ones are shortened to it.
const LONGEST: i64 = 24 * 60 * 60;
/// The wait in seconds after `429 Too Many Requests` without a time; each further one doubles it.
const FIRST: i64 = 60;
/// The maximum of the doubled wait, in seconds.
const LAST: i64 = 60 * 60;

/// The headers of rate limits: GitHub's
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>) and GitLab's
/// (<https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/>).
const FAMILIES: [(&str, &str); 2] =
    [("x-ratelimit-remaining", "x-ratelimit-reset"), ("ratelimit-remaining", "ratelimit-reset")];

/// The wait after this response. `strikes` is the number of consecutive 429 responses without a time before it.
pub(crate) fn after(status: u16, headers: &HeaderMap, strikes: u32, now: Timestamp) -> Option<Duration> {
    // Absolute times are compared with the server's clock, which may differ from ours.
    let now = text(headers, DATE.as_str()).and_then(date).unwrap_or(now);
    let limited = matches!(status, 403 | 429);
    let asked = (limited || status == 503).then(|| retry_after(headers, now)).flatten();
    let reset = (limited || (200..300).contains(&status)).then(|| reset(headers, now)).flatten();
    let bare = (status == 429).then(|| FIRST.saturating_mul(1_i64 << strikes.min(6)).min(LAST));
    let seconds = match asked.or(reset).or(bare)? {
        // The time has passed: a short wait if the request was refused, else none.
        it if it <= 0 && limited => 1,
        it if it <= 0 => return None,
        it => it.min(LONGEST),
    };
    Some(Duration::from_secs(seconds.unsigned_abs()))
}

/// Whether a response is a 429 without a time.
pub(crate) fn is_bare(status: u16, headers: &HeaderMap) -> bool {
    let now = Timestamp::UNIX_EPOCH;
    status == 429 && retry_after(headers, now).is_none() && reset(headers, now).is_none()
}

/// The seconds of `Retry-After`: a number, or a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let value = text(headers, RETRY_AFTER.as_str())?;
    number(value).or_else(|| date(value).map(|it| it.as_second().saturating_sub(now.as_second())))
}

/// The seconds until an exhausted limit is reset.
fn reset(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    FAMILIES.iter().find_map(|(remaining, reset)| {
        let left = number(text(headers, remaining)?)?;
        let end = number(text(headers, reset)?)?;
        (left == 0).then(|| end.saturating_sub(now.as_second()))
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Digits only: no sign, no space. Larger numbers are the maximum.
fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(i64::MAX))
}

/// A date in HTTP's preferred format (RFC 9110 §5.6.7).
fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// 2026-11-25T12:00:00Z, a Wednesday.
    const NOW: i64 = 1_795_608_000;

    fn headers(lines: &str) -> HeaderMap {
        let lines = lines.split("; ").filter(|it| !it.is_empty());
        let pair = |line: &str| {
            let (name, value) = line.split_once('=').unwrap();
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
        };
        lines.map(pair).collect()
    }

    fn check(status: u16, lines: &str, strikes: u32, expected: Option<u64>) {
        let now = Timestamp::from_second(NOW).unwrap();
        let found = after(status, &headers(lines), strikes, now).map(|it| it.as_secs());
        assert_eq!(found, expected, "{status} {lines} after {strikes}");
    }

    #[test]
    fn every_rule() {
        let used_up = "x-ratelimit-remaining=0; x-ratelimit-reset=1795608090";
        for (status, lines, strikes, expected) in [
            // Seconds.
            (429, "retry-after=7", 0, Some(7)),
            (403, "retry-after=7", 0, Some(7)),
            (503, "retry-after=7", 0, Some(7)),
            (200, "retry-after=7", 0, None),
            (500, "retry-after=7", 0, None),
            (429, "retry-after=0", 0, Some(1)),
            (503, "retry-after=0", 0, None),
            (429, "retry-after=-5", 0, Some(60)),
            (503, "retry-after=soon", 0, None),
            (429, "retry-after=99999999999999999999999", 0, Some(86_400)),
            (429, "retry-after=86401", 0, Some(86_400)),
            // Dates, compared with the server's clock if it is in the response.
            (429, "retry-after=Wed, 25 Nov 2026 12:00:30 GMT", 0, Some(30)),
            (429, "retry-after=Wed, 25 Nov 2026 11:00:00 GMT", 0, Some(1)),
            (
                429,
                "date=Wed, 25 Nov 2026 10:00:00 GMT; retry-after=Wed, 25 Nov 2026 10:00:30 GMT",
                0,
                Some(30),
            ),
            (503, "retry-after=Wed, 25 Nov 2099 12:00:30 GMT", 0, Some(86_400)),
            // Exhausted limits.
            (403, used_up, 0, Some(90)),
            (429, used_up, 0, Some(90)),
            (200, used_up, 0, Some(90)),
            (201, used_up, 0, Some(90)),
            (304, used_up, 0, None),
            (404, used_up, 0, None),
            (429, "ratelimit-remaining=0; ratelimit-reset=1795608090", 0, Some(90)),
            (200, "x-ratelimit-remaining=1; x-ratelimit-reset=1795608090", 0, None),
            (403, "x-ratelimit-remaining=1; x-ratelimit-reset=1795608090", 0, None),
            (403, "x-ratelimit-remaining=0", 0, None),
            (200, "x-ratelimit-remaining=0; x-ratelimit-reset=1795607000", 0, None),
            (403, "x-ratelimit-remaining=0; x-ratelimit-reset=1795607000", 0, Some(1)),
            (403, "x-ratelimit-remaining=0; x-ratelimit-reset=9999999999", 0, Some(86_400)),
            // `Retry-After` takes precedence over the limit.
            (403, "retry-after=7; x-ratelimit-remaining=0; x-ratelimit-reset=1795608090", 0, Some(7)),
            // No time.
            (403, "", 0, None),
            (200, "", 0, None),
            (503, "", 0, None),
            (429, "", 0, Some(60)),
            (429, "", 1, Some(120)),
            (429, "", 5, Some(1920)),
            (429, "", 6, Some(3600)),
            (429, "", u32::MAX, Some(3600)),
        ] {
            check(status, lines, strikes, expected);
        }
    }

    #[test]
    fn a_bare_refusal_says_nothing_of_time() {
        assert!(is_bare(429, &headers("")));
        assert!(!is_bare(429, &headers("retry-after=1")));
        assert!(!is_bare(429, &headers("x-ratelimit-remaining=0; x-ratelimit-reset=1")));
        assert!(!is_bare(403, &headers("")));
    }
}
