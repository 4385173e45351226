//! Plugins that misbehave: how each of them ends, and that the results of the others do not change.
//!
//! The plugins are those of `tests/guests`. All tests use the real admission, the real sandbox and the real scan.

mod admission;
mod alone;
mod ends;
mod support;
mod together;
mod tree;
