//! `cargo xtask fuzz`: every fuzz target for a while, one more at a time than there are cores.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

use crate::shell::{Project, Shell};
use crate::tools;

/// Inputs that a target starts with: cases of tests, or files of its own.
const SEEDS: &[(&str, &str)] = &[
    ("delivery", "fuzz/seeds/delivery"),
    ("kubernetes", "plugins/parsers/kubernetes/tests/cases"),
    ("terraform", "plugins/parsers/terraform/tests/cases"),
    ("terraform_syntax", "plugins/parsers/terraform/tests/cases"),
];

/// Whether fuzz targets can be built here: libFuzzer is compiled from C++.
pub(crate) fn is_possible(shell: &Shell) -> bool {
    shell.has("c++ --version")
}

/// Builds all targets, and runs each for a number of seconds.
///
/// # Errors
/// Names the targets that failed, each with the file of its input.
pub(crate) fn run(project: &Project, shell: &Shell, seconds: u32) -> Result<()> {
    tools::FUZZ.ensure(shell)?;
    // The stable compiler has the flags that libFuzzer needs, if the variable is set. Without the address sanitizer the
    // standard library does not have to be built.
    let shell = shell.with("RUSTC_BOOTSTRAP", "1");
    tools::FUZZ.run(&shell, "build -s none")?;
    let version = String::from_utf8(shell.output("rustc --version --verbose")?.stdout)?;
    let triple =
        version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc prints no host")?;
    let mut targets = Vec::new();
    for entry in fs::read_dir(project.top.join("fuzz/fuzz_targets"))? {
        targets.extend(entry?.path().file_stem().map(|it| it.to_string_lossy().into_owned()));
    }
    targets.sort();
    let waiting = Mutex::new(targets.into_iter());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..=std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(target) = next else { return };
                    match one(project, &shell, triple, &target, seconds) {
                        Ok(runs) => println!("fuzz {target}: {runs} in {seconds} s, no failure"),
                        Err(error) => {
                            println!("fuzz {target}: {error:#}");
                            failures.lock().unwrap_or_else(PoisonError::into_inner).push(target);
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failures.is_empty() { Ok(()) } else { bail!("fuzz targets failed: {}", failures.join(", ")) }
}

/// Runs one target, and returns the number of its runs.
fn one(project: &Project, shell: &Shell, triple: &str, target: &str, seconds: u32) -> Result<String> {
    let folder = |kind: &str| -> Result<PathBuf> {
        let folder = project.top.join("fuzz").join(kind).join(target);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    };
    let program = project.top.join("fuzz/target").join(triple).join("release").join(target);
    let mut command = shell.command(program);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg("-max_len=4096")
        .arg(format!("-artifact_prefix={}/", folder("artifacts")?.display()))
        .arg(folder("corpus")?);
    let seeds = SEEDS.iter().filter(|(name, _)| *name == target).map(|(_, path)| path);
    command.args(seeds.map(|path| project.top.join(path)));
    let output = command.stdin(Stdio::null()).output().context("cannot be started")?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let start = log.len().saturating_sub(4000);
        let end = log.get(start..).unwrap_or(&log);
        bail!("{}: {end}", output.status)
    }
    // The last line is `Done N runs in S second(s)`.
    let runs = log.lines().rev().find_map(|line| line.strip_prefix("Done ")?.split(" in ").next());
    Ok(runs.context("the log has no number of runs")?.to_owned())
}
