//! Real files, if the shared folder with public projects exists.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use palisade_parser_documents::Documents;
use palisade_sdk::parser::{Environment, Parser, Status, Work};
use palisade_sdk::testing::MemoryTree;

#[test]
fn corpora() {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"), PathBuf::from);
    let root = shared.join("corpora");
    let tree = MemoryTree::from_folder(&root, |_| true);
    let candidates = tree.paths();
    if candidates.is_empty() {
        println!("SKIPPED: nothing at {}", root.display());
        return;
    }
    let formats = Documents.describe();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut documents, start) = (0, Instant::now());
    for unit in Documents.claim(&tree, &candidates).unwrap() {
        let format = formats[unit.format as usize].id.clone();
        let work = Work { root: unit.root.clone(), format: format.clone(), files: vec![unit.root] };
        let parsed = Documents.parse(&tree, &work, &[], &Environment::default()).unwrap();
        assert_eq!(parsed.batch.validate(), Ok(()), "{}", work.root);
        documents += parsed.batch.resources.len();
        for it in &parsed.coverage {
            *counts.entry(format!("{format} {:?}", it.status)).or_insert(0) += 1;
            if it.status == Status::Failed {
                let line = it.span.map_or(0, |span| span.line);
                println!("{:?} {}:{line}: {}", it.status, it.path, it.reason);
            }
        }
    }
    println!("{} files, {documents} documents in {:?}: {counts:#?}", candidates.len(), start.elapsed());
}
