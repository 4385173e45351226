//! Every check, in the order in which they fail soonest.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::shell::{Project, Shell};
use crate::{guests, plugins, setup};

/// What could not be done here and why.
struct Skipped(Vec<String>);

impl Skipped {
    fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        println!("SKIPPED: {what}");
        self.0.push(what);
    }
}

/// Runs every check.
pub(crate) fn test(project: &Project, shell: &Shell) -> Result<()> {
    let began = Instant::now();
    let mut skipped = Skipped(Vec::new());
    shell.run("cargo fmt --all --check")?;
    setup::openssl(shell)?;
    if let Err(error) = setup::postgres(shell) {
        skipped
            .note(format!("what is shown on PostgreSQL: it can be neither found nor installed ({error:#})"));
    }
    let builder = setup::guest_builder(shell)?;
    plugins::built_in(project, shell, builder)?;
    guests::hostile(project, shell, builder)?;
    plugins::program(project, shell, false)?;
    shell.run("cargo clippy --workspace --all-targets --locked -- -D warnings")?;
    unit_and_integration(shell, &mut skipped)?;
    shell.run("cargo test --workspace --doc --locked")?;
    documentation(shell)?;
    deny(shell, &mut skipped)?;
    println!("all checks passed in {} s", began.elapsed().as_secs());
    for what in &skipped.0 {
        println!("SKIPPED: {what}");
    }
    Ok(())
}

fn unit_and_integration(shell: &Shell, skipped: &mut Skipped) -> Result<()> {
    // A missing corpus is a skipped test, which the test says; where the checks must be complete it fails.
    if shell.has("cargo nextest --version") {
        return shell.run("cargo nextest run --workspace --locked --no-fail-fast");
    }
    skipped.note("cargo-nextest is not installed: the tests run one crate after the other");
    shell.run("cargo test --workspace --lib --bins --tests --locked")
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

/// Licences, bans and sources always; advisories where their database can be had.
fn deny(shell: &Shell, skipped: &mut Skipped) -> Result<()> {
    if !shell.has("cargo deny --version") {
        println!("cargo-deny is not installed; asking cargo for it");
        if shell.run("cargo install --quiet --locked cargo-deny --version 0.20.2").is_err() {
            skipped.note("cargo deny: it can be neither found nor installed");
            return Ok(());
        }
    }
    shell.run("cargo deny --all-features check bans licenses sources")?;
    if shell.run("cargo deny --all-features check advisories").is_err() {
        let fetched = shell.has("cargo deny --all-features fetch db");
        if fetched {
            bail!("there are advisories against what we depend on: see above");
        }
        skipped.note("cargo deny check advisories: the database cannot be had from here");
    }
    Ok(())
}
