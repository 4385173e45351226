//! The command `palisade`.

mod admin;
mod args;
mod base;
mod config;
mod controls;
mod doctor;
mod failure;
mod key;
mod log;
mod manual;
mod notice;
mod output;
mod pack;
mod plugin;
mod progress;
mod scan;
mod serve;
mod server;
mod settings;
mod setup;
mod sources;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Arguments, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    // Invalid arguments end here, with clap's message and status 2.
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Scan(options) => scan::scan(options, arguments.shared),
        Command::Parse(options) => scan::parse(options, arguments.shared),
        Command::Controls(options) => controls::controls(options),
        Command::Pack(command) => pack::pack(command, arguments.shared),
        Command::Plugin(command) => plugin::plugin(command),
        Command::Config(command) => config::config(command, arguments.shared),
        Command::Serve(options) => serve::serve(options),
        Command::Backup(options) => serve::backup(options),
        Command::Admin(command) => admin::admin(command),
        Command::Key(command) => key::key(command),
        Command::Doctor(options) => doctor::doctor(options, arguments.shared),
        Command::Completions { shell } => manual::completions(*shell),
        Command::Man { output } => manual::man(output.as_deref()),
    };
    match result {
        Ok(status) => ExitCode::from(status),
        // The reader closed the pipe, as `head` does. This is not an error, and nobody would read a message.
        Err(Failure { pipe_closed: true, .. }) => ExitCode::SUCCESS,
        Err(failure) => {
            notice::complain(&format!("error: {failure}"));
            ExitCode::from(failure.status)
        }
    }
}
