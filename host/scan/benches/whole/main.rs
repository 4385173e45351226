//! Throughput of a whole scan, and the overhead of the sandbox: `cargo bench -p palisade-scan --bench whole
//! [-- [--quick] FOLDER…]`. `cargo xtask bench` calls it, and adds what only the whole program can show.
//!
//! Trees of Terraform and of Kubernetes are generated; folders are measured as they are. `native` and `sandboxed` do
//! the same work on one thread: every unit is claimed, parsed, and judged by every control, once with parsers and packs
//! as libraries and once with the same as guests. `scan` is a whole scan, including the work of the host, findings and
//! digest, on one thread and on two. Each measurement runs in its own process, so that its peak of memory is its own.
//! If the counts differ, no figure is printed, since the work was not the same.
//!
//! `change RESOURCES` measures changes of one file, with a cache, in a long-running process.
//!
//! `generate FOLDER terraform|kubernetes RESOURCES` only writes a tree.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod change;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/folders.rs"]
mod folders;
mod measure;
mod native;
mod sandboxed;
mod trees;
mod work;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palisade_scan::Event;

use crate::common::Failure;
use crate::folders::{files, generate, peak_mib};
use crate::measure::{Counts, Measured};
use crate::native::Native;
use crate::sandboxed::Sandboxed;

/// Resources of one Terraform configuration.
const EACH: usize = 1_000;

fn native(top: &Path) -> Result<Measured, Failure> {
    let (counts, took) = work::run(&Native, top)?;
    Ok(Measured { counts, took, in_calls: Duration::ZERO, peak_mib: peak_mib() })
}

fn sandboxed(top: &Path) -> Result<Measured, Failure> {
    let plugins = Sandboxed::new()?;
    let (counts, took) = work::run(&plugins, top)?;
    Ok(Measured { counts, took, in_calls: plugins.in_calls(), peak_mib: peak_mib() })
}

fn scan(top: &Path, jobs: usize) -> Result<Measured, Failure> {
    let catalog = common::catalog()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(jobs).enable_all().build()?;
    let in_calls = Arc::new(AtomicU64::new(0));
    let mut request = common::request(top, jobs)?;
    let sum = Arc::clone(&in_calls);
    request.observer = Arc::new(move |event| {
        if let Event::Called { usage, .. } = event {
            let micros = u64::try_from(usage.cpu.as_micros()).unwrap_or(0);
            sum.fetch_add(micros, Ordering::Relaxed);
        }
    });
    let began = Instant::now();
    let report = runtime.block_on(palisade_scan::scan(&catalog, &request))?;
    let took = began.elapsed();
    if let Some(error) = report.plugin_errors.first() {
        return Err(format!("{error:?}").into());
    }
    // The report is written too, since a scan needs memory for it.
    palisade_report::write_json(&report, &mut std::io::sink())?;
    let found = &report.summary.outcomes;
    let counts = Counts {
        resources: report.summary.resources,
        // Suppressions are decided by the host.
        failed: found.failed + found.suppressed,
        passed: found.passed,
        unknown: found.unknown,
    };
    let in_calls = Duration::from_micros(in_calls.load(Ordering::Relaxed));
    Ok(Measured { counts, took, in_calls, peak_mib: peak_mib() })
}

/// The fastest of some runs, each in its own process: a disturbance only makes a run slower.
fn best(how: &str, top: &Path, runs: usize) -> Result<Measured, Failure> {
    let mut best: Option<Measured> = None;
    for _ in 0..runs {
        let output = Command::new(std::env::current_exe()?).args(how.split(' ')).arg(top).output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{how} {}: {why}", top.display()).into());
        }
        let text = String::from_utf8(output.stdout)?;
        let measured = Measured::of(&text).ok_or("a measurement was not told")?;
        best = Some(best.filter(|it| it.took <= measured.took).unwrap_or(measured));
    }
    best.ok_or_else(|| "no run".into())
}

#[expect(clippy::cast_precision_loss, reason = "figures for a reader")]
fn print(name: &str, how: &str, bytes: u64, it: &Measured) {
    let seconds = it.took.as_secs_f64();
    println!(
        "{name:<22} {how:<12} {:>8} {:>9.3} {:>11.0} {:>8.2} {:>9} {:>9.3}",
        it.counts.resources,
        seconds,
        it.counts.resources as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        it.peak_mib,
        it.in_calls.as_secs_f64()
    );
}

/// Results for a tree.
struct Shown {
    /// Time of a whole scan divided by its time with native plugins. The host's own time is that of the scan without
    /// the time that plugins spend in the sandbox.
    whole: f64,
    /// Time of the plugins in the sandbox, with the overhead of each call, divided by their native time.
    plugins: f64,
    /// A whole scan on two threads.
    two: Measured,
}

/// Measures a tree in all ways.
fn measure(name: &str, top: &Path, bytes: u64, runs: usize) -> Result<Shown, Failure> {
    let mut all = Vec::new();
    for how in ["native", "sandboxed", "scan 1", "scan 2"] {
        let measured = best(how, top, runs)?;
        print(name, how, bytes, &measured);
        all.push(measured);
    }
    let [native, sandboxed, one, two] = all[..] else { return Err("not everything was measured".into()) };
    if let Some(other) = all.iter().find(|it| it.counts != native.counts) {
        return Err(format!("{name}: not the same work: {:?}, {:?}", native.counts, other.counts).into());
    }
    let [native, sandboxed, one] = [native, sandboxed, one].map(|it| it.took.as_secs_f64());
    let host = (one - sandboxed).max(0.0);
    Ok(Shown { whole: one / (host + native), plugins: sandboxed / native, two })
}

fn sizes(quick: bool) -> &'static [usize] {
    if quick { &[1_000, 10_000] } else { &[1_000, 10_000, 100_000] }
}

fn all(quick: bool, folders: &[&String]) -> Result<(), Failure> {
    println!(
        "{:<22} {:<12} {:>8} {:>9} {:>11} {:>8} {:>9} {:>9}",
        "tree", "how", "resource", "seconds", "resource/s", "MB/s", "peak MiB", "in calls"
    );
    let mut figures = Vec::new();
    for size in sizes(quick) {
        let runs = match (quick, *size) {
            (true, _) => 3,
            (false, 100_000) => 1,
            (false, _) => 5,
        };
        let top = tempfile::tempdir()?;
        let bytes = generate(top.path(), *size, EACH)?;
        let shown = measure(&format!("terraform {size}"), top.path(), bytes, runs)?;
        if *size == 10_000 {
            figures.push(("sandbox_over_native".to_owned(), format!("{:.3}", shown.whole)));
            figures.push(("plugins_over_native".to_owned(), format!("{:.3}", shown.plugins)));
        }
        if *size == 100_000 {
            figures.push(("peak_mib_100000".to_owned(), shown.two.peak_mib.to_string()));
        }
        let top = tempfile::tempdir()?;
        let bytes = trees::kubernetes(top.path(), *size)?;
        let shown = measure(&format!("kubernetes {size}"), top.path(), bytes, runs)?;
        if *size == 10_000 {
            figures.push(("sandbox_over_native_kubernetes".to_owned(), format!("{:.3}", shown.whole)));
            figures.push(("plugins_over_native_kubernetes".to_owned(), format!("{:.3}", shown.plugins)));
        }
    }
    for folder in folders {
        let top = Path::new(folder);
        let mut paths = Vec::new();
        files(top, top, &mut paths)?;
        let bytes = paths.iter().map(|it| fs::metadata(top.join(it)).map_or(0, |it| it.len())).sum();
        let name = top.file_name().unwrap_or_default().to_string_lossy();
        // Real trees have what the traits do not cover: remote modules, comments that suppress a violation.
        match measure(&name, top, bytes, 3) {
            Ok(it) => figures.push((format!("sandbox_over_native_{name}"), format!("{:.3}", it.whole))),
            Err(error) => println!("no figure: {error}"),
        }
    }
    for (name, figure) in figures {
        println!("{name}: {figure}");
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    // Cargo adds `--bench` to the arguments.
    let given: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["native", top] => println!("{}", native(Path::new(top))?.line()),
        ["sandboxed", top] => println!("{}", sandboxed(Path::new(top))?.line()),
        ["scan", jobs, top] => println!("{}", scan(Path::new(top), jobs.parse()?)?.line()),
        ["change", resources] => change::measure(resources.parse()?)?,
        ["generate", top, "terraform", resources] => {
            println!("{} bytes", generate(Path::new(top), resources.parse()?, EACH)?);
        }
        ["generate", top, "kubernetes", resources] => {
            println!("{} bytes", trees::kubernetes(Path::new(top), resources.parse()?)?);
        }
        words => {
            let folders: Vec<&String> = given.iter().filter(|it| !it.starts_with('-')).collect();
            all(words.contains(&"--quick"), &folders)?;
        }
    }
    Ok(())
}
