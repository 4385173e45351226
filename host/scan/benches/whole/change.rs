//! Time to evaluate a change in a long-running process, such as the service: one file of a large tree, compared with
//! its base.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_catalog::Catalog;
use palisade_scan::{Cache, Change, Request};
use palisade_source::{CommitSnapshot, Limits, Snapshot, TreePath};

use crate::common::{self, Failure};

/// Number of measured changes.
const CHANGES: usize = 15;

fn git(top: &Path, words: &[&str]) -> Result<String, Failure> {
    let identity =
        ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").arg("-C").arg(top).args(identity).args(words).output()?;
    if !output.status.success() {
        return Err(format!("git {words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn commit(top: &Path) -> Result<Arc<dyn Snapshot>, Failure> {
    git(top, &["add", "--all"])?;
    git(top, &["commit", "--quiet", "--message", "change"])?;
    Ok(Arc::new(CommitSnapshot::open(top, "HEAD", Limits::default())?))
}

fn request(snapshot: &Arc<dyn Snapshot>, cache: Option<&Arc<Cache>>) -> Request {
    let request = Request::new(Arc::clone(snapshot), TreePath::root(), jiff::civil::date(2026, 1, 1));
    Request { jobs: 2, cache: cache.cloned(), ..request }
}

fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |it| it.as_secs_f64() * 1e3)
}

/// A whole scan of a tree without a cache, and changes of one file of it with a warm one, in milliseconds.
fn times(catalog: &Catalog, top: &Path, file: &Path) -> Result<(f64, f64), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let text = fs::read_to_string(file)?;
    git(top, &["init", "--quiet"])?;
    let base = commit(top)?;
    let (mut whole, mut changes) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let begin = Instant::now();
        runtime.block_on(palisade_scan::scan(catalog, &request(&base, None)))?;
        whole.push(begin.elapsed());
    }
    let kept = tempfile::tempdir()?;
    let cache = Arc::new(Cache::open(kept.path().join("cache"), &[7; 32], Cache::LIMIT));
    runtime.block_on(palisade_scan::scan(catalog, &request(&base, Some(&cache))))?;
    for number in 0..CHANGES {
        fs::write(file, text.replace("privileged: false", &format!("privileged: true # {number}")))?;
        let head = commit(top)?;
        let change = Change::new(Arc::clone(&base), "base");
        let begin = Instant::now();
        let evaluated = runtime.block_on(change.evaluate(catalog, &request(&head, Some(&cache))))?;
        changes.push(begin.elapsed());
        let new = evaluated.report.results.iter().filter(|it| it.new).count();
        if new == 0 || !evaluated.report.complete {
            return Err(format!("the change is not seen: {new} new findings").into());
        }
    }
    Ok((middle(whole), middle(changes)))
}

/// Measures changes of a tree of manifests.
pub(crate) fn measure(resources: usize) -> Result<(), Failure> {
    let catalog = common::catalog()?;
    let top = tempfile::tempdir()?;
    crate::trees::kubernetes(top.path(), resources)?;
    let file = top.path().join("deploy/shop3/web310.yaml");
    let (whole, change) = times(&catalog, top.path(), &file)?;
    println!("warm_scan_{resources}_ms: {whole:.1}");
    println!("warm_change_{resources}_ms: {change:.1}");
    println!("warm_change_over_scan_{resources}: {:.3}", change / whole);
    Ok(())
}
