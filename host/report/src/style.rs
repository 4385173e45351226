//! Colours and options of the text report.

use anstyle::{AnsiColor, Style as Ansi};
use palisade_domain::{Finding, FindingStatus, Severity};

/// Options of a text report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub colour: bool,
    /// Whether suppressed violations are listed; they are counted in any case.
    pub suppressed: bool,
}

impl Style {
    pub(crate) fn paint(self, style: Ansi, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    pub(crate) fn warn(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default().bold(), text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default().bold(), text)
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.paint(Ansi::new().bold(), text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.paint(Ansi::new().dimmed(), text)
    }

    /// Line numbers, arrows and bars.
    pub(crate) fn gutter(self, text: &str) -> String {
        self.paint(AnsiColor::Blue.on_default().bold(), text)
    }

    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        self.paint(severity_style(severity), text)
    }

    /// In the colour of the status of a finding.
    pub(crate) fn finding(self, finding: &Finding, text: &str) -> String {
        match finding.status {
            FindingStatus::Failed => self.severity(finding.severity, text),
            FindingStatus::Unknown => self.paint(AnsiColor::Blue.on_default(), text),
            FindingStatus::Suppressed => self.dim(text),
            FindingStatus::Passed => self.paint(AnsiColor::Green.on_default(), text),
        }
    }
}

fn severity_style(severity: Severity) -> Ansi {
    match severity {
        Severity::Critical => AnsiColor::Magenta.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Cyan.on_default(),
    }
}
