//! The clock and the ids.

use std::time::{SystemTime, UNIX_EPOCH};

/// The current time, in Unix milliseconds.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Creates an id: a UUID of version 7 (RFC 9562 §5.7), so that ids sort by time.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
