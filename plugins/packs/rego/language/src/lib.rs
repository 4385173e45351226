//! Rego as strangers write it: a folder of it is read, checked, mended where the engine would mistake it, and judges
//! resources and documents.
//!
//! The engine is `regorus`. It never sees a stranger's text: what it loads was read by our own parser, in one pass
//! and under bounds, and is written anew, line for line. On the way what OPA would refuse is refused with its line,
//! and what OPA understands otherwise than the engine is said so that both mean the same. See `lower`, `rename` and
//! `safety` for each such difference.
//!
//! Rules beside those of a control tell where in the input it read (`trace`).

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
mod print;
mod problem;
mod program;
mod rename;
mod result;
mod rewrite;
mod safety;
mod scopes;
mod source;
mod strict;
mod template;
mod testing;
mod trace;

pub use ast::Version;
pub use control::{Control, Dialect, Namespaces};
pub use metadata::{Metadata, Scope, Severity};
pub use names::{builtins, refused};
pub use path::{Pattern, Step};
pub use problem::{Place, Problem, Problems};
pub use program::{Failure, Program, Register, Settings, compile};
pub use result::{Found, Verdict};
pub use testing::{Coverage, TestResult, TestRun};
