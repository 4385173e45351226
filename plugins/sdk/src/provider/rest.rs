//! REST APIs with JSON: paths, responses, pages, and errors.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::host::{HttpError, Response};
use crate::CallError;

/// Characters that a path segment does not escape (RFC 3986 section 2.3).
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The maximum number of pages of a list.
const MOST_PAGES: usize = 1_000;

/// An escaped path segment, or an escaped value of a query.
pub fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// A path whose segments are escaped.
pub fn path(text: &str) -> String {
    text.split('/').filter(|it| !it.is_empty()).map(part).collect::<Vec<_>>().join("/")
}

/// Whether a path stays below the URL that it is added to. Parsers of URLs resolve the segments `.` and `..`, also if they
/// are escaped, read `\` as `/`, and remove white space (<https://url.spec.whatwg.org/#path-state>).
fn stays_below(path: &str) -> bool {
    let is_read = |it: char| it == '\\' || it.is_control() || it.is_whitespace();
    let is_dots = |it: &str| matches!(it.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let segments = path.split(['?', '#']).next().unwrap_or_default();
    path.starts_with('/') && !path.contains(is_read) && !segments.split('/').any(is_dots)
}

/// The URL of a path below `base`, which has no trailing slash.
///
/// # Errors
/// [`CallError::InvalidInput`] if the URL would be elsewhere, since a name in the path is `.` or `..`.
pub fn url(base: &str, path: &str) -> Result<String, CallError> {
    if stays_below(path) {
        return Ok(format!("{base}{path}"));
    }
    Err(CallError::InvalidInput(format!("invalid name in `{path}`: expected another name than `.` and `..`")))
}

/// The URL of a page of a list: the first page, or the one that an earlier response named, which must be below `base`.
///
/// # Errors
/// [`CallError::InvalidInput`] if the cursor is elsewhere.
pub fn page(base: &str, path: &str, cursor: Option<&str>) -> Result<String, CallError> {
    match cursor {
        None => url(base, path),
        Some(cursor) if cursor.strip_prefix(base).is_some_and(stays_below) => Ok(cursor.to_owned()),
        Some(_) => Err(invalid_cursor()),
    }
}

/// The error for a cursor that no earlier response named.
pub fn invalid_cursor() -> CallError {
    CallError::InvalidInput("invalid cursor for this list".to_owned())
}

/// The number of a pull request, as a path segment.
///
/// # Errors
/// [`CallError::InvalidInput`] if it is not a number, or has more than 10 digits.
pub fn pull_number(text: &str) -> Result<&str, CallError> {
    if text.is_empty() || text.len() > 10 || !text.bytes().all(|it| it.is_ascii_digit()) {
        return Err(CallError::InvalidInput(format!("invalid pull request number `{text}`")));
    }
    Ok(text)
}

/// All items of a list, from a function that reads the page of a cursor.
///
/// # Errors
/// Those of the function, and [`CallError::Other`] if the list does not end.
pub fn every<T>(
    what: &str,
    mut page: impl FnMut(Option<&str>) -> Result<(Vec<T>, Option<String>), CallError>,
) -> Result<Vec<T>, CallError> {
    let (mut all, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let (items, next) = page(cursor.as_deref())?;
        all.extend(items);
        if next.is_none() {
            return Ok(all);
        }
        if next == cursor {
            break;
        }
        cursor = next;
    }
    Err(CallError::Other(format!("the list of {what} does not end")))
}

/// All entries of a list, from a function that requests the page of a cursor, and one that reads the entries and the
/// cursor of the next page. Instead of entries, the first response if it has one of these statuses: the list does not
/// exist, or is not available.
///
/// # Errors
/// Those of the functions, and [`CallError::Other`] if the list does not end.
pub fn every_or(
    what: &str,
    statuses: &[u16],
    mut request: impl FnMut(Option<&str>) -> Result<Answer, CallError>,
    mut read: impl FnMut(Answer) -> Result<(Vec<Value>, Option<String>), CallError>,
) -> Result<Result<Vec<Value>, Answer>, CallError> {
    let mut other = None;
    let all = every(what, |cursor| {
        let answer = request(cursor)?;
        if cursor.is_none() && statuses.contains(&answer.status) {
            other = Some(answer);
            return Ok((Vec::new(), None));
        }
        read(answer)
    })?;
    Ok(other.map_or(Ok(all), Err))
}

/// A parsed response.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null if there is none.
    pub body: Value,
    response: Response,
}

impl Answer {
    /// Parses a response. A rate limit, a server error and a body that is not JSON are errors for every request.
    /// `provider` is its title.
    ///
    /// # Errors
    /// [`CallError::RateLimited`] and [`CallError::Unavailable`].
    pub fn read(provider: &str, response: Response) -> Result<Answer, CallError> {
        let seconds = response.header("retry-after").and_then(|it| it.parse().ok());
        let spent = response.header("x-ratelimit-remaining") == Some("0");
        match response.status {
            429 => return Err(CallError::RateLimited(seconds)),
            403 if seconds.is_some() || spent => return Err(CallError::RateLimited(seconds)),
            500..=599 => {
                return Err(CallError::Unavailable(format!("{provider} returns {}", response.status)));
            }
            _ => {}
        }
        let body = match serde_json::from_slice(&response.body) {
            Ok(body) => body,
            Err(_) if response.body.is_empty() => Value::Null,
            Err(_) => {
                return Err(CallError::Unavailable(format!(
                    "{provider} returns {} without JSON: check the URL, and that no proxy asks for a sign-in",
                    response.status
                )));
            }
        };
        Ok(Answer { status: response.status, body, response })
    }

    /// The value of a header; the case of its name is ignored.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    /// The next page, from the header `Link` (RFC 8288).
    pub fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        link.split(',').find_map(|one| {
            let (url, rest) = one.split_once('>')?;
            rest.contains("rel=\"next\"").then(|| url.trim().trim_start_matches('<').to_owned())
        })
    }

    /// The entries of a list: the field of this name, or the whole body.
    pub fn list(&self, under: &str) -> &[Value] {
        let list = if under.is_empty() { Some(&self.body) } else { self.body.get(under) };
        list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The response, if it is a success.
    ///
    /// # Errors
    /// The refusal otherwise.
    pub fn good(self, refusal: impl FnOnce(&Answer) -> CallError) -> Result<Answer, CallError> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(refusal(&self)) }
    }

    /// The response, if it is a success; none for status 404.
    ///
    /// # Errors
    /// The refusal otherwise.
    pub fn found(self, refusal: impl FnOnce(&Answer) -> CallError) -> Result<Option<Answer>, CallError> {
        if self.status == 404 { Ok(None) } else { self.good(refusal).map(Some) }
    }
}

/// The error for a request that failed. `provider` is its title.
pub fn http_error(provider: &str, error: HttpError) -> CallError {
    match error {
        HttpError::Denied(what) => CallError::Denied(what),
        HttpError::Timeout => CallError::Unavailable(format!("{provider} did not respond in time")),
        HttpError::TooLarge(limit) => {
            CallError::Other(format!("the response of {provider} has more than {limit} bytes"))
        }
        HttpError::Wait(seconds) => CallError::RateLimited(Some(seconds)),
        HttpError::Transport(why) => CallError::Unavailable(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_below_the_api() {
        let check = |cursor: Option<&str>, expected: Option<&str>| {
            assert_eq!(page("https://a.example/api", "/x", cursor).ok().as_deref(), expected, "{cursor:?}");
        };
        check(None, Some("https://a.example/api/x"));
        check(Some("https://a.example/api/x?page=2"), Some("https://a.example/api/x?page=2"));
        check(Some("https://a.example/apis/x"), None);
        check(Some("https://b.example/api/x"), None);
        check(Some("https://a.example/api@b.example/x"), None);
        check(Some("https://a.example/api/../x"), None);
        check(Some("https://a.example/api/x/.%2E/../y"), None);
        check(Some("https://a.example/api/..\\..\\x"), None);
        check(Some("https://a.example/api/.\t./x"), None);
        check(Some("https://a.example/api/x?path=../y"), Some("https://a.example/api/x?path=../y"));
    }

    #[test]
    fn a_name_does_not_leave_its_place() {
        for (name, expected) in [
            ("o/r", Some("https://a.example/repos/o/r/x")),
            ("o/a..b", Some("https://a.example/repos/o/a..b/x")),
            ("o/..r", Some("https://a.example/repos/o/..r/x")),
            ("o/%2e%2e", Some("https://a.example/repos/o/%252e%252e/x")),
            ("o\\..", Some("https://a.example/repos/o%5C../x")),
            ("../user", None),
            ("o/..", None),
            ("./r", None),
        ] {
            let found = url("https://a.example", &format!("/repos/{}/x", path(name)));
            assert_eq!(found.ok().as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn only_the_first_response_is_handed_back() {
        let answer = |status| {
            Answer::read("Host", Response { status, headers: Vec::new(), body: b"[1]".to_vec() }).unwrap()
        };
        let read = |statuses: [u16; 2]| {
            let list = every_or(
                "pages",
                &[404],
                |cursor| Ok(answer(statuses[usize::from(cursor.is_some())])),
                |it| {
                    let next = (it.status == 200).then(|| "2".to_owned());
                    Ok((it.list("").to_vec(), next))
                },
            );
            list.unwrap().map(|it| it.len()).map_err(|it| it.status)
        };
        for (statuses, expected) in [([404, 200], Err(404)), ([200, 404], Ok(2)), ([403, 200], Ok(1))] {
            assert_eq!(read(statuses), expected, "{statuses:?}");
        }
    }

    #[test]
    fn a_pull_request_has_a_number() {
        for (text, expected) in [
            ("7", true),
            ("0123456789", true),
            ("01234567890", false),
            ("", false),
            ("..", false),
            ("7 ", false),
        ] {
            assert_eq!(pull_number(text).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_list_that_does_not_end_is_an_error() {
        let ends = every("pages", |cursor| {
            let number: usize = cursor.map_or(0, |it| it.parse().unwrap());
            Ok((vec![number], (number < 2).then(|| (number + 1).to_string())))
        });
        assert_eq!(ends.unwrap(), [0, 1, 2]);
        let wrong = CallError::Other("the list of pages does not end".to_owned());
        let same = every("pages", |_| Ok((vec![0], Some("again".to_owned()))));
        assert_eq!(same.unwrap_err(), wrong);
        let mut number = 0;
        let longer = every("pages", |_| {
            number += 1;
            Ok((vec![0], Some(number.to_string())))
        });
        assert_eq!(longer.unwrap_err(), wrong);
    }
}
