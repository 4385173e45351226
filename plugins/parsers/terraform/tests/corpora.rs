//! Real configurations, if the shared folder with public projects exists.

#![cfg(test)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palisade_sdk::parser::{Environment, Status};
use palisade_sdk::tape::Kind;
use palisade_sdk::testing::MemoryTree;

#[test]
fn corpora() {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"), PathBuf::from);
    let root = shared.join("corpora/terraform");
    let tree = MemoryTree::from_folder(&root, |_| true);
    if tree.paths().is_empty() {
        println!("skipped: nothing at {}", root.display());
        return;
    }
    let start = Instant::now();
    let works = common::works(&tree);
    let mut statuses: BTreeMap<String, (Status, String)> = BTreeMap::new();
    let (mut resources, mut leaves, mut unknown) = (0, 0usize, 0usize);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut remarks: BTreeMap<String, usize> = BTreeMap::new();
    let mut needs = 0;
    for work in &works {
        let parsed = common::parse(&tree, work, &[], &Environment::default());
        for it in &parsed.coverage {
            let known = statuses.entry(it.path.clone()).or_insert((it.status, it.reason.clone()));
            if it.status > known.0 {
                *known = (it.status, it.reason.clone());
            }
        }
        needs += parsed.needs.len();
        resources += parsed.batch.resources.len();
        for it in &parsed.diagnostics {
            let line = it.span.map_or(0, |span| span.line);
            *remarks.entry(format!("{} {}", it.code, it.message)).or_default() += 1;
            if std::env::var_os("PALISADE_REMARKS").is_some() {
                println!("{}:{line}: {}", it.path, it.message);
            }
        }
        for kind in &parsed.batch.nodes.kinds {
            if *kind != Kind::Mapping as u8 && *kind != Kind::Sequence as u8 && *kind != Kind::Null as u8 {
                leaves += 1;
            }
            unknown += usize::from(*kind == Kind::Unknown as u8);
        }
        for it in &parsed.batch.unknowns {
            *reasons.entry(parsed.batch.text(it.reason).to_owned()).or_default() += 1;
        }
    }
    let took = start.elapsed();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, (status, reason)) in &statuses {
        let name = match status {
            Status::Scanned => "scanned",
            Status::Partial => "partial",
            Status::Unsupported => "unsupported",
            Status::Ignored => "ignored",
            Status::Failed => "failed",
        };
        *counts.entry(name).or_default() += 1;
        if *status == Status::Failed || *status == Status::Partial {
            println!("{name} {path}: {reason}");
        }
    }
    println!("{} units, {counts:?}, {resources} resources, {needs} needs", works.len());
    let share = 100 * unknown / leaves;
    println!("{leaves} values, {unknown} unknown ({share} %), {took:?}");
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (reason, count) in reasons.iter().take(25) {
        println!("{count:>6} {reason}");
    }
    let mut remarks: Vec<_> = remarks.into_iter().collect();
    remarks.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (remark, count) in remarks.iter().take(40) {
        println!("{count:>6} {remark}");
    }
    assert_eq!(counts.get("failed"), None, "a file that does not parse has to be explained here");
    assert!(resources > 0 && took < Duration::from_mins(1));
}
