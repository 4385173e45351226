//! One measurement: counts, times, and the line by which a child process reports them.

use std::time::Duration;

/// Counts of a scan; equal work gives equal counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) resources: u64,
    pub(crate) failed: u64,
    pub(crate) passed: u64,
    pub(crate) unknown: u64,
}

impl Counts {
    /// Adds an answer of a pack: the passes of its controls, and for each outcome whether it is a violation.
    pub(crate) fn add(&mut self, passed: &[u32], violations: impl Iterator<Item = bool>) {
        self.passed += passed.iter().map(|count| u64::from(*count)).sum::<u64>();
        for violated in violations {
            *(if violated { &mut self.failed } else { &mut self.unknown }) += 1;
        }
    }
}

/// A measurement. A process makes only one, so that the peak of memory is that of this work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) counts: Counts,
    pub(crate) took: Duration,
    /// Processor time in calls of guests, with starts and conversions; zero if there are none.
    pub(crate) in_calls: Duration,
    pub(crate) peak_mib: u64,
}

impl Measured {
    /// One line for the parent process.
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

    /// Parses that line.
    pub(crate) fn of(line: &str) -> Option<Measured> {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|it| it.parse().ok()).collect();
        let [resources, failed, passed, unknown, took, in_calls, peak_mib] = numbers[..] else { return None };
        let counts = Counts { resources, failed, passed, unknown };
        let micros = Duration::from_micros;
        Some(Measured { counts, took: micros(took), in_calls: micros(in_calls), peak_mib })
    }
}
