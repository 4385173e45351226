//! The language as its users see it, in tables.

#![expect(clippy::unwrap_used, reason = "tests")]

mod builtins;
mod common;
mod declarations;
mod dialects;
mod origins;
mod problems;
mod traps;
