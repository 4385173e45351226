//! Log lines that a plugin writes for the operator, with limits.

/// The level of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For the author of the plugin.
    Debug,
    /// Additional information.
    Info,
    /// Warnings for the operator.
    Warn,
    /// Failures.
    Error,
}

/// A log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The level.
    pub level: LogLevel,
    /// The text, without control characters.
    pub message: String,
    /// Named values, without control characters.
    pub fields: Vec<(String, String)>,
}

/// The log lines of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogBuffer {
    lines: Vec<LogLine>,
    limit: usize,
}

/// The maximum length of a message or a field.
const MAX_TEXT: usize = 2_048;
/// The maximum number of fields in a line.
const MAX_FIELDS: usize = 16;

/// Removes control characters: untrusted text must not move the cursor of the operator's terminal or start a new line.
fn clean(text: &str) -> String {
    let mut kept: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .scan(0, |length, c| {
            *length += c.len_utf8();
            (*length <= MAX_TEXT).then_some(c)
        })
        .collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}

impl LogBuffer {
    /// Creates a buffer for up to `limit` lines.
    pub fn new(limit: usize) -> LogBuffer {
        LogBuffer { lines: Vec::new(), limit }
    }

    /// Appends a line; returns `false` if the limit is reached.
    pub fn push(&mut self, level: LogLevel, message: &str, fields: &[(String, String)]) -> bool {
        if self.lines.len() >= self.limit {
            return false;
        }
        let fields = fields.iter().take(MAX_FIELDS).map(|(key, value)| (clean(key), clean(value))).collect();
        self.lines.push(LogLine { level, message: clean(message), fields });
        true
    }

    /// The lines.
    pub fn lines(&self) -> &[LogLine] {
        &self.lines
    }

    /// Returns the lines and consumes the buffer.
    pub fn into_lines(self) -> Vec<LogLine> {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_made_harmless() {
        let mut log = LogBuffer::new(2);
        assert!(log.push(LogLevel::Warn, "one\nline\u{1b}[2J", &[("k".into(), "a\rb".into())]));
        assert!(log.push(LogLevel::Info, &"x".repeat(5_000), &vec![(String::new(), String::new()); 99]));
        assert!(!log.push(LogLevel::Info, "too many", &[]));
        let lines = log.into_lines();
        assert_eq!(lines[0].message, "one line [2J");
        assert_eq!(lines[0].fields, [("k".to_owned(), "a b".to_owned())]);
        assert_eq!(lines[1].message.chars().count(), MAX_TEXT + 1);
        assert_eq!(lines[1].fields.len(), MAX_FIELDS);
    }
}
