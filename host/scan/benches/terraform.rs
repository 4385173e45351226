//! Throughput of the Terraform parser: `cargo bench -p palisade-scan --bench terraform [-- RESOURCES… FOLDER…]`.
//!
//! A tree is generated for each number of resources: modules of 100 resources each, called with `count`, `for_each` and
//! neither, with policies and references between resources. The same parser code runs natively on one thread and in its
//! sandbox on one and on two. `unit` is the same with every resource in one configuration, the worst case for memory. A
//! folder is measured as it is. Prints time, resources and megabytes per second, and the peak of resident memory so
//! far.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod common;
#[path = "common/folders.rs"]
mod folders;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use palisade_catalog::Catalog;
use palisade_parser_terraform::Terraform;
use palisade_sdk::parser::{Environment, Parser, Work};

use crate::common::Failure;
use crate::folders::{Folder, files, generate, peak_mib};

fn native(top: &Path) -> Result<(usize, Duration), Failure> {
    let tree = Folder::open(top)?;
    let mut candidates = Vec::new();
    files(top, top, &mut candidates)?;
    candidates.sort();
    let began = Instant::now();
    let units = Terraform.claim(&tree, &candidates).map_err(|error| format!("{error:?}"))?;
    let mut resources = 0;
    for unit in units {
        let rows = unit.owned.iter().chain(&unit.shared);
        let files = rows.filter_map(|row| candidates.get(*row as usize).cloned()).collect();
        let work = Work { root: unit.root, format: "terraform".to_owned(), files };
        let parsed = Terraform.parse(&tree, &work, &[], &Environment::default());
        resources += parsed.map_err(|error| format!("{error:?}"))?.batch.resources.len();
    }
    Ok((resources, began.elapsed()))
}

fn sandboxed(catalog: &Catalog, top: &Path, jobs: usize) -> Result<(usize, Duration), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(jobs).enable_all().build()?;
    let request = common::request(top, jobs)?;
    let began = Instant::now();
    let tree = runtime.block_on(palisade_scan::parse(catalog, &request))?;
    let took = began.elapsed();
    if let Some(error) = tree.errors.first() {
        return Err(format!("{error:?}").into());
    }
    Ok((tree.batches.iter().map(|(_, it)| it.resources.len()).sum(), took))
}

#[expect(clippy::cast_precision_loss, reason = "figures for a reader")]
fn print(name: &str, bytes: u64, (resources, took): (usize, Duration)) {
    let seconds = took.as_secs_f64();
    println!(
        "{name}: {resources} resources in {seconds:.3} s, {:.0} resources/s, {:.2} MB/s, peak {} MiB",
        resources as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        peak_mib()
    );
}

/// Measures a tree in all ways.
fn measure(catalog: &Catalog, name: &str, top: &Path, bytes: u64) -> Result<(), Failure> {
    for jobs in [1, 2] {
        print(&format!("{name}, sandboxed, {jobs} threads"), bytes, sandboxed(catalog, top, jobs)?);
    }
    print(&format!("{name}, native, 1 thread"), bytes, native(top)?);
    Ok(())
}

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let mut sizes: Vec<usize> = given.iter().filter_map(|it| it.parse().ok()).collect();
    let folders: Vec<&String> = given.iter().filter(|it| it.parse::<usize>().is_err()).collect();
    if given.is_empty() {
        sizes = vec![1_000, 10_000, 100_000];
    }
    let catalog = common::catalog()?;
    for size in sizes {
        for (shape, each) in [("tree", 1_000), ("unit", size)] {
            let top = tempfile::tempdir()?;
            let bytes = generate(top.path(), size, each)?;
            measure(&catalog, &format!("{shape} {size}"), top.path(), bytes)?;
        }
    }
    for folder in folders {
        let top = Path::new(folder);
        let mut paths = Vec::new();
        files(top, top, &mut paths)?;
        let read = |path: &String| fs::metadata(top.join(path)).map_or(0, |it| it.len());
        let bytes =
            paths.iter().filter(|it| [".tf", ".tf.json"].iter().any(|end| it.ends_with(end))).map(read);
        measure(&catalog, folder, top, bytes.sum())?;
    }
    Ok(())
}
