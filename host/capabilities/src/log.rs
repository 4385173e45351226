//! Lines that a plugin writes for the operator, bounded.

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For the author of the plugin.
    Debug,
    /// For the curious.
    Info,
    /// For the operator.
    Warn,
    /// Something failed.
    Error,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How loud.
    pub level: LogLevel,
    /// The text, without control characters.
    pub message: String,
    /// Named values, the same.
    pub fields: Vec<(String, String)>,
}

/// What one call wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogBuffer {
    lines: Vec<LogLine>,
    limit: usize,
}

/// The longest text that is kept of a message or a field.
const MAX_TEXT: usize = 2_048;
/// The most fields that are kept of a line.
const MAX_FIELDS: usize = 16;

/// A stranger's text must not move the cursor of the operator's terminal or make a second line.
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
    /// Takes so many lines.
    pub fn new(limit: usize) -> LogBuffer {
        LogBuffer { lines: Vec::new(), limit }
    }

    /// Keeps a line; `false` where there were too many.
    pub fn push(&mut self, level: LogLevel, message: &str, fields: &[(String, String)]) -> bool {
        if self.lines.len() >= self.limit {
            return false;
        }
        let fields = fields.iter().take(MAX_FIELDS).map(|(key, value)| (clean(key), clean(value))).collect();
        self.lines.push(LogLine { level, message: clean(message), fields });
        true
    }

    /// What was written.
    pub fn lines(&self) -> &[LogLine] {
        &self.lines
    }

    /// What was written, taken out.
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
