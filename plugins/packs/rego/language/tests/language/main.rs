//! Tables of the language's behaviour.

#![expect(clippy::unwrap_used, reason = "tests")]

mod builtins;
mod common;
mod declarations;
mod dialects;
mod origins;
mod problems;
mod traps;
