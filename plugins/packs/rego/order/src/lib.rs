//! The messages between the host and the Rego engine when a folder becomes a pack.
//!
//! The engine is a core module without a folder. The host starts it once, in the sandbox, and sends it an [`Order`].
//! The engine reads the folder, and the resulting memory becomes the pack (`wasmtime-wizer`), so that a scan parses no
//! Rego. Messages are JSON, and use three exports of the module:
//!
//! - `palisade_rego_room(bytes) -> address`: allocates memory for an order of this size;
//! - `palisade_rego_take() -> length`: executes the order that was written there;
//! - `palisade_rego_answer() -> address`: the address of the answer, which has that length.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The name of the export that allocates memory for an order.
pub const ROOM: &str = "palisade_rego_room";
/// The name of the export that executes an order.
pub const TAKE: &str = "palisade_rego_take";
/// The name of the export that returns the address of the answer.
pub const ANSWER: &str = "palisade_rego_answer";

/// What to do with a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Build a pack: read it without its tests, and prepare it for judging.
    Build,
    /// Read it with its tests and run them.
    Test,
}

/// A folder and what to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What to do.
    pub task: Task,
    /// The title of the pack.
    pub title: String,
    /// Packages that are namespaces of Conftest, with dots. Empty means `main`, and a single `*` all.
    pub namespaces: Vec<String>,
    /// Paths inside the folder, with `/` as separator, and texts.
    pub files: Vec<(String, String)>,
}

/// A problem or a warning, at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The file; empty for the folder.
    pub file: String,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The description and the fix.
    pub text: String,
}

impl fmt::Display for Remark {
    /// `file:line:column: text`, the format of compilers.
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
    /// The title of the control.
    pub title: String,
    /// `palisade`, `sysdig` or `conftest`.
    pub dialect: String,
    /// The file with its first rule.
    pub file: String,
    /// The line of its first rule.
    pub line: u32,
}

/// The result of one test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The name of the rule.
    pub name: String,
    /// Whether it passed; `None` if it was skipped (`todo_`).
    pub passed: Option<bool>,
    /// Why it could not be evaluated; empty if it was.
    pub error: String,
}

/// The coverage of a file by tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The file.
    pub file: String,
    /// Lines of rules that tests reached.
    pub reached: Vec<u32>,
    /// Lines of rules that tests did not reach.
    pub missed: Vec<u32>,
}

/// The result of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Errors that prevent the folder from being a pack.
    pub problems: Vec<Remark>,
    /// Warnings.
    pub warnings: Vec<Remark>,
    /// The controls, in order.
    pub controls: Vec<Found>,
    /// The results of tests.
    pub tests: Vec<Tested>,
    /// The coverage of tests.
    pub coverage: Vec<Covered>,
}

/// Why a message cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the engine and the host do not understand each other: {0}")]
pub struct Garbled(#[from] serde_json::Error);

/// Serializes a message.
pub fn write(message: &impl Serialize) -> Result<Vec<u8>, Garbled> {
    Ok(serde_json::to_vec(message)?)
}

/// Deserializes a message.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Garbled> {
    Ok(serde_json::from_slice(bytes)?)
}
