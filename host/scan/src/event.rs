//! Events of a running scan.

use std::sync::Arc;

use palisade_capabilities::LogLine;
use palisade_sandbox::{Fault, Usage};

/// An event of a running scan. Never part of the report.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Number of units that will be parsed.
    Units(usize),
    /// One unit is done.
    UnitDone,
    /// A plugin was not called, since its answer is in the cache.
    Known {
        /// The plugin.
        plugin: &'a str,
        /// `claim`, `parse` or `judge`.
        call: &'static str,
        /// The unit; empty for the tree.
        on: &'a str,
    },
    /// No resource of the tree was a subject of a control of a pack: it may name a kind that does not exist.
    NoSubject {
        /// The pack.
        plugin: &'a str,
        /// The control.
        control: &'a str,
    },
    /// A plugin was called.
    Called {
        /// The plugin.
        plugin: &'a str,
        /// `claim`, `parse` or `judge`.
        call: &'static str,
        /// The unit; empty for the tree.
        on: &'a str,
        /// Resources that the call used.
        usage: Usage,
        /// Its fault, if it failed.
        fault: Option<&'a Fault>,
        /// Its log lines.
        log: &'a [LogLine],
    },
}

/// Receives events, from any thread.
pub type Observer = Arc<dyn Fn(Event<'_>) + Send + Sync>;
