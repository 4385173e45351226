//! What the host asks of the Rego engine when a folder is made a pack, and what it answers.
//!
//! The engine is a core module that knows no folder yet. The host starts it once, in the sandbox, and gives it an
//! [`Order`]; it reads the folder, and its memory as it then is becomes the pack (`wasmtime-wizer`), so that a scan
//! parses no Rego. Both sides speak JSON over three exports of the module:
//!
//! - `palisade_rego_room(bytes) -> address`: room for an order of so many bytes;
//! - `palisade_rego_take() -> length`: takes the order that was written there;
//! - `palisade_rego_answer() -> address`: where the answer of that length stands.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The name of the export that gives room.
pub const ROOM: &str = "palisade_rego_room";
/// The name of the export that takes an order.
pub const TAKE: &str = "palisade_rego_take";
/// The name of the export that tells where the answer stands.
pub const ANSWER: &str = "palisade_rego_answer";

/// What to do with a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Make it a pack: read it without its tests, and be ready to judge.
    Build,
    /// Read it with its tests and run them.
    Test,
}

/// A folder and what to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What to do.
    pub task: Task,
    /// For readers.
    pub title: String,
    /// Packages that are Conftest's namespaces, with dots; none: `main`, and `*` alone: all.
    pub namespaces: Vec<String>,
    /// Paths inside the folder, with `/` between, and texts.
    pub files: Vec<(String, String)>,
}

/// Something that is wrong, or could be better, at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The file; empty for the folder.
    pub file: String,
    /// Its line, from 1; 0 for the whole file.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What, and the mend.
    pub text: String,
}

impl fmt::Display for Remark {
    /// `file:line:column: text`, as compilers write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), self.line) {
            ("", _) => f.write_str(&self.text),
            (file, 0) => write!(f, "{file}: {}", self.text),
            (file, line) => write!(f, "{file}:{line}:{}: {}", self.column, self.text),
        }
    }
}

/// A control that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its name.
    pub id: String,
    /// For readers.
    pub title: String,
    /// `palisade`, `sysdig` or `conftest`.
    pub dialect: String,
    /// The file with its first rule.
    pub file: String,
    /// Where in it.
    pub line: u32,
}

/// How one test ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The rule.
    pub name: String,
    /// It holds; nothing where it was left out (`todo_`).
    pub passed: Option<bool>,
    /// Why it could not be evaluated; empty where it could.
    pub error: String,
}

/// Which lines of a file tests reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The file.
    pub file: String,
    /// Lines of rules that were reached.
    pub reached: Vec<u32>,
    /// Those that were not.
    pub missed: Vec<u32>,
}

/// What the engine found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What keeps the folder from being a pack.
    pub problems: Vec<Remark>,
    /// What could be better.
    pub warnings: Vec<Remark>,
    /// The controls, in order.
    pub controls: Vec<Found>,
    /// How tests ended.
    pub tests: Vec<Tested>,
    /// What they reached.
    pub coverage: Vec<Covered>,
}

/// Why a message cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the engine and the host do not understand each other: {0}")]
pub struct Garbled(#[from] serde_json::Error);

/// A message as bytes.
pub fn write(message: &impl Serialize) -> Result<Vec<u8>, Garbled> {
    Ok(serde_json::to_vec(message)?)
}

/// A message out of bytes.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Garbled> {
    Ok(serde_json::from_slice(bytes)?)
}
