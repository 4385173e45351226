//! From a tree to a report. Each arrow is one function:
//!
//! [`Inventory::take`] lists the files → `claim` groups them into units → parse reads the units →
//! judge evaluates the controls → the report. Data moves one way only, and the same input gives the same bytes on any
//! number of threads.

mod assemble;
mod authored;
mod base;
mod branch;
mod cache;
mod change;
mod claim;
mod config;
mod content;
mod difference;
mod environment;
mod error;
mod event;
mod finding;
mod fix;
mod inventory;
mod judge;
mod known;
mod links;
mod location;
mod looks;
mod merge;
mod needs;
mod parameters;
mod plan;
mod process;
mod record;
mod request;
mod roots;
mod scan;
mod selection;
mod suppress;
mod tally;
mod unit;
mod walk;
mod whole;

pub use assemble::accept;
pub use base::{Base, compare};
pub use cache::Cache;
pub use change::{Change, Evaluated};
pub use claim::{Arranged, Arrangement, Claim, arrange};
pub use config::{ConfigError, RepositoryConfig, Setting, TomlParameters, line_of, toml_parameters};
pub use environment::{EnvironmentError, Environments};
pub use error::ScanError;
pub use event::{Event, Observer};
pub use inventory::Inventory;
pub use parameters::{Assignment, ParameterError, assignments, check_parameters};
pub use request::Request;
pub use roots::Roots;
pub use selection::Selection;
pub use whole::{ParsedTree, parse, scan};
