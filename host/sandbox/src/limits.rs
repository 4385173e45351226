//! How much a call may use.

use std::time::Duration;

/// The bounds of one call. Each trips with a fault of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// CPU time, in the guest and in the host on its behalf.
    pub cpu: Duration,
    /// Time by the clock on the wall, waiting included.
    pub wall: Duration,
    /// Linear memory of all its memories, in bytes.
    pub memory: usize,
    /// Elements of all its tables.
    pub table_elements: usize,
    /// Bytes that one transfer out of the guest may have, its results included.
    pub output: usize,
    /// Outcomes.
    pub findings: usize,
    /// Lines of log.
    pub log_lines: usize,
    /// Calls of the host.
    pub host_calls: u64,
}

/// What no manifest can ask beyond.
pub const MAXIMA: Limits = Limits {
    cpu: Duration::from_secs(30),
    wall: Duration::from_mins(2),
    memory: 1 << 30,
    table_elements: 100_000,
    output: 256 << 20,
    findings: 100_000,
    log_lines: 1_000,
    host_calls: 1_000_000,
};

impl Limits {
    /// What a plugin gets that asks for nothing.
    pub const DEFAULT: Limits = Limits {
        cpu: Duration::from_secs(5),
        wall: Duration::from_secs(30),
        memory: 256 << 20,
        table_elements: 20_000,
        output: 128 << 20,
        findings: 50_000,
        log_lines: 200,
        host_calls: 200_000,
    };

    /// The smaller of each.
    #[must_use]
    pub fn within(self, other: Limits) -> Limits {
        Limits {
            cpu: self.cpu.min(other.cpu),
            wall: self.wall.min(other.wall),
            memory: self.memory.min(other.memory),
            table_elements: self.table_elements.min(other.table_elements),
            output: self.output.min(other.output),
            findings: self.findings.min(other.findings),
            log_lines: self.log_lines.min(other.log_lines),
            host_calls: self.host_calls.min(other.host_calls),
        }
    }
}
