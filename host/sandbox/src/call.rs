//! One call of a guest: metered, limited, and with its faults explained.

use std::sync::Arc;
use std::time::Duration;

use palisade_capabilities::{LogLevel, LogLine, Moment, SettingsText};
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::convert::one_line;
use crate::engine::{Sandbox, Watch};
use crate::fault::Fault;
use crate::limits::Limits;
use crate::meter::{Meter, Metered};
use crate::state::State;

/// Resources that a call used. For users and benchmarks; never part of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time, including that of the host for the call.
    pub cpu: Duration,
    /// Peak of the linear memory in bytes.
    pub peak_memory: usize,
}

/// A finished call.
#[derive(Debug)]
pub struct Call<T> {
    /// Result of the call.
    pub result: Result<T, Fault>,
    /// Resources that it used.
    pub usage: Usage,
    /// Log lines that it wrote.
    pub log: Vec<LogLine>,
}

impl<T> Call<T> {
    /// The same call with its result converted.
    pub(crate) fn and_then<U>(self, next: impl FnOnce(T) -> Result<U, Fault>) -> Call<U> {
        Call { result: self.result.and_then(next), usage: self.usage, log: self.log }
    }
}

/// Ticks of the epoch between two checks of the meter.
const TICKS: u64 = 1;

/// A fresh store and its limits.
pub(crate) struct Guest {
    /// For instantiating and calling, inside [`Bounds::hold`].
    pub(crate) store: Store<State>,
    bounds: Bounds,
    watch: Option<Watch>,
    /// Released when the guest is dropped.
    places: Vec<OwnedSemaphorePermit>,
}

/// Enforces the limits of a call.
#[derive(Clone)]
pub(crate) struct Bounds {
    meter: Arc<Meter>,
    limits: Limits,
}

/// The result of a limited future; `None` after a timeout.
pub(crate) struct Ended<T>(Option<wasmtime::Result<T>>);

impl Bounds {
    /// Runs a whole call, including the start of its instance, since that runs the guest's code too.
    pub(crate) async fn hold<T>(&self, work: impl Future<Output = wasmtime::Result<T>> + Send) -> Ended<T> {
        let metered = Metered::new(Arc::clone(&self.meter), work);
        Ended(tokio::time::timeout(self.limits.wall, metered).await.ok())
    }
}

impl Guest {
    /// A new guest; waits for a free place first.
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

    /// Holds a permit until the guest is dropped.
    pub(crate) fn hold(&mut self, permit: OwnedSemaphorePermit) {
        self.places.push(permit);
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds.clone()
    }

    /// Drops the store and returns the result of the call.
    pub(crate) fn end<T>(self, ended: Ended<T>) -> Call<T> {
        if let Some(watch) = &self.watch {
            watch();
        }
        let Bounds { meter, limits } = self.bounds;
        let state = self.store.into_data();
        let result = match ended.0 {
            None => Err(Fault::Wall { limit: limits.wall }),
            Some(Ok(value)) => match state.tripped {
                // A guest may ignore an error of the host; the limit counts as exceeded in any case.
                Some(fault) => Err(fault),
                None => Ok(value),
            },
            Some(Err(error)) => Err(explain(&error, state.tripped, &limits, state.log.lines())),
        };
        let usage = Usage { cpu: meter.used(), peak_memory: state.peak_memory };
        Call { result, usage, log: state.log.into_lines() }
    }
}

/// Converts an error of wasmtime to a fault of the plugin.
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
    // The type of the error is private to wasmtime; a test ensures that its message is this one.
    if text.contains("fuel allocated for hostcalls") {
        return Fault::Output { limit: limits.output };
    }
    if error.downcast_ref::<wasmtime::PoolConcurrencyLimitError>().is_some() {
        return Fault::Start { why: text };
    }
    // The innermost cause: the outer ones are the guest's frames, one on each line.
    Fault::BadOutput { what: one_line(&error.root_cause().to_string()) }
}

fn reason(trap: Trap) -> String {
    let text = trap.to_string();
    text.strip_prefix("wasm trap: ").unwrap_or(&text).to_owned()
}
