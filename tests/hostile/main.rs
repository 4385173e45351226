//! Plugins that misbehave: what becomes of each, and that nobody else pays for it.
//!
//! The plugins are those of `tests/guests`. All of it goes through the real admission, the real sandbox and the
//! real scan.

mod admission;
mod alone;
mod ends;
mod support;
mod together;
mod tree;
