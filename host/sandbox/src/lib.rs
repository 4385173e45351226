//! Wasmtime and the bindings. The only room that names a wasmtime type: the rest of the host calls a
//! [`Parser`], a [`Pack`] or a [`Provider`] and gets plain values, already checked, or a [`Fault`] that names what the plugin
//! did.
//!
//! Every call runs in a fresh instance of a pre-linked component, within [`Limits`], and its store is dropped
//! afterwards, so nothing of one call can reach the next.

mod bindings;
mod call;
mod convert;
mod engine;
mod limits;
mod meter;
mod pack;
mod parser;
mod preinit;
mod provider;
mod reach;
mod state;

pub use call::{Call, Fault, Usage};
pub use engine::{Code, EngineError, LoadError, Sandbox, precompile};
pub use limits::{Limits, MAXIMA};
pub use pack::{JudgeRequest, Pack, PackInfo};
pub use parser::Parser;
pub use preinit::{Exports, Preparation, PrepareError, Prepared};
pub use provider::{Content, GitContent, Provider, Tenant};
pub use reach::Reach;
