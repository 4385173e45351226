//! The world `parser`: which files of a tree belong together, and which resources they declare.

use std::fmt;

use crate::tape::Batch;
use crate::{CallError, Diagnostic, Span};

/// A folder that a tool generates in the repository; see `palisade:parser`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Its name. It is skipped if Git ignores it.
    pub folder: &'static str,
    /// Folders in it that are skipped outside a Git repository.
    pub contents: &'static [&'static str],
    /// Files in it that are read only if Git ignores the folder.
    pub unauthored: &'static [&'static str],
}

/// A format that a parser reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// Its name, such as `kubernetes`.
    pub id: String,
    /// The title for users.
    pub title: String,
    /// Patterns of its candidate files.
    pub globs: Vec<String>,
    /// Whether each file is parsed independently of the others.
    pub apart: bool,
    /// Whether its resources are whole documents, for controls of the scope `document` only.
    pub documents: bool,
    /// Patterns of the files that environments may list for it.
    pub inputs: &'static [&'static str],
    /// Paths, in a resource, of the mappings in which authors may suppress findings.
    pub annotations: &'static [&'static str],
    /// Folders that its tools generate.
    pub generated: &'static [Generated],
    /// Tools that read it differently; a repository may name one of them.
    pub tools: &'static [&'static str],
}

impl Format {
    /// A format with this id, title and patterns of candidates.
    pub fn new(id: &str, title: &str, globs: &[&str]) -> Format {
        let globs = globs.iter().map(|glob| (*glob).to_owned()).collect();
        Format { id: id.to_owned(), title: title.to_owned(), globs, ..Format::default() }
    }

    /// The same for files that are parsed independently: the host may pass several of them at once.
    #[must_use]
    pub fn apart(self) -> Format {
        Format { apart: true, ..self }
    }

    /// The same for files whose resources are whole documents.
    #[must_use]
    pub fn documents(self) -> Format {
        Format { documents: true, ..self }
    }
}

/// Whether a comment may suppress findings, of ours or of another tool: such comments are part of a batch.
pub fn may_suppress(comment: &str) -> bool {
    const WORDS: [&str; 6] = ["palisade:", "checkov:", "bridgecrew:", "trivy:", "tfsec:", "kics"];
    WORDS.iter().any(|word| comment.contains(word))
}

/// Files that belong together. `owned` and `shared` are indices of the candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folder or file that identifies the unit.
    pub root: String,
    /// Index of the format in the result of `describe`.
    pub format: u32,
    /// Files that belong to this unit alone.
    pub owned: Vec<u32>,
    /// Files that other units may read too.
    pub shared: Vec<u32>,
    /// The ways to read it, if there are several.
    pub variants: Vec<Variant>,
}

/// A way to read a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// The tool whose rules apply; empty for the default tool.
    pub tool: String,
    /// Files of values that no environment lists.
    pub files: Vec<String>,
}

/// A unit to parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The root of the claimed unit.
    pub root: String,
    /// Id of the format.
    pub format: String,
    /// The files of the unit that the host passes.
    pub files: Vec<String>,
}

/// A set of inputs; the default one has an empty name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The name that the user chose.
    pub name: String,
    /// Values files, tfvars, an overlay.
    pub files: Vec<String>,
    /// The tool whose rules apply; empty for the default tool.
    pub tool: String,
    /// The assumed value of an unknown condition.
    pub assume: Option<Assumption>,
    /// The workspace of Terraform; empty if it is not known.
    pub workspace: String,
}

/// An unknown condition and its assumed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Its name, as the parser gave it.
    pub condition: String,
    /// Whether it is assumed to hold.
    pub holds: bool,
}

/// Something outside the tree that a unit refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `module`, `chart`.
    pub kind: String,
    /// The source, as written in the file.
    pub source: String,
    /// The version, as written in the file; empty if there is none.
    pub version: String,
    /// The referring file.
    pub path: String,
    /// The range of the reference.
    pub span: Option<Span>,
}

/// A need that the host has resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// As in the need.
    pub kind: String,
    /// As in the need.
    pub source: String,
    /// The resolved version.
    pub version: String,
    /// The path of its content in the tree.
    pub path: String,
}

/// The coverage status of a file, in the order of the host: the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Not a file of this parser.
    Ignored,
    /// All of it.
    Scanned,
    /// A known format that is not supported yet.
    Unsupported,
    /// Only a part was read.
    Partial,
    /// It could not be read.
    Failed,
}

impl Coverage {
    /// The coverage of a file.
    pub fn new(path: &str, status: Status, reason: &str, span: Option<Span>) -> Coverage {
        Coverage { path: path.to_owned(), status, reason: reason.to_owned(), span }
    }
}

/// The coverage of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The file.
    pub path: String,
    /// How far it was read.
    pub status: Status,
    /// The reason; empty for [`Status::Scanned`].
    pub reason: String,
    /// The range that stopped the parser.
    pub span: Option<Span>,
}

/// The result of parsing a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Its resources.
    pub batch: Batch,
    /// One entry for each file of the unit.
    pub coverage: Vec<Coverage>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// References outside the tree.
    pub needs: Vec<Need>,
    /// Unknown conditions that choose between known values: each may be assumed in another call.
    pub undecided: Vec<String>,
}

/// The type of a name in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A submodule.
    Submodule,
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// Its type.
    pub kind: EntryKind,
    /// Size in bytes; 0 if it is not a file.
    pub size: u64,
}

/// Why a file or folder could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Not found.
    Absent,
    /// Not a file (or not a folder, for a listing).
    WrongKind,
    /// The path leads out of the tree.
    Outside,
    /// Larger than the limit; the size in bytes.
    TooLarge(u64),
    /// Not UTF-8 at this byte.
    NotText(u64),
    /// It changed during the scan.
    Changed,
    /// An error of the operating system.
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

/// The tree of a commit or a folder; read-only.
pub trait Tree {
    /// The names in a folder, sorted; `""` is the root.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError>;
    /// A file as text, without a byte order mark.
    fn read_text(&self, path: &str) -> Result<String, ReadError>;
    /// A file as bytes.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError>;
    /// The type of a path, with links followed.
    fn stat(&self, path: &str) -> Option<Entry>;
}

/// The interface of a parser.
pub trait Parser {
    /// The formats that it reads.
    fn describe(&self) -> Vec<Format>;
    /// Groups candidates (sorted paths) into units.
    fn claim(&self, tree: &dyn Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError>;
    /// Parses a unit. Invalid input has the coverage failed and does not fail the call.
    fn parse(
        &self,
        tree: &dyn Tree,
        work: &Work,
        mounts: &[Mount],
        environment: &Environment,
    ) -> Result<Parsed, CallError>;
}
