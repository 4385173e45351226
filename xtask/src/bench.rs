//! `cargo xtask bench`: the time of a whole scan, the cost of the sandbox, and the cost of a change.
//!
//! The bench target `whole` of `palisade-scan` measures inside of a process; here the release build is measured from
//! outside. Every printed figure was measured in this run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell::{Project, Shell, finish};
use crate::{plugins, setup};

/// The programs that are measured: `palisade`, and the bench target that measures from inside.
struct Built {
    program: PathBuf,
    whole: PathBuf,
}

impl Built {
    /// Builds both at once: separate builds would need other features of their dependencies, and compile them twice.
    fn new(project: &Project, shell: &Shell) -> Result<Built> {
        let line =
            "cargo build --release --locked --workspace --bin palisade --bin service-bench --bench whole";
        println!("$ {line}");
        let mut words = line.split(' ');
        let mut cargo = shell.command(words.next().unwrap_or_default());
        let output = cargo
            .args(words)
            .args(["--message-format", "json-render-diagnostics"])
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            bail!("`{line}` ended with {}", output.status);
        }
        // A line of JSON for each artefact; the path of an executable is the last one in it.
        let messages = String::from_utf8(output.stdout)?;
        let whole = messages
            .lines()
            .filter(|line| line.contains("\"kind\":[\"bench\"]") && line.contains("\"name\":\"whole\""))
            .find_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next())
            .context("cargo did not print the path of the bench target")?;
        Ok(Built { program: project.target.join("release/palisade"), whole: PathBuf::from(whole) })
    }
}

/// A folder with a tree, and another one for the files that the program keeps.
struct Place<'a> {
    shell: &'a Shell,
    built: &'a Built,
    folder: tempfile::TempDir,
}

impl<'a> Place<'a> {
    fn new(shell: &'a Shell, built: &'a Built) -> Result<Place<'a>> {
        Ok(Place { shell, built, folder: tempfile::tempdir()? })
    }

    fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    fn generate(&self, format: &str, resources: usize) -> Result<()> {
        let mut command = self.shell.command(&self.built.whole);
        command.arg("generate").arg(self.tree()).args([format, &resources.to_string()]);
        let output = command.output()?;
        if output.status.success() {
            return Ok(());
        }
        bail!("generating a tree ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr))
    }

    /// One scan in a process of its own, from its start to its end.
    fn scan(&self, options: &[&str]) -> Result<Duration> {
        let home = self.folder.path().join("home");
        scan(self.shell, self.built, &self.tree(), Some(&home), options)
    }

    /// The median of several scans.
    fn median(&self, runs: usize, options: &[&str]) -> Result<Duration> {
        median_of(runs, || self.scan(options))
    }
}

fn scan(
    shell: &Shell,
    built: &Built,
    tree: &Path,
    home: Option<&Path>,
    options: &[&str],
) -> Result<Duration> {
    let mut command = shell.command(&built.program);
    command.args(["scan", "--format", "json", "--fail-on", "none"]).args(options).arg(tree);
    if let Some(home) = home {
        command.env("PALISADE_HOME", home);
    }
    let began = Instant::now();
    let output = command.stdout(Stdio::null()).output()?;
    let took = began.elapsed();
    // Real trees have files that cannot be read, which is status 3.
    if matches!(output.status.code(), Some(0 | 3)) {
        return Ok(took);
    }
    bail!("the scan ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}

fn median_of(runs: usize, run: impl Fn() -> Result<Duration>) -> Result<Duration> {
    let mut times = (0..runs).map(|_| run()).collect::<Result<Vec<_>>>()?;
    times.sort_unstable();
    times.get(runs / 2).copied().context("no run")
}

/// The options of a scan without a cache.
const WITHOUT: &[&str] = &["--no-cache"];

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Five files, like a first small tree.
fn cold_start(shell: &Shell, built: &Built, runs: usize) -> Result<f64> {
    let place = Place::new(shell, built)?;
    fs::create_dir_all(place.tree())?;
    for number in 0..3 {
        let text =
            format!("resource \"aws_s3_bucket\" \"data{number}\" {{\n  bucket = \"data{number}\"\n}}\n");
        fs::write(place.tree().join(format!("bucket{number}.tf")), text)?;
    }
    for number in 0..2 {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: pod{number}, namespace: shop}}\nspec:\n  containers:\n    \
             - {{name: app, image: \"nginx:1\"}}\n"
        );
        fs::write(place.tree().join(format!("pod{number}.yaml")), text)?;
    }
    Ok(ms(place.median(runs, &[])?))
}

/// One file of a large tree changes; the cache has the results of the tree before.
fn one_change(place: &Place<'_>, file: &str, word: &str, runs: usize) -> Result<(f64, f64)> {
    let full = ms(place.median(runs, WITHOUT)?);
    let kept = place.folder.path().join("kept");
    let kept = ["--cache-dir", kept.to_str().context("a folder that is not UTF-8")?];
    place.scan(&kept)?;
    let file = place.tree().join(file);
    let before = fs::read_to_string(&file)?;
    let mut times = Vec::new();
    for run in 0..runs {
        fs::write(&file, before.replace(word, &format!("{word}x{run}")))?;
        times.push(place.scan(&kept)?);
    }
    fs::write(&file, before)?;
    times.sort_unstable();
    let changed = times.get(runs / 2).copied().context("no run")?;
    Ok((full, ms(changed)))
}

/// The same change, compared with the commit before it.
fn compared(
    shell: &Shell,
    place: &Place<'_>,
    file: &str,
    (from, to): (&str, &str),
    runs: usize,
) -> Result<f64> {
    let git = |words: &[&str]| {
        let mut command = shell.command("git");
        let identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"];
        finish(command.arg("-C").arg(place.tree()).args(identity).args(words))
    };
    git(&["init", "--quiet"])?;
    git(&["add", "--all"])?;
    git(&["commit", "--quiet", "--message", "base"])?;
    let kept = place.folder.path().join("kept-changes");
    let options = ["--base", "HEAD", "--cache-dir", kept.to_str().context("a folder that is not UTF-8")?];
    let file = place.tree().join(file);
    let before = fs::read_to_string(&file)?;
    let change = |run: usize| fs::write(&file, before.replace(from, &format!("{to}{run}")));
    change(0)?;
    place.scan(&options)?;
    let mut times = Vec::new();
    for run in 1..=runs {
        change(run)?;
        times.push(place.scan(&options)?);
    }
    fs::write(&file, before)?;
    times.sort_unstable();
    Ok(ms(times.get(runs / 2).copied().context("no run")?))
}

/// Real trees, if this machine has any.
fn corpora(project: &Project) -> Vec<PathBuf> {
    let shared =
        std::env::var_os("PALISADE_SHARED").map_or_else(|| project.top.join("../shared"), PathBuf::from);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(shared.join("corpora")).into_iter().flatten().flatten().map(|it| it.path()).collect();
    folders.retain(|it| it.is_dir());
    folders.sort();
    // The last one is all of them at once.
    if !folders.is_empty() {
        folders.push(shared.join("corpora"));
    }
    folders
}

/// Checkov, if it is installed: the program that `CHECKOV` names, or the one in `PATH`.
fn checkov(shell: &Shell) -> Option<String> {
    let program = std::env::var("CHECKOV").unwrap_or_else(|_| "checkov".to_owned());
    let mut command = shell.command(&program);
    let asked = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success()).then_some(program)
}

/// Scans the same trees with Palisade and with Checkov, one after the other. Checkov gets the formats of each tree and
/// nothing to download, and both write their findings as JSON.
fn beside_checkov(shell: &Shell, built: &Built, trees: &[(String, PathBuf)]) -> Result<()> {
    let Some(program) = checkov(shell) else {
        println!("Checkov is not measured: `checkov` not found, set CHECKOV=PATH");
        return Ok(());
    };
    for (framework, tree) in trees {
        let ours = median_of(5, || scan(shell, built, tree, None, WITHOUT))?;
        let began = Instant::now();
        let mut command = shell.command(&program);
        let output = command
            .args(["--directory"])
            .arg(tree)
            .args(["--framework", framework, "--output", "json", "--compact", "--quiet", "--soft-fail"])
            .args(["--skip-download", "--download-external-modules", "false"])
            .stdin(Stdio::null())
            .output()?;
        let theirs = began.elapsed();
        if !output.status.success() || output.stdout.is_empty() {
            bail!("checkov ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        let name = tree.file_name().unwrap_or_default().to_string_lossy();
        println!("palisade_ms_{name}: {:.1}", ms(ours));
        println!("checkov_ms_{name}: {:.1}", ms(theirs));
        println!("checkov_over_palisade_{name}: {:.1}", ms(theirs) / ms(ours));
    }
    Ok(())
}

/// Measures everything; `quick` uses smaller trees and fewer runs.
pub(crate) fn bench(project: &Project, shell: &Shell, quick: bool) -> Result<()> {
    let builder = setup::guest_builder(shell)?;
    plugins::built_in(project, shell, builder)?;
    let built = Built::new(project, shell)?;
    let mut whole = shell.command(&built.whole);
    if quick {
        whole.arg("--quick");
    } else {
        whole.args(corpora(project));
    }
    let status = whole.status()?;
    if !status.success() {
        bail!("the measurements ended with {status}");
    }

    let (cold, runs) = if quick { (20, 3) } else { (50, 5) };
    println!("cold_start_ms: {:.1}", cold_start(shell, &built, cold)?);
    let place = Place::new(shell, &built)?;
    place.generate("terraform", 10_000)?;
    let (full, changed) = one_change(&place, "stacks/s3/main.tf", "s3c0", runs)?;
    let manifests = Place::new(shell, &built)?;
    manifests.generate("kubernetes", 10_000)?;
    let (full_k8s, changed_k8s) = one_change(&manifests, "deploy/shop3/web310.yaml", "web310", runs)?;
    let change = ("privileged: false", "privileged: true # ");
    let base_k8s = compared(shell, &manifests, "deploy/shop3/web310.yaml", change, runs)?;
    println!("change_with_base_kubernetes_ms: {base_k8s:.1}");
    println!("change_with_base_over_full_kubernetes: {:.3}", base_k8s / full_k8s);
    let status = shell.command(&built.whole).args(["change", "10000"]).status()?;
    if !status.success() {
        bail!("the measurement of changes ended with {status}");
    }
    println!("one_file_change_ms: {changed:.1}");
    println!("one_file_change_over_full: {:.3}", changed / full);
    println!("one_file_change_over_full_kubernetes: {:.3}", changed_k8s / full_k8s);
    println!("scan_10000_ms: {full:.1}");
    println!("scan_10000_kubernetes_ms: {full_k8s:.1}");
    if !quick {
        let large = Place::new(shell, &built)?;
        large.generate("terraform", 100_000)?;
        let time = ms(large.median(3, WITHOUT)?);
        println!("scan_100000_ms: {time:.1}");
        println!("scan_100000_over_10000: {:.2}", time / full);
        let trees = corpora(project).into_iter().filter_map(|tree| {
            let name = tree.file_name()?.to_str()?.to_owned();
            matches!(name.as_str(), "terraform" | "kubernetes").then_some((name, tree))
        });
        beside_checkov(shell, &built, &trees.collect::<Vec<_>>())?;
    }
    setup::openssl(shell)?;
    if let Err(error) = setup::postgres(shell) {
        println!("SKIPPED: the service on PostgreSQL: it can be neither found nor installed ({error:#})");
    }
    let status = shell.command(built.program.with_file_name("service-bench")).arg(&built.program).status()?;
    if status.success() { Ok(()) } else { bail!("the measurements of the service ended with {status}") }
}
