//! One file, from its text to its resources.

use palisade_sdk::parser::{Coverage, Status};
use palisade_sdk::tape::{Builder, NONE};
use palisade_sdk::{Diagnostic, Level, Span};
use palisade_yaml::{Fault, Lines, Tree, Visitor, comments, next_document, small};

use crate::resources::Resources;

/// How many remarks of one file are worth telling.
const MAX_REMARKS: usize = 100;

/// Reads a file and says how far it was read.
pub(crate) fn read(
    out: &mut Builder,
    resources: &mut Resources,
    diagnostics: &mut Vec<Diagnostic>,
    path: &str,
    text: &str,
) -> Coverage {
    if u32::try_from(text.len()).is_err() {
        return coverage(path, Status::Failed, "larger than 4 GiB; exclude it", None);
    }
    if !(text.contains("apiVersion") && text.contains("kind")) {
        return coverage(path, Status::Ignored, NOT_OURS, None);
    }
    let mut lines = Lines::new(text);
    let document = out.document(path, "kubernetes");
    let (nodes, origins) = (out.node_count(), small(out.batch().origins.len()));
    resources.next_file();
    let mut tree = Tree::new(out, &mut lines, document, comments::any(text));
    let mut file = File { path, document, resources, found: Found::default() };
    let fault = palisade_yaml::read(&mut tree, path, &mut file);
    let scalars = tree.scalars.take();
    let Found { kubernetes, others, mut remarks, dropped } = file.found;
    resources.end_file(out);
    if let Some(fault) = fault {
        let span = lines.span(fault.start, fault.end);
        if kubernetes == 0 && has_actions(text, fault.start) {
            out.truncate(nodes, origins);
            return coverage(path, Status::Unsupported, HELM, Some(span));
        }
        if kubernetes == 0 && !declares(text) {
            return coverage(path, Status::Ignored, NOT_OURS, None);
        }
        finish(out, &mut lines, document, scalars.as_deref(), diagnostics, remarks);
        return coverage(path, Status::Failed, &fault.message, Some(span));
    }
    if kubernetes == 0 {
        out.truncate(nodes, origins);
        return coverage(path, Status::Ignored, NOT_OURS, None);
    }
    for start in others {
        let message = "not a Kubernetes object: no `apiVersion` and `kind`; nothing in it is judged";
        remarks.push(remark(Level::Note, "kubernetes-other-document", message.to_owned(), path, start));
    }
    if dropped > 0 {
        let message = format!("{dropped} more remarks like these");
        remarks.push(remark(Level::Note, "kubernetes-more-remarks", message, path, (0, 0)));
    }
    finish(out, &mut lines, document, scalars.as_deref(), diagnostics, remarks);
    coverage(path, Status::Scanned, "", None)
}

pub(crate) const NOT_OURS: &str = "not a Kubernetes manifest";
pub(crate) const HELM: &str = "a Helm template: no parser for Helm charts is installed";

pub(crate) fn coverage(path: &str, status: Status, reason: &str, span: Option<Span>) -> Coverage {
    Coverage { path: path.to_owned(), status, reason: reason.to_owned(), span }
}

/// A remark whose place is still in bytes.
struct Remark {
    level: Level,
    code: &'static str,
    message: String,
    path: String,
    at: (u32, u32),
}

fn remark(level: Level, code: &'static str, message: String, path: &str, at: (u32, u32)) -> Remark {
    Remark { level, code, message, path: path.to_owned(), at }
}

fn finish(
    out: &mut Builder,
    lines: &mut Lines<'_>,
    document: u32,
    scalars: Option<&[(u32, u32)]>,
    diagnostics: &mut Vec<Diagnostic>,
    remarks: Vec<Remark>,
) {
    if let Some(scalars) = scalars {
        comments::add(out, lines, document, scalars);
    }
    diagnostics.extend(remarks.into_iter().map(|remark| Diagnostic {
        level: remark.level,
        code: remark.code.to_owned(),
        message: remark.message,
        path: remark.path,
        span: Some(lines.span(remark.at.0, remark.at.1)),
    }));
}

/// Whether what follows `from` in its document has a template action.
fn has_actions(text: &str, from: u32) -> bool {
    let start = text.get(..from as usize).and_then(|before| before.rfind("\n---")).unwrap_or(0);
    let end = next_document(text, from as usize);
    let document = text.get(start..end).unwrap_or("");
    document.split_once("{{").is_some_and(|(_, rest)| rest.contains("}}"))
}

/// Whether a text that cannot be read seems to be a manifest: it has both keys.
fn declares(text: &str) -> bool {
    let key = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let rest = text.get(at + word.len()..).unwrap_or("");
            let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
            rest.trim_start_matches([' ', '\t']).starts_with(':')
        })
    };
    key("apiVersion") && key("kind")
}

#[derive(Default)]
struct Found {
    /// How many documents were Kubernetes objects.
    kubernetes: u32,
    /// Where the others stand.
    others: Vec<(u32, u32)>,
    remarks: Vec<Remark>,
    dropped: usize,
}

struct File<'f> {
    path: &'f str,
    document: u32,
    resources: &'f mut Resources,
    found: Found,
}

impl File<'_> {
    fn remark(&mut self, remark: Remark) {
        if self.found.remarks.len() < MAX_REMARKS {
            self.found.remarks.push(remark);
        } else {
            self.found.dropped += 1;
        }
    }
}

impl Visitor for File<'_> {
    fn document(&mut self, tree: &mut Tree<'_, '_, '_>, start: u32) {
        let at = (start, start);
        let duplicates = std::mem::take(&mut tree.duplicates);
        let Some(root) = tree.end() else { return };
        let declared = self.resources.add(tree.out, self.document, root);
        let place = |tree: &Tree<'_, '_, '_>, node: u32| {
            let batch = tree.out.batch();
            let origin = batch.nodes.origins.get(node as usize).copied().unwrap_or(NONE);
            batch.origins.get(origin).map_or(at, |origin| (origin.start, origin.end))
        };
        if !declared.kubernetes {
            let null = tree.out.batch().nodes.kind(root) == palisade_sdk::Kind::Null;
            if !null {
                let (start, _) = place(tree, root);
                if self.found.others.len() < MAX_REMARKS {
                    self.found.others.push((start, start));
                } else {
                    self.found.dropped += 1;
                }
            }
            tree.discard();
            return;
        }
        tree.keep();
        self.found.kubernetes += 1;
        for node in declared.strangers {
            let message = "not a Kubernetes object: no `apiVersion` and `kind`; nothing in it is judged";
            let (start, _) = place(tree, node);
            let at = (start, start);
            self.remark(remark(Level::Note, "kubernetes-other-document", message.to_owned(), self.path, at));
        }
        for duplicate in duplicates {
            let batch = tree.out.batch();
            let message = format!(
                "the key `{}` comes twice in this mapping, and only the last one counts; remove one",
                batch.text(duplicate.key)
            );
            let origin = batch.origins.get(duplicate.origin);
            let at = origin.map_or(at, |origin| (origin.start, origin.end));
            self.remark(remark(Level::Warning, "yaml-duplicate-key", message, self.path, at));
        }
    }

    fn tolerated(&mut self, fault: &Fault) {
        let message = format!("read as kubectl reads it, though it is not strict YAML: {}", fault.message);
        self.remark(remark(Level::Warning, "yaml-tolerated", message, self.path, (fault.start, fault.end)));
    }
}
