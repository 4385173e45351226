//! All checks; those that fail fastest are first.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::shell::{Project, Shell};
use crate::{fuzz, guests, plugins, reference, setup, tools};

/// The checks that could not run on this machine, with the reason.
struct Skipped(Vec<String>);

impl Skipped {
    fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        println!("SKIPPED: {what}");
        self.0.push(what);
    }
}

/// Measures the time of each step.
struct Steps(Instant);

impl Steps {
    fn done(&mut self, what: &str) {
        println!("{what}: {} s", self.0.elapsed().as_secs());
        self.0 = Instant::now();
    }
}

/// Runs all checks; fuzz targets run for a number of seconds each.
pub(crate) fn test(project: &Project, shell: &Shell, fuzz_seconds: u32) -> Result<()> {
    let began = Instant::now();
    let mut steps = Steps(began);
    let mut skipped = Skipped(Vec::new());
    shell.run("cargo fmt --all --check")?;
    setup::openssl(shell)?;
    if let Err(error) = setup::postgres(shell) {
        skipped.note(format!("tests on PostgreSQL: it can be neither found nor installed ({error:#})"));
    }
    steps.done("set-up");
    let builder = setup::guest_builder(shell)?;
    plugins::built_in(project, shell, builder)?;
    steps.done("built-in plugins");
    guests::hostile(project, shell, builder)?;
    steps.done("test guests");
    plugins::program(project, shell, false)?;
    steps.done("program");
    shell.run("cargo clippy --workspace --all-targets --locked -- -D warnings")?;
    steps.done("clippy");
    unit_and_integration(shell)?;
    steps.done("tests");
    // Only with installed tools. `cargo xtask reference` builds the others, and also compares with Conftest, for which
    // a pack is compiled for each folder.
    reference::run(project, shell, &["terraform", "kubectl", "opa", "gate"])?;
    steps.done("reference tools");
    shell.run("cargo test --workspace --doc --locked")?;
    steps.done("examples of the documentation");
    documentation(shell)?;
    steps.done("documentation");
    deny(shell, &mut skipped)?;
    steps.done("dependencies");
    if fuzz::is_possible(shell) {
        fuzz::run(project, shell, fuzz_seconds)?;
        steps.done("fuzz targets");
    } else {
        skipped.note("fuzz targets: libFuzzer needs a C++ compiler, and `c++` is not found");
    }
    println!("all checks passed in {} s", began.elapsed().as_secs());
    for what in &skipped.0 {
        println!("SKIPPED: {what}");
    }
    Ok(())
}

fn unit_and_integration(shell: &Shell) -> Result<()> {
    // A test without its corpus is skipped and prints that; if the checks must be complete, it fails.
    tools::NEXTEST.ensure(shell)?;
    // Three threads for each core, of which a test takes two or three: see `.config/nextest.toml`.
    let threads = 3 * std::thread::available_parallelism()?.get();
    let run = format!("run --workspace --locked --no-fail-fast --profile xtask --test-threads {threads}");
    tools::NEXTEST.run(shell, &run)
}

fn documentation(shell: &Shell) -> Result<()> {
    println!("$ cargo doc --workspace --no-deps --locked (warnings denied)");
    let status = shell
        .command("cargo")
        .args(["doc", "--quiet", "--workspace", "--no-deps", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .status()?;
    if status.success() { Ok(()) } else { bail!("cargo doc ended with {status}") }
}

/// Licences, bans and sources always; advisories if their database can be fetched.
fn deny(shell: &Shell, skipped: &mut Skipped) -> Result<()> {
    if let Err(error) = tools::DENY.ensure(shell) {
        skipped.note(format!("cargo deny: not found, and installing it failed ({error:#})"));
        return Ok(());
    }
    tools::DENY.run(shell, "--all-features check bans licenses sources")?;
    if tools::DENY.run(shell, "--all-features check advisories").is_err() {
        let fetched = tools::DENY.run(shell, "--all-features fetch db").is_ok();
        if fetched {
            bail!("dependencies have security advisories: see above");
        }
        skipped.note("cargo deny check advisories: cannot fetch the database");
    }
    Ok(())
}
