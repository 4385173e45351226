//! `cargo xtask reference`: compares what Palisade reads and decides with the tools that define it.
//!
//! Each suite has a module here and its cases in `cases/SUITE`. A case on which Palisade and the tool differ is an
//! error, unless `cases/SUITE/exceptions.toml` names it with a reason; an exception that is not needed is an error too.
//! A suite whose tool is not found is skipped, and the last lines name it.

mod conftest;
mod gate;
mod kubectl;
mod opa;
mod suite;
mod table;
mod terraform;
mod tools;

use std::process::ExitCode;

use crate::suite::Suite;
use crate::tools::Tools;

/// The function that runs a suite.
type Run = fn(&Tools, &mut Suite) -> anyhow::Result<()>;

const SUITES: &[(&str, Run)] = &[
    ("terraform", terraform::run),
    ("kubectl", kubectl::run),
    ("opa", opa::run),
    ("conftest", conftest::run),
    ("gate", gate::run),
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("reference: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the suites named on the command line, or all; returns whether no case differs.
fn run() -> anyhow::Result<bool> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if let Some(name) = names.iter().find(|name| SUITES.iter().all(|(it, _)| it != name)) {
        let known: Vec<&str> = SUITES.iter().map(|(it, _)| *it).collect();
        anyhow::bail!("suite `{name}` not found: use {}", known.join(", "));
    }
    let tools = Tools::new()?;
    let mut finished = Vec::new();
    for (name, run) in SUITES {
        if names.is_empty() || names.iter().any(|it| it == name) {
            let mut suite = Suite::open(name)?;
            run(&tools, &mut suite)?;
            suite.finish();
            finished.push(suite);
        }
    }
    print!("{}", table::render(&finished));
    Ok(finished.iter().all(Suite::is_equal))
}
