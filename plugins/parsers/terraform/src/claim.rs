//! Which folders are root modules, and which files belong to them.

use std::collections::{BTreeMap, BTreeSet};

use palisade_sdk::parser::{Tree, Unit, Variant};

use crate::module::{VALUES, argument, is_automatic, is_configuration, is_tofu, is_values};
use crate::path;
use crate::syntax::{self, Block, ExprKind};
use crate::{PLAN, TERRAFORM, TERRAFORM_ID, TOFU_ID};

/// Groups the candidates. A folder that another one calls as a module is read as part of the caller, with its
/// arguments. It is also a unit of its own if Terraform seems to be run in it.
pub(crate) fn claim(tree: &dyn Tree, candidates: &[String]) -> Vec<Unit> {
    let mut folders = Folders::new();
    let mut values: Vec<(u32, &str)> = Vec::new();
    let mut units = Vec::new();
    for (row, candidate) in (0u32..).zip(candidates) {
        let name = path::name(candidate);
        if is_configuration(name) {
            folders.entry(path::folder(candidate)).or_default().push(row);
        } else if is_values(name) {
            values.push((row, candidate));
        } else {
            units.push(Unit {
                root: candidate.clone(),
                format: PLAN,
                owned: Vec::new(),
                shared: vec![row],
                variants: Vec::new(),
            });
        }
    }
    let reader = Reader { tree, candidates, folders: &folders };
    let calls = reader.calls();
    let roots = roots(&reader, &calls);
    for root in &roots {
        let reached = reached(root, &calls);
        let mut shared: Vec<u32> = reached
            .iter()
            .filter(|folder| *folder != root)
            .filter_map(|folder| folders.get(folder.as_str()))
            .flatten()
            .copied()
            .collect();
        // A file of values belongs to the nearest configuration above it.
        let nearest = |path: &str| roots.iter().filter(|it| inside(path, it)).max_by_key(|it| it.len());
        let values = || values.iter().filter(|(_, path)| nearest(path) == Some(root));
        shared.extend(values().map(|(row, _)| *row));
        let variants = variants(reader.tools(&reached), values().map(|(_, path)| *path), root);
        units.push(Unit {
            root: root.clone(),
            format: TERRAFORM,
            owned: folders.get(root.as_str()).cloned().unwrap_or_default(),
            shared,
            variants,
        });
    }
    units
}

/// The maximum number of files of values with which a root is read in turn.
pub(crate) const MOST_VALUES: usize = 24;

/// The files of values that Terraform does not read automatically, but that a user may pass to a root.
pub(crate) fn optional<'p>(
    values: impl Iterator<Item = &'p str>,
    root: &str,
) -> impl Iterator<Item = &'p str> {
    values.filter(move |path| {
        let name = path::name(path);
        path::folder(path) != root || !(VALUES.contains(&name) || is_automatic(name))
    })
}

/// The ways to read a root: with the rules of each tool, with the defaults and with each optional file of values.
fn variants<'p>(tools: &[&str], values: impl Iterator<Item = &'p str>, root: &str) -> Vec<Variant> {
    let mut given: Vec<Vec<String>> = vec![Vec::new()];
    given.extend(optional(values, root).take(MOST_VALUES).map(|it| vec![it.to_owned()]));
    if tools.len() < 2 && given.len() < 2 {
        return Vec::new();
    }
    let variant = |tool: &str, files: &Vec<String>| Variant { tool: tool.to_owned(), files: files.clone() };
    let tools = if tools.is_empty() { &[""] } else { tools };
    tools.iter().flat_map(|tool| given.iter().map(|files| variant(tool, files))).collect()
}

fn inside(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

type Calls = BTreeMap<String, BTreeSet<String>>;

/// The configuration files of each folder.
type Folders<'c> = BTreeMap<&'c str, Vec<u32>>;

/// Reads configurations for claims.
struct Reader<'a> {
    tree: &'a dyn Tree,
    candidates: &'a [String],
    folders: &'a Folders<'a>,
}

impl Reader<'_> {
    /// The top-level blocks of a folder's files that contain one of these words. A file with a syntax error has none,
    /// so it excludes nothing.
    fn blocks(&self, folder: &str, words: &[&str]) -> Vec<Block> {
        let rows = self.folders.get(folder).into_iter().flatten();
        let paths = rows.filter_map(|row| self.candidates.get(*row as usize));
        let parsed = paths.filter_map(|path| {
            let text = self.tree.read_text(path).ok()?;
            if !words.iter().any(|word| text.contains(word)) {
                return None;
            }
            let json = path.rsplit('.').next() == Some("json");
            if json { syntax::json::parse(&text).ok() } else { syntax::native::parse(&text).ok() }
        });
        parsed.flat_map(|file| file.body.blocks).collect()
    }

    /// The folders that each folder calls.
    fn calls(&self) -> Calls {
        let mut calls = Calls::new();
        for folder in self.folders.keys() {
            let called = self.blocks(folder, &["module"]).into_iter().filter_map(|it| source(folder, &it));
            let called = called.filter(|it| self.folders.contains_key(it.as_str()) && it != folder);
            calls.entry((*folder).to_owned()).or_default().extend(called);
        }
        calls
    }

    /// The tools that read these folders, if that makes a difference: OpenTofu has files of its own.
    fn tools(&self, folders: &BTreeSet<String>) -> &'static [&'static str] {
        let rows = folders.iter().filter_map(|it| self.folders.get(it.as_str())).flatten();
        let mut names = rows.filter_map(|row| self.candidates.get(*row as usize)).map(|it| path::name(it));
        let tofu = names.clone().any(is_tofu);
        if tofu && names.any(|it| !is_tofu(it)) { &[TERRAFORM_ID, TOFU_ID] } else { &[] }
    }

    /// Whether Terraform seems to be run in a folder that another one calls: it has a state, a provider with settings,
    /// values of its own, or locked providers.
    fn is_run(&self, folder: &str) -> bool {
        let beside = |name: &str| path::join(folder, name).is_some_and(|it| self.tree.stat(&it).is_some());
        let values = |name: &str| VALUES.contains(&name) || is_automatic(name);
        if beside(".terraform.lock.hcl")
            || self.candidates.iter().any(|it| path::folder(it) == folder && values(path::name(it)))
        {
            return true;
        }
        self.blocks(folder, &["backend", "cloud", "provider"]).iter().any(|block| match &*block.kind {
            "terraform" => block.body.blocks.iter().any(|it| matches!(&*it.kind, "backend" | "cloud")),
            "provider" => block.body.attributes.iter().any(|it| &*it.name != "alias"),
            _ => false,
        })
    }
}

/// The folder in the tree that a block calls as a module.
fn source(folder: &str, block: &Block) -> Option<String> {
    match argument(&block.body, "source").map(|it| &it.kind) {
        Some(ExprKind::String(source)) if &*block.kind == "module" && path::is_local(source) => {
            path::join(folder, source)
        }
        _ => None,
    }
}

fn reached(from: &str, calls: &Calls) -> BTreeSet<String> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut open = vec![from.to_owned()];
    while let Some(at) = open.pop() {
        for called in calls.get(&at).into_iter().flatten() {
            if seen.insert(called.clone()) {
                open.push(called.clone());
            }
        }
    }
    seen
}

/// Folders that are not called or in which Terraform seems to be run; of folders that only call each other, the first.
fn roots(reader: &Reader<'_>, calls: &Calls) -> BTreeSet<String> {
    let called: BTreeSet<&String> = calls.values().flatten().collect();
    let all = || reader.folders.keys().map(|it| (*it).to_owned());
    let mut roots: BTreeSet<String> = all().filter(|it| !called.contains(it) || reader.is_run(it)).collect();
    let mut seen: BTreeSet<String> = roots.iter().flat_map(|root| reached(root, calls)).collect();
    for folder in all() {
        if !seen.contains(&folder) {
            seen.extend(reached(&folder, calls));
            roots.insert(folder);
        }
    }
    roots
}
