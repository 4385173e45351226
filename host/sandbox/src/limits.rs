//! Limits of a call.

use std::time::Duration;

/// The limits of one call. Each has its own fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// CPU time, in the guest and in the host for it.
    pub cpu: Duration,
    /// Wall time, including waiting.
    pub wall: Duration,
    /// Linear memory of all memories, in bytes.
    pub memory: usize,
    /// Elements of all tables.
    pub table_elements: usize,
    /// Bytes of one transfer out of the guest, such as its results.
    pub output: usize,
    /// Outcomes.
    pub findings: usize,
    /// Log lines.
    pub log_lines: usize,
    /// Calls of the host.
    pub host_calls: u64,
}

/// The maxima; a manifest cannot request more.
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
    /// The limits of a plugin that requests none.
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

    /// The smaller value of each limit.
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
