//! Times in the format of RFC 3339.

use jiff::Timestamp;

use crate::api::error::ApiError;

/// Converts text to Unix milliseconds.
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
    use super::read;

    #[test]
    fn times_are_read() {
        for (text, expected) in [("1970-01-01T00:00:00Z", 0), ("2026-11-25T00:00:00.123Z", 1_795_564_800_123)]
        {
            assert!(read("at", text).is_ok_and(|it| it == expected), "{text}");
        }
        for wrong in ["", "tomorrow", "2026-11-25", "1795564800"] {
            assert!(read("at", wrong).is_err(), "{wrong}");
        }
    }
}
