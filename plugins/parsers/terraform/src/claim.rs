//! Which folders are configurations of their own, and which files belong to them.

use std::collections::{BTreeMap, BTreeSet};

use palisade_sdk::parser::{Tree, Unit};

use crate::module::is_configuration;
use crate::path;
use crate::{PLAN, TERRAFORM};

/// Groups the candidates. A folder that another one calls as a module is no unit of its own: it is read where
/// it is called, with what the caller gives it.
pub(crate) fn claim(tree: &dyn Tree, candidates: &[String]) -> Vec<Unit> {
    let mut folders: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut values: Vec<(u32, &str)> = Vec::new();
    let mut units = Vec::new();
    for (row, candidate) in (0u32..).zip(candidates) {
        let name = path::name(candidate);
        if is_configuration(name) {
            folders.entry(path::folder(candidate)).or_default().push(row);
        } else if name.ends_with(".tfvars") || name.ends_with(".tfvars.json") {
            values.push((row, candidate));
        } else {
            units.push(Unit {
                root: candidate.clone(),
                format: PLAN,
                owned: Vec::new(),
                shared: vec![row],
                environments: Vec::new(),
            });
        }
    }
    let calls = calls(tree, candidates, &folders);
    let roots = roots(&folders, &calls);
    for root in &roots {
        let mut shared: Vec<u32> = reached(root, &calls)
            .iter()
            .filter(|folder| *folder != root)
            .filter_map(|folder| folders.get(folder.as_str()))
            .flatten()
            .copied()
            .collect();
        // A file of values belongs to the nearest configuration around it.
        let nearest = |path: &str| roots.iter().filter(|it| inside(path, it)).max_by_key(|it| it.len());
        shared.extend(values.iter().filter(|(_, path)| nearest(path) == Some(root)).map(|(row, _)| *row));
        units.push(Unit {
            root: root.clone(),
            format: TERRAFORM,
            owned: folders.get(root.as_str()).cloned().unwrap_or_default(),
            shared,
            environments: Vec::new(),
        });
    }
    units
}

fn inside(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

type Calls = BTreeMap<String, BTreeSet<String>>;

/// Which folders each folder calls. The text is enough for that: a file that does not parse still says so.
fn calls(tree: &dyn Tree, candidates: &[String], folders: &BTreeMap<&str, Vec<u32>>) -> Calls {
    let mut calls = Calls::new();
    for (folder, rows) in folders {
        let files = rows.iter().filter_map(|row| candidates.get(*row as usize));
        for text in files.filter_map(|path| tree.read_text(path).ok()) {
            let called = sources(&text).filter_map(|source| path::join(folder, source));
            let called = called.filter(|it| folders.contains_key(it.as_str()) && it != folder);
            calls.entry((*folder).to_owned()).or_default().extend(called);
        }
    }
    calls
}

/// The local sources of module calls in a text, native or JSON.
fn sources(text: &str) -> impl Iterator<Item = &str> {
    text.split("source").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('"').unwrap_or(rest).trim_start_matches([' ', '\t']);
        let rest = rest.strip_prefix(['=', ':'])?.trim_start_matches([' ', '\t']);
        let (source, _) = rest.strip_prefix('"')?.split_once('"')?;
        (source.starts_with("./") || source.starts_with("../") || source == "." || source == "..")
            .then_some(source)
    })
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

/// Folders that nobody calls; of those that only call each other, the first.
fn roots(folders: &BTreeMap<&str, Vec<u32>>, calls: &Calls) -> Vec<String> {
    let called: BTreeSet<&String> = calls.values().flatten().collect();
    let mut roots: Vec<String> =
        folders.keys().map(|it| (*it).to_owned()).filter(|it| !called.contains(it)).collect();
    let mut seen: BTreeSet<String> = roots.iter().flat_map(|root| reached(root, calls)).collect();
    for folder in folders.keys() {
        if !seen.contains(*folder) {
            seen.extend(reached(folder, calls));
            roots.push((*folder).to_owned());
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::sources;

    #[test]
    fn local_sources_are_found_in_any_spelling() {
        let text = r#"
            source  = "./modules/a"
            source="../b"
            "source": "./c",
            source = "terraform-aws-modules/vpc/aws"
            source_hash = "./d"
        "#;
        assert_eq!(sources(text).collect::<Vec<_>>(), ["./modules/a", "../b", "./c"]);
    }
}
