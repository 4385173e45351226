//! One file, from its text to its resources.

use palisade_sdk::parser::{Coverage, Status};
use palisade_sdk::tape::{Builder, MAX_LINKED_KEYS, NONE};
use palisade_sdk::{Diagnostic, Level};
use palisade_text::{Lines, to_offset};
use palisade_yaml::{Cut, Fault, Remark, Tree, Visitor, comments, next_document};

use crate::aliases;
use crate::resources::Resources;

/// The maximum number of diagnostics per file.
const MAX_REMARKS: usize = 100;

/// Reads a file and returns its coverage.
pub(crate) fn read(
    out: &mut Builder,
    resources: &mut Resources,
    diagnostics: &mut Vec<Diagnostic>,
    path: &str,
    text: &str,
) -> Coverage {
    if u32::try_from(text.len()).is_err() {
        return Coverage::new(path, Status::Failed, "larger than 4 GiB; exclude it", None);
    }
    if !(has_words(text) || may_hide(text)) {
        return not_ours(path, text);
    }
    let lines = Lines::new(text);
    let document = out.document(path, "kubernetes");
    let (nodes, origins) = (out.node_count(), to_offset(out.batch().origins.len()));
    resources.next_file();
    let mut tree = Tree::new(out, text, &lines, document, comments::any(text));
    let mut file = File { document, resources, found: Found::default() };
    let fault = palisade_yaml::read(&mut tree, path, Cut::Kubectl, &mut file);
    let scalars = tree.scalars.take();
    let Found { kubernetes, others, mut remarks, dropped, refused } = file.found;
    resources.end_file(out);
    if let Some(fault) = fault {
        let span = lines.span(fault.start, fault.end);
        if kubernetes == 0 && has_actions(text, fault.start) {
            out.truncate(nodes, origins);
            return Coverage::new(path, Status::Unsupported, HELM, Some(span));
        }
        // A file that cannot be read may be a manifest for kubectl, even if its keys are escaped.
        if kubernetes == 0 && !has_words(text) {
            return not_ours(path, text);
        }
        finish(out, text, &lines, document, scalars.as_deref(), diagnostics, (path, remarks));
        return Coverage::new(path, Status::Failed, &fault.message, Some(span));
    }
    if kubernetes == 0 {
        out.truncate(nodes, origins);
        return not_ours(path, text);
    }
    let other =
        others.first().map(|place| ("a document in it is not a Kubernetes object".to_owned(), *place));
    let refused = refused.or(other);
    for start in others {
        remarks.push((Level::Note, other_document(start)));
    }
    if dropped > 0 {
        let message = format!("{dropped} more remarks like these");
        remarks.push((Level::Note, Remark { code: "kubernetes-more-remarks", message, place: (0, 0) }));
    }
    finish(out, text, &lines, document, scalars.as_deref(), diagnostics, (path, remarks));
    match refused {
        None => Coverage::new(path, Status::Scanned, "", None),
        Some((reason, (start, end))) => {
            let reason = format!("read, but kubectl refuses it: {reason}");
            Coverage::new(path, Status::Partial, &reason, Some(lines.span(start, end)))
        }
    }
}

/// Whether a text contains the keys of every manifest.
fn has_words(text: &str) -> bool {
    text.contains("apiVersion") && text.contains("kind")
}

/// Whether keys of a text may be written differently: with escapes, or in base64 under a tag.
fn may_hide(text: &str) -> bool {
    ["\\x", "\\u", "\\U", "\\\n", "\\\r", "!!binary", "!<", "%TAG"].iter().any(|it| text.contains(it))
}

/// The coverage of a file without a Kubernetes object. Templates of other tools are unsupported.
fn not_ours(path: &str, text: &str) -> Coverage {
    let other = if has_key(text, "AWSTemplateFormatVersion")
        || has_key(text, "Resources") && text.contains("AWS::")
    {
        Some("a CloudFormation template: no parser reads it")
    } else if has_key(text, "$schema") && text.contains("eploymentTemplate.json") {
        Some("an ARM template: no parser reads it")
    } else {
        None
    };
    match other {
        Some(reason) => Coverage::new(path, Status::Unsupported, reason, None),
        None => Coverage::new(path, Status::Ignored, NOT_OURS, None),
    }
}

/// Whether a text has a key of this name, in YAML or JSON. Keys of JSON in a JSON string do not count.
fn has_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + key.len()..).unwrap_or(""));
        let quoted = before.strip_suffix(['"', '\'']);
        let begins = match quoted {
            Some(rest) => !rest.ends_with('\\'),
            None => before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}']),
        };
        let after = if quoted.is_some() { after.get(1..).unwrap_or("") } else { after };
        begins && after.trim_start().starts_with(':')
    })
}

pub(crate) const NOT_OURS: &str = "not a Kubernetes manifest";
pub(crate) const HELM: &str = "a Helm template: no parser for Helm charts is installed";

fn finish(
    out: &mut Builder,
    text: &str,
    lines: &Lines,
    document: u32,
    scalars: Option<&[(u32, u32)]>,
    diagnostics: &mut Vec<Diagnostic>,
    (path, remarks): (&str, Vec<(Level, Remark)>),
) {
    if let Some(scalars) = scalars {
        comments::add(out, text, lines, document, scalars);
    }
    diagnostics.extend(remarks.into_iter().map(|(level, Remark { code, message, place })| Diagnostic {
        level,
        code: code.to_owned(),
        message,
        path: path.to_owned(),
        span: Some(lines.span(place.0, place.1)),
    }));
}

fn other_document(place: (u32, u32)) -> Remark {
    let message = "not a Kubernetes object: no `apiVersion` and `kind`; nothing in it is judged".to_owned();
    Remark { code: "kubernetes-other-document", message, place }
}

/// Whether the rest of the document after `from` has a template action outside of comments.
fn has_actions(text: &str, from: u32) -> bool {
    let start = text.get(..from as usize).and_then(|before| before.rfind("\n---")).unwrap_or(0);
    let end = next_document(text, from as usize);
    let document = text.get(start..end).unwrap_or("");
    let code: String = document.split_inclusive(['\n', '\r']).map(without_comment).collect();
    code.split_once("{{").is_some_and(|(_, rest)| rest.contains("}}"))
}

/// A line without its comment, which begins the line or follows whitespace.
fn without_comment(line: &str) -> &str {
    let mut before = line.match_indices('#').filter_map(|(at, _)| line.get(..at));
    before.find(|it| it.is_empty() || it.ends_with([' ', '\t'])).unwrap_or(line)
}

#[derive(Default)]
struct Found {
    /// Number of documents that are Kubernetes objects.
    kubernetes: u32,
    /// Places of the other documents.
    others: Vec<(u32, u32)>,
    remarks: Vec<(Level, Remark)>,
    dropped: usize,
    /// The first reason why kubectl refuses the file, and its place.
    refused: Option<(String, (u32, u32))>,
}

struct File<'f> {
    document: u32,
    resources: &'f mut Resources,
    found: Found,
}

impl File<'_> {
    fn remark(&mut self, level: Level, remark: Remark) {
        if self.found.remarks.len() < MAX_REMARKS {
            self.found.remarks.push((level, remark));
        } else {
            self.found.dropped += 1;
        }
    }
}

impl Visitor for File<'_> {
    fn document(&mut self, tree: &mut Tree<'_, '_>, start: u32) {
        let at = (start, start);
        let duplicates = std::mem::take(&mut tree.duplicates);
        let Some(root) = tree.end() else { return };
        let declared = self.resources.add(tree.out, self.document, root);
        let place = |tree: &Tree<'_, '_>, node: u32| {
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
        if let Some((node, reason)) = declared.refused {
            self.found.refused.get_or_insert((reason, place(tree, node)));
        }
        if let Some(node) = aliases::too_wide(tree.out, root) {
            let reason =
                format!("an alias of a mapping with more than {MAX_LINKED_KEYS} keys is not looked into");
            self.found.refused.get_or_insert((reason, place(tree, node)));
        }
        if aliases::too_many(tree.out, root) {
            let reason = "nearly all of it are aliases, which unfold to very many values".to_owned();
            self.found.refused.get_or_insert((reason, at));
        }
        for node in declared.strangers {
            let (start, _) = place(tree, node);
            self.remark(Level::Note, other_document((start, start)));
        }
        for duplicate in duplicates {
            self.remark(Level::Warning, duplicate.remark(tree.out.batch(), at));
        }
    }

    fn tolerated(&mut self, fault: &Fault) {
        self.remark(Level::Warning, fault.tolerated());
    }

    fn unread(&mut self, start: u32, end: u32) {
        let message = "kubectl reads nothing of what follows here; begin a document with `---`".to_owned();
        self.remark(Level::Warning, Remark { code: "kubernetes-unread", message, place: (start, end) });
    }
}
