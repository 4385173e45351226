//! Times, as RFC 3339 has them.

use jiff::Timestamp;

use crate::api::error::ApiError;

/// Unix milliseconds as text; what no calendar reaches is empty.
pub(crate) fn text(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|it| it.to_string()).unwrap_or_default()
}

/// Text as Unix milliseconds.
///
/// # Errors
/// 422, with the field.
pub(crate) fn read(field: &'static str, text: &str) -> Result<i64, ApiError> {
    let time: Timestamp = text.parse().map_err(|_| {
        ApiError::invalid(field, "expected a time in RFC 3339 format, such as `2027-01-31T12:00:00Z`")
    })?;
    Ok(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::{read, text};

    #[test]
    fn times_come_back() {
        for (ms, expected) in
            [(0, "1970-01-01T00:00:00Z"), (1_795_564_800_123, "2026-11-25T00:00:00.123Z"), (i64::MAX, "")]
        {
            assert_eq!(text(ms), expected);
            assert!(expected.is_empty() || read("at", expected).is_ok_and(|it| it == ms));
        }
        for wrong in ["", "tomorrow", "2026-11-25", "1795564800"] {
            assert!(read("at", wrong).is_err(), "{wrong}");
        }
    }
}
