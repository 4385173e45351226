//! Time, as the providers write it.

use jiff::Timestamp;

/// Seconds since 1970.
pub fn seconds() -> i64 {
    Timestamp::now().as_second()
}

/// Now, RFC 3339 in whole seconds.
pub fn now() -> String {
    at(seconds())
}

/// A time in seconds since 1970, RFC 3339.
pub fn at(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap().to_string()
}
