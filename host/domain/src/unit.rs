//! Units: files that are parsed together, and the result of parsing.

use palisade_tape::Batch;
use serde::{Deserialize, Serialize};

use crate::{Coverage, Diagnostic, Location};

/// A folder that a tool generates beside the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Its name. It is skipped if Git ignores it.
    pub folder: String,
    /// Folders in it that are skipped in a tree without Git.
    pub contents: Vec<String>,
    /// Files in it that count only if Git ignores the folder.
    pub unauthored: Vec<String>,
}

/// A format that a parser reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// Id.
    pub id: String,
    /// Title for readers.
    pub title: String,
    /// Globs of the files that are offered as candidates.
    pub globs: Vec<String>,
    /// Whether each file is read alone, so that its content means the same whatever else is parsed with it.
    pub apart: bool,
    /// Whether its resources are whole documents, for controls of scope `document` only.
    pub documents: bool,
    /// Patterns of the files that environments may name for it.
    pub inputs: Vec<String>,
    /// Paths, in a resource, of mappings in which authors may suppress findings.
    pub annotations: Vec<String>,
    /// Folders that its tools generate.
    pub generated: Vec<Generated>,
    /// Tools that read it in different ways.
    pub tools: Vec<String>,
}

/// A unit that a parser claims; indices refer to the candidates it was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// A folder or file that names it.
    pub root: String,
    /// Index of the format.
    pub format: u32,
    /// Files that belong only to this unit.
    pub owned: Vec<u32>,
    /// Files that other units may read too.
    pub shared: Vec<u32>,
    /// The ways to read it, if there are several.
    pub variants: Vec<Variant>,
}

/// A way to read a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The tool whose rules apply, of those that read the format; empty for the default one.
    pub tool: String,
    /// Files of values that nobody named.
    pub files: Vec<String>,
}

/// A unit to parse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Work {
    /// As claimed.
    pub root: String,
    /// Id of the format.
    pub format: String,
    /// The files left to the unit after arbitration.
    pub files: Vec<String>,
}

/// A set of inputs; the name of the default one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Name, as the user gave it.
    pub name: String,
    /// The files with its values.
    pub files: Vec<String>,
    /// The tool whose rules apply; empty for the default one.
    pub tool: String,
    /// Condition that cannot be known, and the value that is assumed for it.
    pub assume: Option<Assumption>,
    /// The workspace that the tool runs in; empty if unknown.
    pub workspace: String,
}

/// A condition that cannot be known, and its assumed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// Its name, as the parser gave it.
    pub condition: String,
    /// Assumed value.
    pub holds: bool,
}

/// A need: something outside the tree that a unit refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// `module`, `chart`.
    pub kind: String,
    /// Source, as written in the file.
    pub source: String,
    /// Version, as written in the file.
    pub version: String,
    /// The file that refers to it.
    pub path: String,
    /// Place in the file.
    pub location: Option<Location>,
}

/// A need that has been fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// As in the need.
    pub kind: String,
    /// As in the need.
    pub source: String,
    /// The version that was fetched.
    pub version: String,
    /// Path of its content in the tree.
    pub path: String,
}

/// The result of parsing a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Its resources, validated against the contract.
    pub batch: Batch,
    /// One entry for each file.
    pub coverage: Vec<Coverage>,
    /// Diagnostics.
    pub diagnostics: Vec<Diagnostic>,
    /// Needs that are missing.
    pub needs: Vec<Need>,
    /// Conditions that cannot be known and that choose between known values.
    pub undecided: Vec<String>,
}
