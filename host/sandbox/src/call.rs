//! One call of a guest: metered, bounded, and explained when it goes wrong.

use std::sync::Arc;
use std::time::Duration;

use palisade_capabilities::{LogLevel, LogLine, Moment, SettingsText};
use thiserror::Error;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::convert::one_line;
use crate::engine::{Sandbox, Watch};
use crate::limits::Limits;
use crate::meter::{Meter, Metered};
use crate::state::State;

/// What a plugin did wrong. The texts hold no measured time, so that equal scans stay equal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It computed for too long.
    #[error("used up its {} ms of CPU time", limit.as_millis())]
    Cpu {
        /// The bound.
        limit: Duration,
    },
    /// It took too long, waiting included.
    #[error("was not done after {} ms", limit.as_millis())]
    Wall {
        /// The bound.
        limit: Duration,
    },
    /// It wanted more memory.
    #[error("wanted more than its {} MiB of memory", limit >> 20)]
    Memory {
        /// The bound, in bytes.
        limit: usize,
    },
    /// It wanted larger tables.
    #[error("wanted more than {limit} table elements")]
    Tables {
        /// The bound.
        limit: usize,
    },
    /// It nested its calls too deeply.
    #[error("nested its calls deeper than its stack")]
    Stack,
    /// It handed over too much at once.
    #[error("handed over more than {} MiB at once", limit >> 20)]
    Output {
        /// The bound, in bytes.
        limit: usize,
    },
    /// It reported too much.
    #[error("reported more than {limit} outcomes")]
    Findings {
        /// The bound.
        limit: usize,
    },
    /// It logged too much.
    #[error("wrote more than {limit} lines of log")]
    LogLines {
        /// The bound.
        limit: usize,
    },
    /// It called the host too often.
    #[error("called the host more than {limit} times")]
    HostCalls {
        /// The bound.
        limit: u64,
    },
    /// It panicked, with the words that its panic hook left.
    #[error("panicked: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },
    /// It trapped.
    #[error("trapped: {reason}")]
    Trapped {
        /// What wasmtime says.
        reason: String,
    },
    /// It gave something that the contract does not allow.
    #[error("broke the contract: {what}")]
    BadOutput {
        /// Which rule.
        what: String,
    },
    /// It said itself that it cannot.
    #[error("gave up: {why}")]
    Refused {
        /// Its words.
        why: String,
    },
    /// No instance could be had.
    #[error("could not be started: {why}; the host is short of memory or address space")]
    Start {
        /// What the system says.
        why: String,
    },
}

impl Fault {
    /// Whether the same call may end well later: what went wrong lies with the host or with what the guest waited for.
    pub fn is_transient(&self) -> bool {
        matches!(self, Fault::Start { .. } | Fault::Wall { .. })
    }
}

/// What a call took. For people and benchmarks; never part of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time, the host's on its behalf included.
    pub cpu: Duration,
    /// The most linear memory at once, in bytes.
    pub peak_memory: usize,
}

/// How a call ended.
#[derive(Debug)]
pub struct Call<T> {
    /// What it gave.
    pub result: Result<T, Fault>,
    /// What it took.
    pub usage: Usage,
    /// What it wrote.
    pub log: Vec<LogLine>,
}

impl<T> Call<T> {
    /// The same with another value.
    pub(crate) fn and_then<U>(self, next: impl FnOnce(T) -> Result<U, Fault>) -> Call<U> {
        Call { result: self.result.and_then(next), usage: self.usage, log: self.log }
    }
}

/// Ticks of the epoch between two looks at the meter.
const TICKS: u64 = 1;

/// A fresh store and what bounds it.
pub(crate) struct Guest {
    /// For instantiating and calling, inside of [`Bounds::hold`].
    pub(crate) store: Store<State>,
    bounds: Bounds,
    watch: Option<Watch>,
    /// Given back when the guest is gone.
    places: Vec<OwnedSemaphorePermit>,
}

/// Holds a call to its bounds.
#[derive(Clone)]
pub(crate) struct Bounds {
    meter: Arc<Meter>,
    limits: Limits,
}

/// How a bounded future ended; `None`: not in time.
pub(crate) struct Ended<T>(Option<wasmtime::Result<T>>);

impl Bounds {
    /// Runs all of a call, its instance's start included, since that is the guest's code too.
    pub(crate) async fn hold<T>(&self, work: impl Future<Output = wasmtime::Result<T>> + Send) -> Ended<T> {
        let metered = Metered::new(Arc::clone(&self.meter), work);
        Ended(tokio::time::timeout(self.limits.wall, metered).await.ok())
    }
}

impl Guest {
    /// Waits for a place first.
    pub(crate) async fn new(
        sandbox: &Sandbox,
        limits: Limits,
        moment: Moment,
        settings: SettingsText,
    ) -> Guest {
        let place = sandbox.place().await;
        let meter = Arc::new(Meter::default());
        let mut store = Store::new(sandbox.engine(), State::new(limits, moment, settings));
        store.limiter(|state| state);
        store.set_hostcall_fuel(limits.output);
        store.set_epoch_deadline(TICKS);
        let watch = Arc::clone(&meter);
        store.epoch_deadline_callback(move |mut context| {
            if watch.used_within_poll() > limits.cpu {
                context.data_mut().tripped.get_or_insert(Fault::Cpu { limit: limits.cpu });
                return Ok(UpdateDeadline::Interrupt);
            }
            Ok(UpdateDeadline::Yield(TICKS))
        });
        Guest {
            store,
            bounds: Bounds { meter, limits },
            watch: sandbox.watcher(),
            places: place.into_iter().collect(),
        }
    }

    /// Gives a permit back when the guest is gone.
    pub(crate) fn hold(&mut self, permit: OwnedSemaphorePermit) {
        self.places.push(permit);
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds.clone()
    }

    /// Drops the store and tells how the call ended.
    pub(crate) fn end<T>(self, ended: Ended<T>) -> Call<T> {
        if let Some(watch) = &self.watch {
            watch();
        }
        let Bounds { meter, limits } = self.bounds;
        let state = self.store.into_data();
        let result = match ended.0 {
            None => Err(Fault::Wall { limit: limits.wall }),
            Some(Ok(value)) => match state.tripped {
                // A guest may swallow an error of the host; the bound is tripped all the same.
                Some(fault) => Err(fault),
                None => Ok(value),
            },
            Some(Err(error)) => Err(explain(&error, state.tripped, &limits, state.log.lines())),
        };
        let usage = Usage { cpu: meter.used(), peak_memory: state.peak_memory };
        Call { result, usage, log: state.log.into_lines() }
    }
}

/// What an error of wasmtime means for the plugin.
fn explain(error: &wasmtime::Error, tripped: Option<Fault>, limits: &Limits, log: &[LogLine]) -> Fault {
    if let Some(fault) = tripped {
        return fault;
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return match trap {
            Trap::StackOverflow => Fault::Stack,
            Trap::Interrupt => Fault::Cpu { limit: limits.cpu },
            Trap::UnreachableCodeReached => match log.last() {
                Some(line) if line.level == LogLevel::Error => {
                    Fault::Panicked { message: line.message.clone() }
                }
                _ => Fault::Trapped { reason: reason(*trap) },
            },
            other => Fault::Trapped { reason: reason(*other) },
        };
    }
    let text = format!("{error:#}");
    // The error's type is private to wasmtime; a test holds that its words are these.
    if text.contains("fuel allocated for hostcalls") {
        return Fault::Output { limit: limits.output };
    }
    if error.downcast_ref::<wasmtime::PoolConcurrencyLimitError>().is_some() {
        return Fault::Start { why: text };
    }
    // The innermost cause: what stands around it are the guest's frames, one a line.
    Fault::BadOutput { what: one_line(&error.root_cause().to_string()) }
}

fn reason(trap: Trap) -> String {
    let text = trap.to_string();
    text.strip_prefix("wasm trap: ").unwrap_or(&text).to_owned()
}
