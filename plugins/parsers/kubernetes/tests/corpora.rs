//! Real manifests, if the shared folder with public projects exists.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palisade_parser_kubernetes::Kubernetes;
use palisade_sdk::parser::{Environment, Parser, Status, Work};
use palisade_sdk::testing::MemoryTree;

#[test]
fn corpora() {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"), PathBuf::from);
    let wanted = std::env::var("PALISADE_CORPORA").unwrap_or_else(|_| "kubernetes,kustomize".to_owned());
    for corpus in wanted.split(',') {
        let root = shared.join("corpora").join(corpus);
        let wanted =
            |path: &Path| path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json");
        let tree = MemoryTree::from_folder(&root, wanted);
        let candidates = tree.paths();
        if candidates.is_empty() {
            println!("{corpus}: skipped, nothing at {}", root.display());
            continue;
        }
        let formats = Kubernetes.describe();
        let (mut counts, mut resources, mut bytes) = (BTreeMap::new(), 0, 0);
        let (mut took, mut batches) = (Duration::ZERO, 0);
        for unit in Kubernetes.claim(&tree, &candidates).unwrap() {
            let files: Vec<String> =
                unit.shared.iter().map(|row| candidates[*row as usize].clone()).collect();
            let format = formats[unit.format as usize].id.clone();
            let work = Work { root: unit.root, format, files };
            let start = Instant::now();
            let parsed = Kubernetes.parse(&tree, &work, &[], &Environment::default()).unwrap();
            let elapsed = start.elapsed();
            assert_eq!(parsed.batch.validate(), Ok(()), "{}", work.root);
            for covered in &parsed.coverage {
                *counts.entry(format!("{:?}", covered.status)).or_insert(0) += 1;
                if covered.status != Status::Scanned {
                    let line = covered.span.map_or(0, |span| span.line);
                    println!("{corpus}: {:?} {}:{line}: {}", covered.status, covered.path, covered.reason);
                }
                if covered.status == Status::Scanned {
                    bytes += std::fs::metadata(root.join(&covered.path)).unwrap().len();
                    took += elapsed;
                }
            }
            for it in &parsed.diagnostics {
                let line = it.span.map_or(0, |span| span.line);
                println!("{corpus}: {} {}:{line}: {}", it.code, it.path, it.message);
            }
            resources += parsed.batch.resources.len();
            batches += parsed.batch.weight();
        }
        let rate = f64::from(u32::try_from(bytes).unwrap()) / 1e6 / took.as_secs_f64();
        println!(
            "{corpus}: {} files {counts:?}, {resources} resources, {bytes} bytes scanned at {rate:.0} MB/s, {batches} bytes of batches",
            candidates.len()
        );
    }
}
