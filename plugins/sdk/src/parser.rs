//! The world `parser`: which files of a tree belong together, and which resources they declare.

use std::fmt;

use crate::tape::Batch;
use crate::{CallError, Diagnostic, Span};

/// A folder that a tool writes beside the code; see `palisade:parser`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Its name. It is not entered where Git ignores it.
    pub folder: &'static str,
    /// Folders in it that are not entered where there is no Git.
    pub contents: &'static [&'static str],
    /// Files in it that count only where Git ignores the folder.
    pub unauthored: &'static [&'static str],
}

/// A format that a parser reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// Its name, such as `kubernetes`.
    pub id: String,
    /// For readers.
    pub title: String,
    /// Which files are offered as candidates.
    pub globs: Vec<String>,
    /// Whether each file is read for itself and says the same whatever is parsed with it.
    pub apart: bool,
    /// Whether its resources are whole documents, for controls of the scope `document` only.
    pub documents: bool,
    /// Patterns of the files that environments may name for it.
    pub inputs: &'static [&'static str],
    /// Paths, in a resource, of mappings in which authors may suppress findings.
    pub annotations: &'static [&'static str],
    /// Folders that its tools write.
    pub generated: &'static [Generated],
    /// Tools that read it in ways of their own, of which a repository may name one.
    pub tools: &'static [&'static str],
}

impl Format {
    /// A format by its name, what readers call it, and its candidates.
    pub fn new(id: &str, title: &str, globs: &[&str]) -> Format {
        let globs = globs.iter().map(|glob| (*glob).to_owned()).collect();
        Format { id: id.to_owned(), title: title.to_owned(), globs, ..Format::default() }
    }

    /// The same, of files that are each read for itself: the host may hand over several of them at once.
    #[must_use]
    pub fn apart(self) -> Format {
        Format { apart: true, ..self }
    }

    /// The same, of files whose resources are whole documents.
    #[must_use]
    pub fn documents(self) -> Format {
        Format { documents: true, ..self }
    }
}

/// Whether a comment may be one that suppresses findings, ours or another tool's: such comments belong into a batch.
pub fn may_suppress(comment: &str) -> bool {
    const WORDS: [&str; 6] = ["palisade:", "checkov:", "bridgecrew:", "trivy:", "tfsec:", "kics"];
    WORDS.iter().any(|word| comment.contains(word))
}

/// Files that only make sense together. `owned` and `shared` are indices of the candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// A folder or file that names the unit.
    pub root: String,
    /// Index of the format in what `describe` gave.
    pub format: u32,
    /// Files that belong to this unit alone.
    pub owned: Vec<u32>,
    /// Files that others may look at too.
    pub shared: Vec<u32>,
    /// The ways to read it, where there are several.
    pub variants: Vec<Variant>,
}

/// A way to read a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// The tool whose rules count, among those that read the format; empty for the usual one.
    pub tool: String,
    /// Files of values that nobody has named.
    pub files: Vec<String>,
}

/// A unit to parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// As claimed.
    pub root: String,
    /// Id of the format.
    pub format: String,
    /// The files that the host has left to the unit.
    pub files: Vec<String>,
}

/// One set of inputs; the default one has an empty name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// What the user calls it.
    pub name: String,
    /// Values files, tfvars, an overlay.
    pub files: Vec<String>,
    /// The tool whose rules count; empty for the usual one.
    pub tool: String,
    /// What is taken for true or false of the conditions that cannot be known.
    pub assume: Option<Assumption>,
    /// The workspace that Terraform runs in; empty where it is not known.
    pub workspace: String,
}

/// A condition that cannot be known, and whether it is taken to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Its name, as the parser gave it.
    pub condition: String,
    /// Whether it holds.
    pub holds: bool,
}

/// Something from outside the tree that a unit refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `module`, `chart`.
    pub kind: String,
    /// As the file says it.
    pub source: String,
    /// As the file says it; empty where it does not.
    pub version: String,
    /// The referring file.
    pub path: String,
    /// Where in it.
    pub span: Option<Span>,
}

/// A need that the host has met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// As in the need.
    pub kind: String,
    /// As in the need.
    pub source: String,
    /// The version it was met with.
    pub version: String,
    /// Where its content stands in the tree.
    pub path: String,
}

/// How far a file was read. The order is from the best down to what a reader must see first, as with the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Not this parser's.
    Ignored,
    /// All of it.
    Scanned,
    /// A known format that is not read yet.
    Unsupported,
    /// A part is missing.
    Partial,
    /// It ought to have been read and could not be.
    Failed,
}

impl Coverage {
    /// What became of a file, by its path.
    pub fn new(path: &str, status: Status, reason: &str, span: Option<Span>) -> Coverage {
        Coverage { path: path.to_owned(), status, reason: reason.to_owned(), span }
    }
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The file.
    pub path: String,
    /// How far it was read.
    pub status: Status,
    /// Why not further; empty for [`Status::Scanned`].
    pub reason: String,
    /// The place that stopped it.
    pub span: Option<Span>,
}

/// Everything a unit gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Its resources.
    pub batch: Batch,
    /// One entry for each file of the unit.
    pub coverage: Vec<Coverage>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// What it lacks.
    pub needs: Vec<Need>,
    /// Conditions that cannot be known and decide between values that are: each may be assumed in another call.
    pub undecided: Vec<String>,
}

/// What a name in a tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Another repository.
    Submodule,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub kind: EntryKind,
    /// Bytes; 0 for what is no file.
    pub size: u64,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing is there.
    Absent,
    /// There is something, but no file (or no folder, for a listing).
    WrongKind,
    /// The path leads out of the tree.
    Outside,
    /// Larger than the host reads.
    TooLarge(u64),
    /// Not UTF-8, from this byte.
    NotText(u64),
    /// It changed while the scan was reading it.
    Changed,
    /// The system said no.
    Unreadable(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Absent => write!(f, "no such file"),
            ReadError::WrongKind => write!(f, "not a file of the kind that was expected"),
            ReadError::Outside => write!(f, "leads out of the tree"),
            ReadError::TooLarge(size) => write!(f, "too large: {size} bytes; exclude it, or raise the limit"),
            ReadError::NotText(offset) => {
                write!(f, "not UTF-8: byte {offset} is not part of any character; save the file as UTF-8")
            }
            ReadError::Changed => write!(f, "changed while it was being read; scan again"),
            ReadError::Unreadable(why) => write!(f, "cannot be read: {why}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// A repository at one commit, or a folder; read only.
pub trait Tree {
    /// The names in a folder, sorted; `""` is the root.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError>;
    /// A file as text, without a byte order mark.
    fn read_text(&self, path: &str) -> Result<String, ReadError>;
    /// A file as bytes.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError>;
    /// What a path stands for, links followed.
    fn stat(&self, path: &str) -> Option<Entry>;
}

/// What a parser answers.
pub trait Parser {
    /// Says what this parser is.
    fn describe(&self) -> Vec<Format>;
    /// Groups candidates (sorted paths) into units.
    fn claim(&self, tree: &dyn Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError>;
    /// Parses one unit. Broken input is covered as failed; it never fails the call.
    fn parse(
        &self,
        tree: &dyn Tree,
        work: &Work,
        mounts: &[Mount],
        environment: &Environment,
    ) -> Result<Parsed, CallError>;
}
