//! Reads the documents of a file, JSON or YAML, strictly or tolerantly.

use palisade_text::to_offset;

use crate::build::{Fault, Tree};
use crate::json;
use crate::messages;
use crate::reader::Reader;
use crate::tolerant::{self, soften};

/// Where a YAML document ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At the markers that YAML defines.
    Markers,
    /// As kubectl splits a file before it reads YAML: at each line that begins with `---`. The rest of a document after
    /// `...` or another early end is not read.
    Kubectl,
}

/// Receives the documents of a file.
pub trait Visitor {
    /// A document was read: `tree.end()` returns its root, and `tree.keep()` or `tree.discard()` keeps or removes it.
    /// `start` is its first byte.
    fn document(&mut self, tree: &mut Tree<'_, '_>, start: u32);

    /// Only the tolerant reader could read the last documents; the strict reader failed with this fault.
    fn tolerated(&mut self, fault: &Fault);

    /// kubectl does not read the text between these bytes, after the end of a document.
    fn unread(&mut self, _start: u32, _end: u32) {}
}

/// Reads all documents of the text of the tree, and returns the first fault. Documents after a broken one are read too.
pub fn read(tree: &mut Tree<'_, '_>, path: &str, cut: Cut, visitor: &mut impl Visitor) -> Option<Fault> {
    let mut file = File { text: tree.text, cut, visitor, fault: None };
    if !file.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']) {
        file.yaml(tree, 0);
        return file.fault;
    }
    let Err((start, count, fault)) = file.json(tree) else { return file.fault };
    // Several consecutive values are certainly JSON.
    if !fault.syntax || (cut == Cut::Kubectl && count > 1) {
        file.failed(tree, fault);
        return file.fault;
    }
    // A flow mapping of YAML may begin like JSON, and there may be JSON between `---` lines.
    tree.discard();
    file.yaml(tree, start);
    if file.fault.is_some() && path.rsplit_once('.').is_some_and(|(_, end)| end == "json") {
        file.fault = Some(fault);
    }
    file.fault
}

/// The next line `---` from `from` on; the end of the text if there is none.
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

/// The range that kubectl reads as one YAML document.
struct Piece {
    /// Its end: at the latest a line `...`.
    end: usize,
    /// The end of its text that is not read.
    last: usize,
    /// The beginning of the next one, after the line that separates them.
    next: usize,
    /// Whether its first line begins with `---` followed by anything but a comment, which kubectl refuses.
    refused: bool,
}

/// The document that begins at `from`. A separator at its beginning belongs to it.
fn cut(text: &str, from: usize) -> Piece {
    let rest = text.get(from..).unwrap_or("");
    let (mut at, mut refused, mut end) = (from, false, None);
    for line in rest.split_inclusive('\n') {
        if let Some(after) = line.strip_prefix("---") {
            let after = after.trim();
            let separates = after.is_empty() || after.starts_with('#');
            if at > from {
                let next = if separates { at + line.len() } else { at };
                return Piece { end: end.unwrap_or(at), last: at, next, refused };
            }
            refused = !separates;
        } else if end.is_none()
            && line.strip_prefix("...").is_some_and(|it| it.trim_start() != it || it.is_empty())
        {
            end = Some(at);
        }
        at += line.len();
    }
    Piece { end: end.unwrap_or(at), last: at, next: at, refused }
}

/// The first character that libyaml refuses everywhere, including comments.
fn control(text: &str) -> Option<usize> {
    let refused = |letter: char| match letter {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        letter => letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}'),
    };
    text.char_indices().find(|(_, letter)| refused(*letter)).map(|(at, _)| at)
}

/// Whether a text has only whitespace, comments and ends of documents.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| {
        let line = line.strip_prefix("...").map_or(line, str::trim);
        line.is_empty() || line.starts_with('#')
    })
}

struct File<'f, V> {
    text: &'f str,
    cut: Cut,
    visitor: &'f mut V,
    fault: Option<Fault>,
}

impl<V: Visitor> File<'_, V> {
    /// Reads consecutive JSON values. An error is the beginning of the first text that is not JSON, and the number of
    /// values before it.
    fn json(&mut self, tree: &mut Tree<'_, '_>) -> Result<(), (usize, usize, Fault)> {
        let mut at = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut count = 0;
        while let Some(end) = json::value(tree, self.text, at).map_err(|fault| (at, count, fault))? {
            self.visitor.document(tree, to_offset(at));
            at = end;
            count += 1;
        }
        Ok(())
    }

    fn yaml(&mut self, tree: &mut Tree<'_, '_>, from: usize) {
        let mut base = from;
        if self.cut == Cut::Markers && self.controls(tree, base, self.text.len()) {
            return;
        }
        while base < self.text.len() {
            let next = match self.cut {
                Cut::Markers => self.documents(tree, base),
                Cut::Kubectl => {
                    let piece = cut(self.text, base);
                    if self.controls(tree, base, piece.end) {
                        Some(piece.next)
                    } else {
                        self.kubectl_document(tree, base, &piece)
                    }
                }
            };
            let Some(next) = next else { return };
            base = next;
        }
    }

    /// Whether there is a refused character between two bytes.
    fn controls(&mut self, tree: &mut Tree<'_, '_>, start: usize, end: usize) -> bool {
        let Some(at) = self.text.get(start..end).and_then(control) else { return false };
        let at = to_offset(start + at);
        let message =
            "a control character such as NUL stands here, which no YAML may have; is it really text?";
        self.failed(tree, Fault::meaning(at, at, message));
        true
    }

    /// Reads documents up to the end or the first broken one; returns where to continue.
    fn documents(&mut self, tree: &mut Tree<'_, '_>, base: usize) -> Option<usize> {
        let ascii = tree.lines.is_ascii();
        let mut reader = Reader::new(self.text.get(base..).unwrap_or(""), base, ascii);
        let fault = loop {
            match reader.document(tree) {
                Ok(true) => self.visitor.document(tree, reader.started),
                Ok(false) => return None,
                Err(fault) => break fault,
            }
        };
        let started = reader.started as usize;
        let line = tree.lines.line_start(fault.start) as usize;
        let end = next_document(self.text, line.max(started + 1).min(self.text.len()));
        self.broken(tree, fault, (started, end))
    }

    /// Reads the document that kubectl reads from here on, and returns where the next one begins.
    fn kubectl_document(
        &mut self,
        tree: &mut Tree<'_, '_>,
        base: usize,
        &Piece { end, last, next, refused }: &Piece,
    ) -> Option<usize> {
        if refused {
            let message =
                "kubectl takes nothing but a comment behind `---`; begin the document on the next line";
            self.failed(tree, Fault::meaning(to_offset(base), to_offset(base), message));
        }
        let text = self.text.get(base..end).unwrap_or("");
        let content = text.lines().find(|line| {
            let line = line.strip_prefix("---").unwrap_or(line).trim();
            !line.is_empty() && !line.starts_with('#')
        });
        let misplaced = match content {
            None if end < last => Some((end, "a document ends here before it has begun; remove the `...`")),
            None => return Some(next),
            Some(first) if first.starts_with('%') => {
                let at = base + text.find(first).unwrap_or(0);
                Some((at, "kubectl takes no directives such as `%YAML`; remove this line"))
            }
            Some(_) => {
                let tab = tolerant::bad_tab(text).map(|at| (base + at, messages::TAB));
                tab.or_else(|| tolerant::odd_break(text).map(|at| (base + at, messages::BREAK)))
            }
        };
        if let Some((at, message)) = misplaced {
            self.failed(tree, Fault::meaning(to_offset(at), to_offset(at), message));
            return Some(next);
        }
        let mut reader = Reader::new(text, base, tree.lines.is_ascii());
        let read = reader.document(tree);
        // Text after the root of a document is not read.
        let ended = |fault: &Fault| fault.message == messages::START && tree.is_complete();
        let (read, read_to) = match read {
            Err(fault) if !ended(&fault) => return self.broken(tree, fault, (base, end)).map(|_| next),
            Err(fault) => (true, fault.start as usize),
            Ok(read) => (read, end),
        };
        let started = reader.started;
        if read {
            self.visitor.document(tree, started);
        }
        let rest = self.text.get(read_to..last).unwrap_or("");
        if !is_blank(rest) {
            let written = rest.trim();
            let start = last - rest.trim_start().len();
            self.visitor.unread(to_offset(start), to_offset(start + written.len()));
        }
        Some(next)
    }

    /// Handles a document between two bytes that the strict reader refuses; returns where to continue.
    fn broken(
        &mut self,
        tree: &mut Tree<'_, '_>,
        mut fault: Fault,
        (start, end): (usize, usize),
    ) -> Option<usize> {
        if fault.fatal {
            self.failed(tree, fault);
            return None;
        }
        let line = tree.lines.line_start(fault.start) as usize;
        let before = self.text.get(line..fault.start as usize).unwrap_or("");
        if fault.syntax && before.contains('\t') && before.trim().is_empty() {
            messages::TAB.clone_into(&mut fault.message);
        }
        if !(fault.syntax && self.tolerant(tree, start, end, &fault)) {
            self.failed(tree, fault);
        }
        Some(end)
    }

    /// Tries the tolerant reader on one document.
    fn tolerant(&mut self, tree: &mut Tree<'_, '_>, start: usize, end: usize, fault: &Fault) -> bool {
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
                    if self.cut == Cut::Kubectl {
                        break;
                    }
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

    fn failed(&mut self, tree: &mut Tree<'_, '_>, fault: Fault) {
        tree.discard();
        if self.fault.is_none() {
            self.fault = Some(fault);
        }
    }
}
