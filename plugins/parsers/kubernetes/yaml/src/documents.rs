//! Walks the documents of a file, JSON or YAML, strict or not.

use crate::build::{Fault, Tree};
use crate::json;
use crate::messages;
use crate::place::small;
use crate::reader::Reader;
use crate::tolerant::soften;

/// What is done with the documents of a file.
pub trait Visitor {
    /// A document has been read: `tree.end()` gives its root, and `tree.keep()` or `tree.discard()` says what
    /// becomes of it. `start` is its first byte.
    fn document(&mut self, tree: &mut Tree<'_, '_, '_>, start: u32);

    /// The last documents were read in the tolerant way only; the strict one ended with this fault.
    fn tolerated(&mut self, fault: &Fault);
}

/// Reads all documents of the text that the tree's lines are of, and gives the first thing that could not be
/// read. What follows a broken document is read all the same.
pub fn read(tree: &mut Tree<'_, '_, '_>, path: &str, visitor: &mut impl Visitor) -> Option<Fault> {
    let mut file = File { text: tree.lines.text(), visitor, fault: None };
    if !file.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']) {
        file.yaml(tree, 0);
        return file.fault;
    }
    let Err((start, fault)) = file.json(tree) else { return file.fault };
    if !fault.syntax {
        file.failed(tree, fault);
        return file.fault;
    }
    // A flow mapping of YAML looks like JSON at first; and JSON may stand between lines of `---`.
    tree.discard();
    file.yaml(tree, start);
    if file.fault.is_some() && path.rsplit_once('.').is_some_and(|(_, end)| end == "json") {
        file.fault = Some(fault);
    }
    file.fault
}

/// The next line `---` that begins at `from` or later; the end of the text where there is none.
pub fn next_document(text: &str, from: usize) -> usize {
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

struct File<'f, V> {
    text: &'f str,
    visitor: &'f mut V,
    fault: Option<Fault>,
}

impl<V: Visitor> File<'_, V> {
    /// Reads value after value. Gives the beginning of the one that is no JSON.
    fn json(&mut self, tree: &mut Tree<'_, '_, '_>) -> Result<(), (usize, Fault)> {
        let mut at = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        while let Some(end) = json::value(tree, self.text, at).map_err(|fault| (at, fault))? {
            self.visitor.document(tree, small(at));
            at = end;
        }
        Ok(())
    }

    fn yaml(&mut self, tree: &mut Tree<'_, '_, '_>, from: usize) {
        let ascii = tree.lines.is_ascii();
        let mut base = from;
        while base < self.text.len() {
            let mut reader = Reader::new(self.text.get(base..).unwrap_or(""), base, ascii);
            let mut fault = loop {
                match reader.document(tree) {
                    Ok(true) => self.visitor.document(tree, reader.started),
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
        let mut reader = Reader::softened(&softened, start, ascii);
        let mut any = false;
        loop {
            match reader.document(tree) {
                Ok(true) => {
                    any = true;
                    self.visitor.document(tree, reader.started);
                }
                Ok(false) => break,
                Err(_) => {
                    tree.discard();
                    return false;
                }
            }
        }
        self.visitor.tolerated(fault);
        any
    }

    fn failed(&mut self, tree: &mut Tree<'_, '_, '_>, fault: Fault) {
        tree.discard();
        if self.fault.is_none() {
            self.fault = Some(fault);
        }
    }
}
