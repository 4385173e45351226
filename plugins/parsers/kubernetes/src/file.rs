//! One file, from its text to its resources.

use palisade_sdk::parser::{Coverage, Status};
use palisade_sdk::tape::{Builder, NONE};
use palisade_sdk::{Diagnostic, Level, Span};

use crate::build::{Fault, Tree};
use crate::comments;
use crate::json;
use crate::messages;
use crate::place::{Lines, small};
use crate::resources::Resources;
use crate::tolerant::soften;
use crate::yaml::Reader;

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
    let mut file = File { path, text, document, resources, found: Found::default() };
    file.all(&mut tree);
    let scalars = tree.scalars.take();
    let Found { kubernetes, others, fault, mut remarks, dropped } = file.found;
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

/// The next line `---` that begins at `from` or later; the end of the text where there is none.
fn next_document(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let at_line = at == 0 || bytes.get(at - 1) == Some(&b'\n');
        if at_line && rest.starts_with(b"---") && rest.get(3).is_none_or(u8::is_ascii_whitespace) {
            return at;
        }
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(length) => at += length + 1,
            None => return bytes.len(),
        }
    }
}

#[derive(Default)]
struct Found {
    /// How many documents were Kubernetes objects.
    kubernetes: u32,
    /// Where the others stand.
    others: Vec<(u32, u32)>,
    /// The first thing that could not be read.
    fault: Option<Fault>,
    remarks: Vec<Remark>,
    dropped: usize,
}

struct File<'f> {
    path: &'f str,
    text: &'f str,
    document: u32,
    resources: &'f mut Resources,
    found: Found,
}

impl File<'_> {
    fn all(&mut self, tree: &mut Tree<'_, '_, '_>) {
        if !self.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('{') {
            self.yaml(tree, 0);
            return;
        }
        let Err((start, fault)) = self.json(tree) else { return };
        if !fault.syntax {
            self.failed(tree, fault);
            return;
        }
        // A flow mapping of YAML looks like JSON at first; and JSON may stand between lines of `---`.
        tree.discard();
        self.yaml(tree, start);
        if self.found.fault.is_some() && self.path.rsplit_once('.').is_some_and(|(_, end)| end == "json") {
            self.found.fault = Some(fault);
        }
    }

    /// Reads value after value. Gives the beginning of the one that is no JSON.
    fn json(&mut self, tree: &mut Tree<'_, '_, '_>) -> Result<(), (usize, Fault)> {
        let mut at = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        while let Some(end) = json::value(tree, self.text, at).map_err(|fault| (at, fault))? {
            self.complete(tree, (small(at), small(at)));
            at = end;
        }
        Ok(())
    }

    fn yaml(&mut self, tree: &mut Tree<'_, '_, '_>, from: usize) {
        let ascii = tree.lines.is_ascii();
        let mut base = from;
        while base < self.text.len() {
            let mut reader = Reader::new(self.text.get(base..).unwrap_or(""), base, ascii, None);
            let mut fault = loop {
                match reader.document(tree) {
                    Ok(true) => self.complete(tree, (reader.started, reader.started)),
                    Ok(false) => return,
                    Err(fault) => break fault,
                }
            };
            if fault.fatal {
                self.failed(tree, fault);
                return;
            }
            let started = reader.started as usize;
            let line = tree.lines.line_start(fault.start) as usize;
            let before = self.text.get(line..fault.start as usize).unwrap_or("");
            if fault.syntax && before.contains('\t') && before.trim().is_empty() {
                messages::TAB.clone_into(&mut fault.message);
            }
            let end = next_document(self.text, line.max(started + 1).min(self.text.len()));
            if !(fault.syntax && self.tolerant(tree, started, end, &fault)) {
                self.failed(tree, fault);
            }
            base = end;
        }
    }

    /// Tries the tolerant way on one document.
    fn tolerant(&mut self, tree: &mut Tree<'_, '_, '_>, start: usize, end: usize, fault: &Fault) -> bool {
        tree.discard();
        let Some(softened) = self.text.get(start..end).and_then(|text| soften(text, start)) else {
            return false;
        };
        let ascii = tree.lines.is_ascii();
        let mut reader = Reader::new(&softened.text, start, ascii, Some(&softened));
        let mut any = false;
        loop {
            match reader.document(tree) {
                Ok(true) => {
                    any = true;
                    self.complete(tree, (reader.started, reader.started));
                }
                Ok(false) => break,
                Err(_) => {
                    tree.discard();
                    return false;
                }
            }
        }
        let message = format!("read as kubectl reads it, though it is not strict YAML: {}", fault.message);
        self.remark(remark(Level::Warning, "yaml-tolerated", message, self.path, (fault.start, fault.end)));
        any
    }

    fn remark(&mut self, remark: Remark) {
        if self.found.remarks.len() < MAX_REMARKS {
            self.found.remarks.push(remark);
        } else {
            self.found.dropped += 1;
        }
    }

    /// A document has been read.
    fn complete(&mut self, tree: &mut Tree<'_, '_, '_>, at: (u32, u32)) {
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

    fn failed(&mut self, tree: &mut Tree<'_, '_, '_>, fault: Fault) {
        tree.discard();
        if self.found.fault.is_none() {
            self.found.fault = Some(fault);
        }
    }
}
