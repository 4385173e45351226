//! What a plugin can do wrong.

use std::time::Duration;

use thiserror::Error;

/// The fault of a plugin. The messages contain no measured time, so that equal scans give equal reports.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It exceeded its CPU time.
    #[error("used up its {} ms of CPU time", limit.as_millis())]
    Cpu {
        /// The limit.
        limit: Duration,
    },
    /// It exceeded its wall time, which includes waiting.
    #[error("was not done after {} ms", limit.as_millis())]
    Wall {
        /// The limit.
        limit: Duration,
    },
    /// It exceeded its memory.
    #[error("wanted more than its {} MiB of memory", limit >> 20)]
    Memory {
        /// The limit in bytes.
        limit: usize,
    },
    /// It exceeded its table elements.
    #[error("wanted more than {limit} table elements")]
    Tables {
        /// The limit.
        limit: usize,
    },
    /// It exceeded its stack.
    #[error("nested its calls deeper than its stack")]
    Stack,
    /// It returned or passed too much data at once.
    #[error("handed over more than {} MiB at once", limit >> 20)]
    Output {
        /// The limit in bytes.
        limit: usize,
    },
    /// It returned too many findings.
    #[error("reported more than {limit} outcomes")]
    Findings {
        /// The limit.
        limit: usize,
    },
    /// It wrote too many log lines.
    #[error("wrote more than {limit} lines of log")]
    LogLines {
        /// The limit.
        limit: usize,
    },
    /// It called the host too often.
    #[error("called the host more than {limit} times")]
    HostCalls {
        /// The limit.
        limit: u64,
    },
    /// It panicked.
    #[error("panicked: {message}")]
    Panicked {
        /// The message of its panic hook.
        message: String,
    },
    /// It trapped.
    #[error("trapped: {reason}")]
    Trapped {
        /// The error of wasmtime.
        reason: String,
    },
    /// It returned something that the contract does not allow.
    #[error("broke the contract: {what}")]
    BadOutput {
        /// The violated rule.
        what: String,
    },
    /// It returned an error.
    #[error("gave up: {why}")]
    Refused {
        /// Its message.
        why: String,
    },
    /// No instance could be started.
    #[error("could not be started: {why}; the host is short of memory or address space")]
    Start {
        /// The error of the system.
        why: String,
    },
}

impl Fault {
    /// Whether the same call may succeed later, since the fault is in the host or in what the guest waited for.
    pub fn is_transient(&self) -> bool {
        matches!(self, Fault::Start { .. } | Fault::Wall { .. })
    }
}
