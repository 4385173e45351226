//! YAML and JSON, as `sigs.k8s.io/yaml` and `encoding/json`, which Conftest uses, read them. kubectl uses the same
//! libraries, so the reader is that of the Kubernetes parser. A list that is a whole document stays one, although
//! Conftest evaluates its items one by one if the file has nothing else.

use palisade_sdk::{Diagnostic, Kind, Level};
use palisade_yaml::{Cut, Fault, Remark, Tree, Visitor, comments};

use crate::resource::{is_template, resource};
use crate::value::Writer;

/// The maximum number of diagnostics per file.
const MAX_REMARKS: usize = 100;

/// Reads all documents of a file, and returns the first error.
pub(crate) fn read(
    writer: &mut Writer<'_, '_>,
    diagnostics: &mut Vec<Diagnostic>,
    path: &str,
    format: &str,
) -> Option<Fault> {
    let text = writer.text;
    let mut tree = Tree::new(writer.out, text, writer.lines, writer.document, comments::any(text));
    let mut found = Found::default();
    let fault = palisade_yaml::read(&mut tree, path, Cut::Markers, &mut found);
    let scalars = tree.scalars.take();
    if fault.is_some() && is_template(format, text) {
        // Documents of a template are not resources, even if they can be read.
        return fault;
    }
    for (number, root) in (1..).zip(&found.roots) {
        resource(writer, path, format, *root, number);
    }
    if let Some(scalars) = scalars {
        comments::add(writer.out, text, writer.lines, writer.document, &scalars);
    }
    for Remark { code, message, place } in found.remarks {
        diagnostics.push(Diagnostic {
            level: Level::Warning,
            code: code.to_owned(),
            message,
            path: path.to_owned(),
            span: Some(writer.lines.span(place.0, place.1)),
        });
    }
    fault
}

/// Documents and diagnostics so far.
#[derive(Default)]
struct Found {
    roots: Vec<u32>,
    remarks: Vec<Remark>,
}

impl Found {
    fn remark(&mut self, remark: Remark) {
        if self.remarks.len() < MAX_REMARKS {
            self.remarks.push(remark);
        }
    }
}

impl Visitor for Found {
    fn document(&mut self, tree: &mut Tree<'_, '_>, start: u32) {
        let duplicates = std::mem::take(&mut tree.duplicates);
        let root = tree.end().filter(|root| tree.out.batch().nodes.kind(*root) != Kind::Null);
        let Some(root) = root else {
            tree.discard();
            return;
        };
        tree.keep();
        self.roots.push(root);
        for duplicate in duplicates {
            self.remark(duplicate.remark(tree.out.batch(), (start, start)));
        }
    }

    fn tolerated(&mut self, fault: &Fault) {
        self.remark(fault.tolerated());
    }
}
