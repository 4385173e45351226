//! Messages on standard error.

use std::io::{self, Write as _};

use palisade_report::clean;

/// Prints a message. Texts of files and plugins are escaped, so that they cannot control the terminal.
pub(crate) fn complain(text: &str) {
    let lines: Vec<_> = text.split('\n').map(clean).collect();
    // If standard error is closed, nobody reads the message.
    let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
}
