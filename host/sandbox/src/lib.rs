//! Runs plugins with wasmtime. The only crate that uses types of wasmtime: the rest of the host calls a [`Parser`], a
//! [`Pack`] or a [`Provider`] and gets validated values, or a [`Fault`] that describes what the plugin did wrong.
//!
//! Every call runs in a fresh instance of a pre-linked component, within [`Limits`], and its store is dropped
//! afterwards, so no data of one call is available to the next.

mod bindings;
mod call;
mod convert;
mod engine;
mod fault;
mod handles;
mod imports;
mod limits;
mod meter;
mod pack;
mod parser;
mod preinit;
mod provider;
mod reach;
mod state;

pub use call::{Call, Usage};
pub use engine::{Code, EngineError, LoadError, Sandbox, precompile};
pub use fault::Fault;
pub use limits::{Limits, MAXIMA};
pub use pack::{JudgeRequest, Pack, PackInfo};
pub use parser::Parser;
pub use preinit::{Exports, Preparation, PrepareError, Prepared};
pub use provider::{Content, GitContent, Provider, Tenant};
pub use reach::Reach;
