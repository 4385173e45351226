//! Times in the format of RFC 3339.

use std::fmt::{Display, Formatter};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A moment, in Unix milliseconds. Its text is that of RFC 3339; what no calendar reaches is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Display for Time {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(time) => time.fmt(formatter),
            Err(_) => Ok(()),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn moments_are_texts() {
        for (ms, expected) in
            [(0, "1970-01-01T00:00:00Z"), (1_795_564_800_123, "2026-11-25T00:00:00.123Z"), (i64::MAX, "")]
        {
            assert_eq!(Time(ms).to_string(), expected);
            assert_eq!(serde_json::to_value(Time(ms)).unwrap(), expected);
        }
    }
}
