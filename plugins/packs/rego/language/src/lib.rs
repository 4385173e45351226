//! Reads a folder of untrusted Rego, checks it, rewrites what the engine would misread, and judges resources and
//! documents with it.
//!
//! The engine is `regorus`. It never reads untrusted text: our own parser reads a file in one pass and within limits,
//! and prints it again, line for line. What OPA would refuse is refused with its line, and what the engine would
//! understand differently from OPA is rewritten so that both mean the same. See `lower`, `rename` and `safety` for each
//! such difference.
//!
//! Additional rules trace which part of the input a control read (`trace`).

mod annotated;
mod annotations;
mod ast;
mod build;
mod calls;
mod conflicts;
mod constant;
mod control;
mod engine;
mod guards;
mod joined;
mod lexer;
pub mod limits;
mod lower;
mod metadata;
mod mocks;
mod names;
mod operators;
mod parse;
mod path;
mod place;
mod print;
mod problem;
mod program;
mod rename;
mod result;
mod rewrite;
mod safety;
mod scopes;
mod settings;
mod source;
mod strict;
mod template;
mod test_rules;
mod testing;
mod trace;

pub use ast::Version;
pub use control::{Control, Dialect, Namespaces};
pub use metadata::{Metadata, Scope, Severity};
pub use names::{builtins, refused};
pub use path::{Pattern, Step};
pub use place::Place;
pub use problem::{Problem, Problems};
pub use program::{Failure, Program, compile};
pub use result::{Found, Verdict};
pub use settings::{Register, Settings};
pub use testing::{Coverage, TestResult, TestRun};
