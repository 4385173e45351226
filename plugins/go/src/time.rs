//! Go's package `time`: layouts, as in `Time.Format` and `Parse`, and durations, as in `ParseDuration`.
//!
//! The current time and the local time zone are not available.

mod duration;
mod format;
mod layout;
mod parse;

pub use duration::parse_duration;
pub use format::{Zone, format};
pub use layout::{DAYS, MONTHS, RFC3339, RFC3339_NANO, named};
pub use parse::{Parsed, parse, parse_strict_rfc3339};
