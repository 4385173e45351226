//! What a scan tells while it runs.

use std::sync::Arc;

use palisade_capabilities::LogLine;
use palisade_sandbox::{Fault, Usage};

/// What a scan lets its caller see while it runs. Never part of the report.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// So many units will be parsed.
    Units(usize),
    /// One of them is done.
    UnitDone,
    /// A plugin was not called, since its answer was known from an earlier scan.
    Known {
        /// Who.
        plugin: &'a str,
        /// `claim`, `parse` or `judge`.
        call: &'static str,
        /// On which unit; empty for the tree.
        on: &'a str,
    },
    /// Nothing in the tree was a subject of a control of a plugin: it may name a kind that does not exist.
    NoSubject {
        /// The pack.
        plugin: &'a str,
        /// The control.
        control: &'a str,
    },
    /// A plugin was called.
    Called {
        /// Who.
        plugin: &'a str,
        /// `claim`, `parse` or `judge`.
        call: &'static str,
        /// On which unit; empty for the tree.
        on: &'a str,
        /// What it took.
        usage: Usage,
        /// How it failed, if it did.
        fault: Option<&'a Fault>,
        /// What it wrote.
        log: &'a [LogLine],
    },
}

/// Takes events, from any thread.
pub type Observer = Arc<dyn Fn(Event<'_>) + Send + Sync>;
