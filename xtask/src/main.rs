//! The manual tasks of this repository: `cargo xtask demo`, `test`, `reference`, `build`, `plugins`, `bench`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod bench;
mod checks;
mod control;
mod fuzz;
mod guests;
mod plugins;
mod reference;
mod setup;
mod shell;
mod tools;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::shell::{Project, Shell};

const USAGE: &str = "\
cargo xtask demo [--provider github|gitlab|bitbucket|azure]
                               install what is missing, build, scan `examples/`, and check a pull request
cargo xtask test [--all]       install what is missing, and run every check; `--all`: with the long runs, for hours
cargo xtask reference [SUITE]  compare with the real tools: terraform, kubectl, opa, conftest
cargo xtask new-control PACK NAME KIND PATH
                               a control and its cases: the attribute PATH of resources of a KIND must be true
cargo xtask build [--release]  build `palisade` with the built-in plugins inside
cargo xtask fuzz [SECONDS]     run each fuzz target for a minute, or for so many seconds
cargo xtask plugins            build the built-in plugins and the test guests
cargo xtask bench [--quick]    measure whole scans, in the sandbox and without it
";

/// The providers of the demonstration: the name of the option, and the id.
const PROVIDERS: [(&str, &str); 4] =
    [("github", "github"), ("gitlab", "gitlab"), ("bitbucket", "bitbucket"), ("azure", "azure-devops")];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let project = Project::find()?;
    let shell = Shell::new(&project);
    match arguments.as_slice() {
        ["demo"] => demo(&project, &shell, "github"),
        ["demo", "--provider", provider] => match PROVIDERS.iter().find(|(name, _)| name == provider) {
            Some((_, id)) => demo(&project, &shell, id),
            None => bail!(
                "unknown provider `{provider}`: use one of {}",
                PROVIDERS.map(|(name, _)| name).join(", ")
            ),
        },
        ["test"] => {
            // Generated cases are the same in each run, so that a change fails only for what it changed.
            let shell = shell.with("PROPTEST_RNG_SEED", "17");
            checks::test(&project, &shell, 60).map(|()| ExitCode::SUCCESS)
        }
        ["test", "--all"] => {
            let shell = shell.with("PALISADE_TEST_ALL", "1").with("PROPTEST_CASES", "4096");
            checks::test(&project, &shell, 300).map(|()| ExitCode::SUCCESS)
        }
        ["fuzz"] => fuzz::run(&project, &shell, 60).map(|()| ExitCode::SUCCESS),
        ["fuzz", seconds] => {
            let seconds = seconds.parse().context("expected a number of seconds")?;
            fuzz::run(&project, &shell, seconds).map(|()| ExitCode::SUCCESS)
        }
        ["reference", suites @ ..] => {
            let builder = setup::guest_builder(&shell)?;
            plugins::built_in(&project, &shell, builder)?;
            plugins::program(&project, &shell, false)?;
            reference::build(&shell);
            reference::run(&project, &shell, suites).map(|()| ExitCode::SUCCESS)
        }
        ["new-control", pack, name, kind, path] => {
            control::new(&project, pack, name, kind, path).map(|()| ExitCode::SUCCESS)
        }
        ["build"] => build(&project, &shell, false),
        ["build", "--release"] => build(&project, &shell, true),
        ["bench"] => bench::bench(&project, &shell, false).map(|()| ExitCode::SUCCESS),
        ["bench", "--quick"] => bench::bench(&project, &shell, true).map(|()| ExitCode::SUCCESS),
        ["plugins"] => {
            let builder = setup::guest_builder(&shell)?;
            plugins::built_in(&project, &shell, builder)?;
            guests::hostile(&project, &shell, builder)?;
            Ok(ExitCode::SUCCESS)
        }
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("unknown command `{}`: expected one of\n{USAGE}", other.join(" ")),
    }
}

/// Builds `palisade` with the plugins inside, and prints its path.
fn build(project: &Project, shell: &Shell, release: bool) -> Result<ExitCode> {
    let builder = setup::guest_builder(shell)?;
    plugins::built_in(project, shell, builder)?;
    let program = plugins::program(project, shell, release)?;
    println!("built {}", program.display());
    Ok(ExitCode::SUCCESS)
}

/// The main job on a small tree. Its violations are expected, so they do not fail the demo.
fn demo(project: &Project, shell: &Shell, provider: &str) -> Result<ExitCode> {
    setup::openssl(shell)?;
    let builder = setup::guest_builder(shell)?;
    plugins::built_in(project, shell, builder)?;
    let program = plugins::program(project, shell, false)?;
    let examples = project.top.join("examples");
    println!("\n$ palisade scan examples\n");
    let status = shell.command(&program).args(["scan", "--format", "table"]).arg(&examples).status()?;
    if !matches!(status.code(), Some(0 | 1)) {
        bail!("the scan ended with {status}");
    }
    println!("\nthe service: a pull request gets its check\n");
    shell.run("cargo build --locked --workspace --bin demo")?;
    let mut demo = shell.command(program.with_file_name("demo"));
    let status = demo.arg(&program).arg(&project.top).arg(provider).status()?;
    if status.success() { Ok(ExitCode::SUCCESS) } else { bail!("the demonstration ended with {status}") }
}
