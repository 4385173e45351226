//! The work that is done both natively and in the sandbox: everything is claimed, parsed, and judged by every control.
//! The resources of each call are chosen here, once for both; only [`Plugins`] differs.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use globset::{Glob, GlobSetBuilder};
use palisade_domain::{Format, Unit, Work};
use palisade_parser_kubernetes::Kubernetes;
use palisade_parser_terraform::Terraform;
use palisade_scan::{Arranged, Claim, Inventory, RepositoryConfig, arrange};
use palisade_sdk::control::{Control, Scope};
use palisade_sdk::pack::{Pack, Request};
use palisade_sdk::parser::Parser;
use palisade_sdk::tape::{Batch, Builder};
use palisade_source::{SkipRules, TreePath};

use crate::common::Failure;
use crate::folders::Folder;
use crate::measure::Counts;

/// A parser: the name of its plugin, and the library.
pub(crate) type Reads = (&'static str, &'static (dyn Parser + Sync));
/// A pack: the name of its plugin, and the library.
pub(crate) type Judges = (&'static str, &'static Pack);

const PARSERS: [Reads; 2] = [("kubernetes", &Kubernetes), ("terraform", &Terraform)];

const PACKS: [Judges; 4] = [
    ("aws-controls", &palisade_policies_aws::PACK),
    ("azure-controls", &palisade_policies_azure::PACK),
    ("gcp-controls", &palisade_policies_gcp::PACK),
    ("kubernetes-controls", &palisade_policies_kubernetes::PACK),
];

/// Calls of plugins, native or sandboxed.
pub(crate) trait Plugins {
    fn claim(&self, parser: Reads, tree: &Folder, candidates: &[String]) -> Result<Vec<Unit>, Failure>;
    fn parse(&self, parser: Reads, tree: &Folder, work: &Work) -> Result<Batch, Failure>;
    /// Adds the outcomes to the counts.
    fn judge(&self, pack: Judges, request: &Request, counts: &mut Counts) -> Result<(), Failure>;
}

/// The claims of every parser, arranged as the host does it.
fn claim(
    plugins: &dyn Plugins,
    tree: &Folder,
    inventory: &Inventory,
) -> Result<Vec<Arranged<Reads>>, Failure> {
    let mut claims = Vec::new();
    for parser in PARSERS {
        let format = |it: palisade_sdk::parser::Format| Format {
            id: it.id,
            title: it.title,
            globs: it.globs,
            apart: it.apart,
            documents: it.documents,
            ..Format::default()
        };
        let formats: Vec<Format> = parser.1.describe().into_iter().map(format).collect();
        let mut globs = GlobSetBuilder::new();
        for pattern in formats.iter().flat_map(|it| &it.globs) {
            globs.add(Glob::new(pattern)?);
        }
        let globs = globs.build()?;
        let candidates: Vec<String> =
            inventory.files.iter().filter(|it| globs.is_match(it)).cloned().collect();
        if !candidates.is_empty() {
            let units = plugins.claim(parser, tree, &candidates)?;
            claims.push(Claim { plugin: parser, formats, candidates, units, owns: true, built_in: true });
        }
    }
    Ok(arrange(claims, inventory).given)
}

fn enabled(pack: &Pack, scope: Scope) -> Vec<u32> {
    (0u32..).zip(pack.controls).filter(|(_, it)| it.scope == scope).map(|(index, _)| index).collect()
}

fn controls<'a>(pack: &'a Pack, enabled: &'a [u32]) -> impl Iterator<Item = &'static Control> + use<'a> {
    enabled.iter().filter_map(|index| pack.controls.get(*index as usize).copied())
}

/// Judges a batch with those controls of a pack that need this part of the tree.
fn ask(
    plugins: &dyn Plugins,
    pack: Judges,
    scope: Scope,
    request: &mut Request,
    counts: &mut Counts,
) -> Result<(), Failure> {
    request.enabled = enabled(pack.1, scope);
    let subject = |row: &u32| {
        let resource = request.batch.resource(*row);
        resource.is_some_and(|it| controls(pack.1, &request.enabled).any(|of| of.start(it).is_some()))
    };
    let rows = (0u32..).zip(&request.batch.resources).map(|(row, _)| row);
    request.subjects = rows.filter(subject).collect();
    if request.subjects.is_empty() {
        return Ok(());
    }
    let parameters = pack.1.controls.iter().flat_map(|control| {
        control.parameters.iter().map(|it| (format!("{}.{}", control.id, it.name), it.default.to_owned()))
    });
    request.parameters = parameters.collect();
    plugins.judge(pack, request, counts)
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

/// The rows that controls of the whole tree need.
fn for_the_tree(batch: &Batch) -> BTreeSet<u32> {
    let wanted = |row: &u32| {
        let Some(resource) = batch.resource(*row) else { return false };
        PACKS.iter().any(|(_, pack)| {
            controls(pack, &enabled(pack, Scope::Tree))
                .any(|it| it.start(resource).is_some() || it.related.contains(&resource.kind()))
        })
    };
    (0u32..).zip(&batch.resources).map(|(row, _)| row).filter(wanted).collect()
}

/// One run over a folder.
pub(crate) fn run(plugins: &dyn Plugins, top: &Path) -> Result<(Counts, Duration), Failure> {
    let began = Instant::now();
    let tree = Folder::open(top)?;
    let inventory = Inventory::take(
        tree.0.as_ref(),
        &TreePath::parse("")?,
        &RepositoryConfig::default(),
        &SkipRules::default(),
    )?;
    let mut counts = Counts::default();
    let mut whole = Builder::new();
    let shapes = palisade_shape_tables::shapes()?;
    let has_tree_wide = PACKS.iter().any(|(_, pack)| !enabled(pack, Scope::Tree).is_empty());
    for Arranged { plugin, work, .. } in claim(plugins, &tree, &inventory)? {
        let batch = shapes.apply(plugins.parse(plugin, &tree, &work)?);
        counts.resources += batch.resources.len() as u64;
        let mut request = all_of(batch);
        for pack in PACKS {
            ask(plugins, pack, Scope::Component, &mut request, &mut counts)?;
        }
        if has_tree_wide {
            whole.append(&request.batch, &for_the_tree(&request.batch));
        }
    }
    let mut request = all_of(whole.finish());
    for pack in PACKS {
        ask(plugins, pack, Scope::Tree, &mut request, &mut counts)?;
    }
    Ok((counts, began.elapsed()))
}
