//! The service's log: lines of text or JSON, without secrets.

use std::io::{self, Write};

use palisade_report::clean;
use regex::bytes::{Regex, RegexBuilder};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Secrets of providers and of this program. Our own code logs none: its secrets are of types that cannot be printed.
/// The pattern is for secrets in error texts of third parties.
const SECRETS: &str = concat!(
    r"(?-u:gh[a-z]_[A-Za-z0-9._-]{16,}|github_pat_[A-Za-z0-9_]{16,}|gl[a-z]+-[A-Za-z0-9._-]{16,}|pal_[A-Za-z0-9]{16,}",
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^/\s:@]+:[^/\s@]+@)",
);

/// Starts to log to standard error.
pub(crate) fn start(filter: &str, json: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)?;
    let secrets = RegexBuilder::new(SECRETS).build()?;
    let writer = Redacting { secrets, json };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    let started = if json { builder.json().try_init() } else { builder.try_init() };
    started.map_err(|error| anyhow::anyhow!("cannot begin to log: {error}"))
}

/// Writes events without secrets, each on one line: an error may contain text of a third party, which must not look
/// like another event.
struct Redacting {
    secrets: Regex,
    json: bool,
}

impl Redacting {
    /// An event as it is written.
    fn line(&self, event: &[u8]) -> String {
        let redacted = self.secrets.replace_all(event, &b"[redacted]"[..]);
        let text = String::from_utf8_lossy(&redacted);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        // JSON has its own escapes.
        if self.json { text.to_owned() } else { clean(text).into_owned() }
    }
}

struct Line<'a>(&'a Redacting);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The formatter writes a whole event at a time.
        io::stderr().lock().write_all((self.0.line(bytes) + "\n").as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for Redacting {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Redacting, SECRETS};

    /// Text of third parties neither looks like an event of ours nor controls the terminal.
    #[test]
    fn an_event_is_one_line() {
        let writer = |json| Redacting { secrets: regex::bytes::Regex::new(SECRETS).unwrap(), json };
        let event =
            b"WARN a folder `a\n2026-11-30 INFO all is well\x1b[2J\r\xe2\x80\xae` ghp_0123456789abcdefghij\n";
        assert_eq!(
            writer(false).line(event),
            "WARN a folder `a\\n2026-11-30 INFO all is well\\u{1b}[2J\\r\\u{202e}` [redacted]"
        );
        let event = b"{\"message\":\"a\\nb ghp_0123456789abcdefghij\"}\n";
        assert_eq!(writer(true).line(event), r#"{"message":"a\nb [redacted]"}"#);
    }

    #[test]
    fn what_looks_like_a_secret_is_not_logged() {
        let secrets = regex::bytes::Regex::new(SECRETS).unwrap();
        for (line, expected) in [
            ("token ghs_123456_eyJhbGciOi.abc-def.x refused", "token [redacted] refused"),
            ("glpat-abcdefghijklmnopqrst!", "[redacted]!"),
            ("https://me:hunter2@git.example/x", "https[redacted]git.example/x"),
            ("pal_abcdefghijklmnop1234", "[redacted]"),
            ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2lnbmF0dXJl", "[redacted]"),
            (
                "a repository acme/pal_x at https://git.example:8443/x",
                "a repository acme/pal_x at https://git.example:8443/x",
            ),
        ] {
            let found = secrets.replace_all(line.as_bytes(), &b"[redacted]"[..]);
            assert_eq!(str::from_utf8(&found).unwrap(), expected);
        }
    }
}
