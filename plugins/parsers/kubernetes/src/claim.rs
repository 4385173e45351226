//! Which files are read, and which of them are only patches or templates.

use std::collections::BTreeSet;

use palisade_sdk::Kind;
use palisade_sdk::parser::{Tree as Files, Unit};
use palisade_sdk::tape::{Batch, Builder};
use palisade_text::{Lines, path};
use palisade_yaml::{Reader, Tree, resolve};

use crate::pods::{child, children, template_path};
use crate::{KUBERNETES, KUSTOMIZE_PATCH};

/// Every candidate is a unit of its own. Only kustomizations are read, for the names of their patches.
pub(crate) fn claim(files: &dyn Files, candidates: &[String]) -> Vec<Unit> {
    let mut patches = BTreeSet::new();
    for path in candidates.iter().filter(|path| is_kustomization(path)) {
        if let Ok(text) = files.read_text(path) {
            let named = patches_of(&text);
            let named = named.iter().filter(|patch| !patch.is_empty());
            patches.extend(named.filter_map(|patch| path::join(path::folder(path), patch)));
        }
    }
    (0u32..)
        .zip(candidates)
        .map(|(index, path)| Unit {
            root: path.clone(),
            format: if patches.contains(path) { KUSTOMIZE_PATCH } else { KUBERNETES },
            owned: Vec::new(),
            shared: vec![index],
            variants: Vec::new(),
        })
        .collect()
}

/// Whether Kustomize reads a file of this name as a kustomization.
pub(crate) fn is_kustomization(path: &str) -> bool {
    let name = path::name(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// Whether a file is in the `templates` folder of a chart.
pub(crate) fn is_chart_template(files: &dyn Files, path: &str) -> bool {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let mut from = 0;
    for slash in slashes {
        let folder = path.get(from..slash).unwrap_or("");
        if folder == "templates" {
            let chart = format!("{}Chart.yaml", path.get(..from).unwrap_or(""));
            if is_chart(files, &chart) {
                return true;
            }
        }
        from = slash + 1;
    }
    false
}

/// Whether a file describes a chart: Helm refuses one without a name (`chart.Metadata.Validate`).
fn is_chart(files: &dyn Files, path: &str) -> bool {
    let Ok(text) = files.read_text(path) else { return false };
    let named = |out: &Builder, root: u32| {
        child(out, root, "name").is_some_and(|(name, _)| !scalar(out.batch(), name).is_empty())
    };
    documents(&text, named).first() == Some(&true)
}

/// Whether a file that a kustomization lists as a patch is a whole manifest: one of its objects has all fields that
/// make its kind dangerous, so that it can be applied as it is.
pub(crate) fn is_whole(text: &str) -> bool {
    documents(text, is_whole_object).contains(&true)
}

/// Whether an object runs containers that all have an image, or grants permissions.
fn is_whole_object(out: &Builder, root: u32) -> bool {
    let field = |mapping: u32, key: &str| child(out, mapping, key).map(|(node, _)| node);
    let word = |key: &str| field(root, key).map_or(String::new(), |node| scalar(out.batch(), node));
    let name = field(root, "metadata").and_then(|it| field(it, "name").or_else(|| field(it, "generateName")));
    if word("apiVersion").is_empty() || name.is_none() {
        return false;
    }
    let filled = |key: &str| field(root, key).is_some_and(|list| items(out, list).next().is_some());
    let kind = word("kind");
    match kind.as_str() {
        "Role" | "ClusterRole" => filled("rules"),
        "RoleBinding" | "ClusterRoleBinding" => field(root, "roleRef").is_some() && filled("subjects"),
        _ => {
            let mut at = root;
            for key in template_path(&kind).iter().chain(&["spec"]) {
                let Some(next) = field(at, key) else { return false };
                at = next;
            }
            let Some(containers) = field(at, "containers") else { return false };
            let mut all = items(out, containers).peekable();
            all.peek().is_some() && all.all(|it| field(it, "image").is_some())
        }
    }
}

/// The items of a sequence.
fn items(out: &Builder, list: u32) -> impl Iterator<Item = u32> {
    let is_list = out.batch().nodes.kind(list) == Kind::Sequence;
    children(out, list).filter(move |_| is_list)
}

/// The results of `ask` for the root of each document, up to the first that cannot be read.
fn documents<T>(text: &str, ask: impl Fn(&Builder, u32) -> T) -> Vec<T> {
    let mut answers = Vec::new();
    let mut reader = Reader::new(text, 0, text.is_ascii());
    loop {
        let mut out = Builder::new();
        let lines = Lines::new(text);
        let document = out.document("", "");
        let mut tree = Tree::new(&mut out, text, &lines, document, false);
        let Ok(true) = reader.document(&mut tree) else { return answers };
        if let Some(root) = tree.end() {
            answers.push(ask(&out, root));
        }
    }
}

/// The files that a kustomization applies as patches, as written.
fn patches_of(text: &str) -> Vec<String> {
    documents(text, patches_in).into_iter().next().unwrap_or_default()
}

fn patches_in(out: &Builder, root: u32) -> Vec<String> {
    let mut found = Vec::new();
    for field in ["patches", "patchesStrategicMerge", "patchesJson6902"] {
        let Some((list, _)) = child(out, root, field) else { continue };
        let batch = out.batch();
        for at in items(out, list) {
            let node = resolve(out, at);
            let path = match batch.nodes.kind(node) {
                Kind::Text => Some(node),
                _ => child(out, node, "path").map(|(node, _)| node),
            };
            // A strategic merge patch may also be inline: a text of several lines.
            found.extend(path.map(|node| scalar(batch, node)).filter(|path| !path.contains('\n')));
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
