//! Output of data, to standard output or a file.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use anstream::ColorChoice;
use serde::Serialize;

use crate::args::{Color, PlainFormat, Shared};
use crate::failure::Failure;
use crate::settings::{Sourced, variable};

/// Whether standard output is coloured.
pub(crate) fn colour(shared: Shared) -> bool {
    colour_by(shared).value
}

/// The same, with the origin of the setting.
pub(crate) fn colour_by(shared: Shared) -> Sourced<bool> {
    match shared.color {
        Color::Always => return Sourced::option(true, "--color"),
        Color::Never => return Sourced::option(false, "--color"),
        Color::Auto => {}
    }
    if variable("NO_COLOR").is_some() {
        return Sourced::variable(false, "NO_COLOR");
    }
    if variable("FORCE_COLOR").is_some_and(|it| it != "0") {
        return Sourced::variable(true, "FORCE_COLOR");
    }
    if variable("TERM").is_some_and(|it| it == "dumb") {
        return Sourced::variable(false, "TERM");
    }
    Sourced::default(anstream::AutoStream::choice(&io::stdout()) != ColorChoice::Never)
}

/// The default format: a table on a terminal, else JSON.
pub(crate) fn plain_format(asked: Option<PlainFormat>) -> PlainFormat {
    asked.unwrap_or_else(|| if io::stdout().is_terminal() { PlainFormat::Table } else { PlainFormat::Json })
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(Failure::incomplete)
}

/// Writes generated output to standard output.
pub(crate) fn print_with(make: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    make(&mut out).and_then(|()| out.flush()).map_err(Failure::output)
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    print_with(|out| out.write_all(text.as_bytes()))
}

/// Writes a file, a pipe or a device.
pub(crate) fn write(path: &Path, text: &[u8]) -> Result<(), Failure> {
    write_with(path, |out| out.write_all(text))
}

/// Writes generated output to a file, a pipe or a device.
pub(crate) fn write_with(
    path: &Path,
    make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    File::create(path).and_then(|mut file| make(&mut file)).map_err(|error| {
        let context = format!("cannot write `{}`", path.display());
        Failure::wrong_use(anyhow::Error::new(error).context(context))
    })
}
