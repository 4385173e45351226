//! Where text goes: data to standard output, everything else to standard error.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use anstream::ColorChoice;
use palisade_report::clean;

use crate::args::{Color, Format, Shared};
use crate::failure::Failure;

/// Whether standard output takes colours.
pub(crate) fn colour(shared: Shared) -> bool {
    match shared.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            if std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty()) {
                return false;
            }
            if std::env::var_os("FORCE_COLOR").is_some_and(|it| !it.is_empty() && it != "0") {
                return true;
            }
            anstream::AutoStream::choice(&io::stdout()) != ColorChoice::Never
        }
    }
}

/// The format where none was asked for: people look at terminals, programs read pipes.
pub(crate) fn default_format() -> Format {
    if io::stdout().is_terminal() { Format::Table } else { Format::Json }
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
}

/// Writes to standard error. Files and plugins have their say in it, and may not draw on the reader's screen.
pub(crate) fn complain(text: &str) {
    let lines: Vec<_> = text.split('\n').map(clean).collect();
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
}

/// Writes a file: the whole of it or nothing.
pub(crate) fn write(path: &Path, text: &[u8]) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| {
        let context = format!("cannot write `{}`", path.display());
        Failure::wrong_use(anyhow::Error::new(error).context(context))
    })
}
