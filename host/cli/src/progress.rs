//! Progress of a running scan: a bar on a terminal, a line for each call with `--verbose`.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use palisade_report::clean;
use palisade_scan::{Event, Observer};

use crate::args::Shared;
use crate::notice::complain;

/// The progress of a scan.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(shared: Shared) -> Progress {
        let wanted = io::stderr().is_terminal() && !shared.quiet && !shared.verbose;
        let target = if wanted { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} files") {
            bar.set_style(style);
        }
        Progress { bar }
    }

    pub(crate) fn observer(&self, shared: Shared) -> Observer {
        let bar = self.bar.clone();
        Arc::new(move |event| match event {
            Event::Units(units) => bar.set_length(units as u64),
            Event::UnitDone => bar.inc(1),
            Event::Known { plugin, call, on } => {
                if shared.verbose {
                    let on = if on.is_empty() { "the tree" } else { on };
                    complain(&clean(&format!("{plugin} {call} {on}: cached")));
                }
            }
            Event::NoSubject { plugin, control } => {
                if shared.verbose {
                    complain(&clean(&format!(
                        "warning: control `{control}` of `{plugin}` applies to nothing here: check its kinds and formats"
                    )));
                }
            }
            Event::Called { plugin, call, on, usage, fault, log } => {
                if !shared.verbose {
                    return;
                }
                let on = if on.is_empty() { "the tree" } else { on };
                let end = fault.map_or_else(String::new, |fault| format!(": {fault}"));
                let (cpu, memory) = (usage.cpu.as_secs_f64() * 1e3, usage.peak_memory >> 10);
                let line = format!("{plugin} {call} {on}: {cpu:.1} ms, {memory} KiB{end}");
                complain(&clean(&line));
                for line in log {
                    complain(&clean(&format!("{plugin} {:?}: {}", line.level, line.message)));
                }
            }
        })
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
