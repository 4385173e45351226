//! Which files are looked at, and which of them are no whole manifests.

use std::collections::BTreeSet;

use palisade_sdk::Kind;
use palisade_sdk::parser::{EntryKind, Tree as Files, Unit};
use palisade_sdk::tape::{Batch, Builder};
use palisade_yaml::{Lines, Reader, Tree, resolve};

use crate::shapes::child;
use crate::{KUBERNETES, KUSTOMIZE_PATCH};

/// Every candidate is a unit of its own. Nothing is read but what Kustomize needs to name its patches.
pub(crate) fn claim(files: &dyn Files, candidates: &[String]) -> Vec<Unit> {
    let mut patches = BTreeSet::new();
    for path in candidates.iter().filter(|path| is_kustomization(path)) {
        if let Ok(text) = files.read_text(path) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            patches.extend(patches_of(&text).iter().filter_map(|patch| join(folder, patch)));
        }
    }
    (0u32..)
        .zip(candidates)
        .map(|(index, path)| Unit {
            root: path.clone(),
            format: if patches.contains(path) { KUSTOMIZE_PATCH } else { KUBERNETES },
            owned: Vec::new(),
            shared: vec![index],
            environments: Vec::new(),
        })
        .collect()
}

/// Whether Kustomize would take a file of that name for an overlay.
pub(crate) fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// Whether a file stands in the `templates` folder of a chart.
pub(crate) fn is_chart_template(files: &dyn Files, path: &str) -> bool {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let mut from = 0;
    for slash in slashes {
        let folder = path.get(from..slash).unwrap_or("");
        if folder == "templates" {
            let chart = format!("{}Chart.yaml", path.get(..from).unwrap_or(""));
            if files.stat(&chart).is_some_and(|entry| entry.kind == EntryKind::File) {
                return true;
            }
        }
        from = slash + 1;
    }
    false
}

/// The files that a kustomization applies as patches, as it writes them.
fn patches_of(text: &str) -> Vec<String> {
    let mut out = Builder::new();
    let mut lines = Lines::new(text);
    let document = out.document("", "");
    let mut tree = Tree::new(&mut out, &mut lines, document, false);
    let mut reader = Reader::new(text, 0, text.is_ascii());
    let Ok(true) = reader.document(&mut tree) else { return Vec::new() };
    let Some(root) = tree.end() else { return Vec::new() };
    let mut found = Vec::new();
    for field in ["patches", "patchesStrategicMerge", "patchesJson6902"] {
        let Some((list, _)) = child(&out, root, field) else { continue };
        let batch = out.batch();
        if batch.nodes.kind(list) != Kind::Sequence {
            continue;
        }
        let (mut at, end) = (list + 1, batch.nodes.next(list));
        while at < end {
            let node = resolve(&out, at);
            let path = match batch.nodes.kind(node) {
                Kind::Text => Some(node),
                _ => child(&out, node, "path").map(|(node, _)| node),
            };
            // A strategic merge patch may also stand in the list itself: a text of several lines.
            found.extend(path.map(|node| scalar(batch, node)).filter(|path| !path.contains('\n')));
            at = batch.nodes.next(at);
        }
    }
    found
}

fn scalar(batch: &Batch, node: u32) -> String {
    match batch.nodes.kind(node) {
        Kind::Text => batch.text(batch.nodes.values.get(node as usize).copied().unwrap_or(0)).to_owned(),
        _ => String::new(),
    }
}

/// A path relative to a folder, from the root of the tree; nothing where it leads out of it.
fn join(folder: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn joins() {
        for (folder, path, expected) in [
            ("a/b", "c.yaml", Some("a/b/c.yaml")),
            ("a/b", "../c.yaml", Some("a/c.yaml")),
            ("", "./c.yaml", Some("c.yaml")),
            ("a", "../../c.yaml", None),
            ("a", "/c.yaml", None),
        ] {
            assert_eq!(join(folder, path).as_deref(), expected);
        }
    }
}
