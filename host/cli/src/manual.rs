//! `palisade completions` and `palisade man`: shell completions and manual pages, generated from the definition of the
//! commands.

use std::path::Path;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Arguments;
use crate::failure::Failure;
use crate::output;

/// The command without hidden subcommands and options, which the generators would include.
fn visible(command: &Command) -> Command {
    let mut shown = Command::new(command.get_name().to_owned())
        .args(command.get_arguments().filter(|it| !it.is_hide_set()).cloned())
        .subcommands(command.get_subcommands().filter(|it| !it.is_hide_set()).map(visible));
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(about) = command.get_long_about() {
        shown = shown.long_about(about.clone());
    }
    if let Some(version) = command.get_version() {
        shown = shown.version(version.to_owned());
    }
    shown.subcommand_required(command.is_subcommand_required_set())
}

fn palisade() -> Command {
    visible(&Arguments::command())
}

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut palisade(), "palisade", &mut text);
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(0)
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(Failure::output)?;
    Ok(text)
}

/// Writes the page of a command and of its subcommands, each as `palisade-scan.1`.
fn pages(command: &Command, folder: &Path) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    output::write(&folder.join(format!("{name}.1")), &page(command)?)?;
    for below in command.get_subcommands().filter(|it| it.get_name() != "help") {
        pages(below, folder)?;
    }
    Ok(())
}

/// Manual pages: all of them into a folder, or the main one on standard output.
pub(crate) fn man(folder: Option<&Path>) -> Result<u8, Failure> {
    let mut command = palisade();
    // Computes names and usages of subcommands.
    command.build();
    let Some(folder) = folder else {
        output::print(&String::from_utf8_lossy(&page(&command)?))?;
        return Ok(0);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| {
            format!("cannot create the folder `{}`: give another with `--output`", folder.display())
        })
        .map_err(Failure::wrong_use)?;
    pages(&command, folder)?;
    Ok(0)
}
