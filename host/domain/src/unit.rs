//! Files that only make sense together, and what parsing them gave.

use palisade_tape::Batch;
use serde::{Deserialize, Serialize};

use crate::{Coverage, Diagnostic, Location};

/// A folder that a tool writes beside the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Its name. It is not entered where Git ignores it.
    pub folder: String,
    /// Folders in it that are not entered where there is no Git.
    pub contents: Vec<String>,
    /// Files in it that count only where Git ignores the folder.
    pub unauthored: Vec<String>,
}

/// A format that a parser reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// Name.
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
    pub inputs: Vec<String>,
    /// Paths, in a resource, of mappings in which authors may suppress findings.
    pub annotations: Vec<String>,
    /// Folders that its tools write.
    pub generated: Vec<Generated>,
    /// Tools that read it in ways of their own.
    pub tools: Vec<String>,
}

/// What a parser claims; indices are those of the candidates it was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// A folder or file that names it.
    pub root: String,
    /// Index of the format.
    pub format: u32,
    /// Files that belong to this unit alone.
    pub owned: Vec<u32>,
    /// Files that others may look at too.
    pub shared: Vec<u32>,
    /// The ways to read it, where there are several.
    pub variants: Vec<Variant>,
}

/// A way to read a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The tool whose rules count, among those that read the format; empty for the usual one.
    pub tool: String,
    /// Files of values that nobody has named.
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

/// One set of inputs; the default one has an empty name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// What the user calls it.
    pub name: String,
    /// The files with its values.
    pub files: Vec<String>,
    /// The tool whose rules count; empty for the usual one.
    pub tool: String,
    /// What is taken for true or false of the conditions that cannot be known.
    pub assume: Option<Assumption>,
    /// The workspace that the tool runs in; empty where it is not known.
    pub workspace: String,
}

/// A condition that cannot be known, and whether it is taken to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// Its name, as the parser gave it.
    pub condition: String,
    /// Whether it holds.
    pub holds: bool,
}

/// Something from outside the tree that a unit refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// `module`, `chart`.
    pub kind: String,
    /// As the file says it.
    pub source: String,
    /// As the file says it.
    pub version: String,
    /// The referring place.
    pub path: String,
    /// Place in the file.
    pub location: Option<Location>,
}

/// A need that has been met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// Everything a unit gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Its resources; checked against the contract.
    pub batch: Batch,
    /// One entry for each file.
    pub coverage: Vec<Coverage>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// What it lacks.
    pub needs: Vec<Need>,
    /// Conditions that cannot be known and decide between values that are.
    pub undecided: Vec<String>,
}
