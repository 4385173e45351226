//! The same work without a sandbox: the parsers and packs as Rust libraries, called through the traits of the SDK.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use globset::{Glob, GlobSetBuilder};
use palisade_parser_kubernetes::Kubernetes;
use palisade_parser_terraform::Terraform;
use palisade_scan::{Inventory, RepositoryConfig};
use palisade_sdk::control::{Control, Scope};
use palisade_sdk::pack::{Pack, Request};
use palisade_sdk::parser::{Environment, Parser, Work};
use palisade_sdk::rule::Found;
use palisade_sdk::tape::{Batch, Builder};
use palisade_source::{FolderSnapshot, Limits, TreePath};

use crate::common::{Failure, Folder};
use crate::measure::Counts;

/// In the order of their plugins' names.
const PACKS: [&Pack; 4] = [
    &palisade_policies_aws::PACK,
    &palisade_policies_azure::PACK,
    &palisade_policies_gcp::PACK,
    &palisade_policies_kubernetes::PACK,
];

/// What every parser claims. A file that one of them owns is left to it.
fn claim(tree: &Folder, files: &[String]) -> Result<Vec<(&'static dyn Parser, Work)>, Failure> {
    let parsers: [&'static dyn Parser; 2] = [&Kubernetes, &Terraform];
    let mut said = Vec::new();
    for parser in parsers {
        let formats = parser.describe();
        let mut globs = GlobSetBuilder::new();
        for pattern in formats.iter().flat_map(|it| &it.globs) {
            globs.add(Glob::new(pattern)?);
        }
        let globs = globs.build()?;
        let candidates: Vec<String> = files.iter().filter(|it| globs.is_match(it)).cloned().collect();
        if candidates.is_empty() {
            continue;
        }
        for unit in parser.claim(tree, &candidates).map_err(|error| format!("{error:?}"))? {
            let paths = |rows: &[u32]| -> Vec<String> {
                rows.iter().filter_map(|row| candidates.get(*row as usize).cloned()).collect()
            };
            let format = formats.get(unit.format as usize).map_or(String::new(), |it| it.id.clone());
            said.push((parser, unit.root.clone(), format, paths(&unit.owned), paths(&unit.shared)));
        }
    }
    let owned: BTreeSet<String> = said.iter().flat_map(|(.., owned, _)| owned).cloned().collect();
    let mut works = Vec::new();
    for (parser, root, format, mut files, shared) in said {
        files.extend(shared.into_iter().filter(|it| !owned.contains(it)));
        files.sort();
        if !files.is_empty() {
            works.push((parser, Work { root, format, files }));
        }
    }
    Ok(works)
}

fn enabled(pack: &Pack, scope: Scope) -> Vec<u32> {
    (0u32..).zip(pack.controls).filter(|(_, it)| it.scope == scope).map(|(index, _)| index).collect()
}

fn controls<'a>(pack: &'a Pack, enabled: &'a [u32]) -> impl Iterator<Item = &'static Control> + use<'a> {
    enabled.iter().filter_map(|index| pack.controls.get(*index as usize).copied())
}

/// Judges a batch with some controls of a pack, as the host would ask it to.
fn ask(pack: &Pack, enabled: &[u32], request: &mut Request, counts: &mut Counts) {
    let subject = |row: &u32| {
        let resource = request.batch.resource(*row);
        resource.is_some_and(|it| controls(pack, enabled).any(|control| control.start(it).is_some()))
    };
    let subjects: Vec<u32> =
        (0u32..).zip(&request.batch.resources).map(|(row, _)| row).filter(subject).collect();
    if subjects.is_empty() {
        return;
    }
    request.subjects = subjects;
    request.enabled = enabled.to_vec();
    request.parameters = pack
        .controls
        .iter()
        .flat_map(|it| {
            it.parameters.iter().map(|of| (format!("{}.{}", it.id, of.name), of.default.to_owned()))
        })
        .collect();
    let judgement = pack.judge(request);
    counts.passed += judgement.passed.iter().map(|count| u64::from(*count)).sum::<u64>();
    for outcome in &judgement.outcomes {
        match outcome.kind {
            Found::Failed => counts.failed += 1,
            Found::Unknown => counts.unknown += 1,
        }
    }
}

fn all_of(batch: Batch) -> Request {
    Request {
        batch,
        subjects: Vec::new(),
        enabled: Vec::new(),
        parameters: Vec::new(),
        environment: String::new(),
        list_passed: false,
    }
}

/// The rows that the controls which see the whole tree want.
fn for_the_tree(batch: &Batch) -> BTreeSet<u32> {
    let wanted = |row: &u32| {
        let Some(resource) = batch.resource(*row) else { return false };
        PACKS.iter().any(|pack| {
            controls(pack, &enabled(pack, Scope::Tree))
                .any(|it| it.start(resource).is_some() || it.related.contains(&resource.kind()))
        })
    };
    (0u32..).zip(&batch.resources).map(|(row, _)| row).filter(wanted).collect()
}

/// One run over a folder.
pub(crate) fn native(top: &Path) -> Result<(Counts, Duration), Failure> {
    let began = Instant::now();
    let snapshot = FolderSnapshot::open(top, Limits::default())?;
    let inventory = Inventory::take(&snapshot, &TreePath::parse("")?, &RepositoryConfig::default())?;
    let tree = Folder(top.to_owned());
    let mut counts = Counts::default();
    let mut whole = Builder::new();
    let has_tree_wide = PACKS.iter().any(|pack| !enabled(pack, Scope::Tree).is_empty());
    for (parser, work) in claim(&tree, &inventory.files)? {
        let parsed = parser
            .parse(&tree, &work, &[], &Environment::default())
            .map_err(|error| format!("{}: {error:?}", work.root))?;
        counts.resources += parsed.batch.resources.len() as u64;
        let mut request = all_of(parsed.batch);
        for pack in PACKS {
            ask(pack, &enabled(pack, Scope::Component), &mut request, &mut counts);
        }
        if has_tree_wide {
            whole.append(&request.batch, &for_the_tree(&request.batch));
        }
    }
    let mut request = all_of(whole.finish());
    for pack in PACKS {
        ask(pack, &enabled(pack, Scope::Tree), &mut request, &mut counts);
    }
    Ok((counts, began.elapsed()))
}
