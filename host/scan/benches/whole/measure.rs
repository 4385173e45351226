//! One measurement: what was counted, what it took, and how a child process tells it.

use std::time::Duration;

/// What a scan found; equal work gives equal counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) resources: u64,
    pub(crate) failed: u64,
    pub(crate) passed: u64,
    pub(crate) unknown: u64,
}

impl Counts {
    /// Adds what a pack said: the passes of its controls, and of each outcome whether it is a violation.
    pub(crate) fn add(&mut self, passed: &[u32], violations: impl Iterator<Item = bool>) {
        self.passed += passed.iter().map(|count| u64::from(*count)).sum::<u64>();
        for violated in violations {
            *(if violated { &mut self.failed } else { &mut self.unknown }) += 1;
        }
    }
}

/// A measurement. A process has only one, so that its peak of memory is that of this work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) counts: Counts,
    pub(crate) took: Duration,
    /// Processor time in calls of guests, starts and conversions included; zero where there is none.
    pub(crate) in_calls: Duration,
    pub(crate) peak_mib: u64,
}

impl Measured {
    /// As one line for the parent.
    pub(crate) fn line(&self) -> String {
        let it = &self.counts;
        format!(
            "{} {} {} {} {} {} {}",
            it.resources,
            it.failed,
            it.passed,
            it.unknown,
            self.took.as_micros(),
            self.in_calls.as_micros(),
            self.peak_mib
        )
    }

    /// From that line.
    pub(crate) fn of(line: &str) -> Option<Measured> {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|it| it.parse().ok()).collect();
        let [resources, failed, passed, unknown, took, in_calls, peak_mib] = numbers[..] else { return None };
        let counts = Counts { resources, failed, passed, unknown };
        let micros = Duration::from_micros;
        Some(Measured { counts, took: micros(took), in_calls: micros(in_calls), peak_mib })
    }
}
