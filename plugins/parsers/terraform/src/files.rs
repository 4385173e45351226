//! The files of a unit, each read and parsed once, and their coverage.

use std::cell::RefCell;
use std::rc::Rc;

use palisade_sdk::Span;
use palisade_sdk::parser::{Coverage, Status, Tree};
use palisade_text::Lines;
use rustc_hash::FxHashMap;

use crate::path;
use crate::syntax::{self, File, SyntaxError};
use crate::{TERRAFORM_ID, TOFU_ID};

/// A row of [`Files`].
pub(crate) type FileId = u32;

/// A file that was read.
pub(crate) struct Source {
    pub(crate) path: Rc<str>,
    pub(crate) text: Rc<str>,
    pub(crate) lines: Lines,
    pub(crate) parsed: File,
}

impl Source {
    /// The text in a range of the file.
    pub(crate) fn slice(&self, span: syntax::Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The same on one line, truncated if it is long.
    pub(crate) fn snippet(&self, span: syntax::Span) -> String {
        const LONG: usize = 80;
        let text = self.slice(span);
        let first = text.lines().next().unwrap_or("").trim_end();
        let mut short: String = first.chars().take(LONG).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    }
}

/// All files that were read so far.
pub(crate) struct Files<'t> {
    tree: &'t dyn Tree,
    known: RefCell<FxHashMap<String, Option<FileId>>>,
    sources: RefCell<Vec<Rc<Source>>>,
    coverage: RefCell<FxHashMap<String, Coverage>>,
    /// The tool whose rules apply; empty if it is not known.
    tool: String,
}

/// The syntax of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Native,
    Json,
    Values,
}

fn parse(text: &str, syntax: Syntax) -> Result<File, SyntaxError> {
    match syntax {
        Syntax::Native => syntax::native::parse(text),
        Syntax::Json => syntax::json::parse(text),
        Syntax::Values => {
            let attributes = syntax::json::parse_values(text)?;
            let body = syntax::Body { attributes, blocks: Vec::new() };
            Ok(File { body, comments: Vec::new() })
        }
    }
}

impl<'t> Files<'t> {
    pub(crate) fn new(tree: &'t dyn Tree, tool: &str) -> Files<'t> {
        Files {
            tree,
            known: RefCell::default(),
            sources: RefCell::default(),
            coverage: RefCell::default(),
            tool: tool.to_owned(),
        }
    }

    /// Whether OpenTofu's own files are read.
    pub(crate) fn reads_tofu(&self) -> bool {
        self.tool != TERRAFORM_ID
    }

    /// Whether OpenTofu is known to be the tool.
    pub(crate) fn is_for_tofu(&self) -> bool {
        self.tool == TOFU_ID
    }

    pub(crate) fn tree(&self) -> &'t dyn Tree {
        self.tree
    }

    /// A file by its id.
    pub(crate) fn get(&self, id: FileId) -> Option<Rc<Source>> {
        self.sources.borrow().get(id as usize).cloned()
    }

    /// All files, in the order in which they were read.
    pub(crate) fn all(&self) -> Vec<Rc<Source>> {
        self.sources.borrow().clone()
    }

    /// Sets the coverage of a file, unless it already has a worse status. For a partial file all reasons are kept,
    /// since a change may add one.
    pub(crate) fn cover(&self, path: &str, status: Status, reason: &str, span: Option<Span>) {
        let mut coverage = self.coverage.borrow_mut();
        match coverage.get_mut(path) {
            Some(before) if before.status > status => {}
            Some(before) if before.status == status => {
                let is_listed = || format!("; {}; ", before.reason).contains(&format!("; {reason}; "));
                if status == Status::Partial && !is_listed() {
                    before.reason = format!("{}; {reason}", before.reason);
                }
            }
            _ => {
                coverage.insert(path.to_owned(), Coverage::new(path, status, reason, span));
            }
        }
    }

    /// Failures in files that are not part of the unit: in a module from elsewhere, which has no coverage of its own.
    pub(crate) fn failed_elsewhere(&self, own: &[String]) -> Vec<Coverage> {
        let coverage = self.coverage.borrow();
        let elsewhere = |it: &&Coverage| it.status == Status::Failed && !own.contains(&it.path);
        let mut failed: Vec<Coverage> = coverage.values().filter(elsewhere).cloned().collect();
        failed.sort_by(|one, other| one.path.cmp(&other.path));
        failed
    }

    /// The coverage of a file.
    pub(crate) fn covered(&self, path: &str) -> Option<Coverage> {
        self.coverage.borrow().get(path).cloned()
    }

    /// The range of a span in a file.
    pub(crate) fn span(&self, file: FileId, span: syntax::Span) -> Option<Span> {
        Some(self.get(file)?.lines.span(span.start, span.end))
    }

    /// Reads and parses a file; if that fails, `None`, and the file is covered as failed.
    pub(crate) fn open(&self, path: &str) -> Option<FileId> {
        if let Some(known) = self.known.borrow().get(path) {
            return *known;
        }
        let id = self.load(path);
        self.known.borrow_mut().insert(path.to_owned(), id);
        id
    }

    fn load(&self, path: &str) -> Option<FileId> {
        let text = match self.tree.read_text(path) {
            Ok(text) => text,
            Err(error) => {
                self.cover(path, Status::Failed, &error.to_string(), None);
                return None;
            }
        };
        let name = path::name(path);
        let syntax = if name.ends_with(".tfvars.json") {
            Syntax::Values
        } else if name.rsplit('.').next() == Some("json") {
            Syntax::Json
        } else {
            Syntax::Native
        };
        let lines = Lines::new(&text);
        match parse(&text, syntax) {
            Ok(parsed) => {
                self.cover(path, Status::Scanned, "", None);
                let mut sources = self.sources.borrow_mut();
                let id = u32::try_from(sources.len()).ok()?;
                let source = Source { path: path.into(), text: text.into(), lines, parsed };
                sources.push(Rc::new(source));
                Some(id)
            }
            Err(SyntaxError { at, message }) => {
                self.cover(path, Status::Failed, &message, Some(lines.span(at, at)));
                None
            }
        }
    }
}
