//! The state of a store for one call: capabilities, limits, and usage.

use palisade_capabilities::{LogBuffer, LogLevel, Moment, SettingsText};
use wasmtime::component::ResourceTable;
use wasmtime::{Error, ResourceLimiter, Result};

use crate::fault::Fault;
use crate::limits::Limits;
use crate::reach::Reach;

/// Every 256 bytes of a path count as one more call.
const LONG_PATH: u64 = 256;

/// The state of a store.
pub(crate) struct State {
    pub(crate) limits: Limits,
    pub(crate) table: ResourceTable,
    pub(crate) log: LogBuffer,
    pub(crate) moment: Moment,
    pub(crate) settings: SettingsText,
    /// What it can access outside of the sandbox; nothing in worlds without such imports.
    pub(crate) reach: Reach,
    /// The limit that was exceeded first; the trap that follows has fewer details.
    pub(crate) tripped: Option<Fault>,
    pub(crate) memory: usize,
    pub(crate) peak_memory: usize,
    tables: usize,
    host_calls: u64,
}

impl State {
    pub(crate) fn new(limits: Limits, moment: Moment, settings: SettingsText) -> State {
        State {
            limits,
            table: ResourceTable::new(),
            log: LogBuffer::new(limits.log_lines),
            moment,
            settings,
            reach: Reach::default(),
            tripped: None,
            memory: 0,
            peak_memory: 0,
            tables: 0,
            host_calls: 0,
        }
    }

    /// Records an exceeded limit, and returns the error that stops the guest.
    fn trip(&mut self, fault: Fault) -> Error {
        let error = Error::msg(fault.to_string());
        self.tripped.get_or_insert(fault);
        error
    }

    /// Counts a call of the host.
    pub(crate) fn enter(&mut self) -> Result<()> {
        self.charge(1)
    }

    /// Counts a call with a path. The host stores the path, so a long path counts as several calls.
    pub(crate) fn enter_at(&mut self, path: &str) -> Result<()> {
        self.charge(1 + path.len() as u64 / LONG_PATH)
    }

    fn charge(&mut self, calls: u64) -> Result<()> {
        self.host_calls = self.host_calls.saturating_add(calls);
        if self.host_calls > self.limits.host_calls {
            let limit = self.limits.host_calls;
            return Err(self.trip(Fault::HostCalls { limit }));
        }
        Ok(())
    }

    pub(crate) fn emit(&mut self, level: LogLevel, message: &str, fields: &[(String, String)]) -> Result<()> {
        self.enter()?;
        if self.log.push(level, message, fields) {
            return Ok(());
        }
        let limit = self.limits.log_lines;
        Err(self.trip(Fault::LogLines { limit }))
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let total = self.memory.saturating_sub(current).saturating_add(desired);
        if total > self.limits.memory {
            let limit = self.limits.memory;
            return Err(self.trip(Fault::Memory { limit }));
        }
        self.memory = total;
        self.peak_memory = self.peak_memory.max(total);
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let total = self.tables.saturating_sub(current).saturating_add(desired);
        if total > self.limits.table_elements {
            let limit = self.limits.table_elements;
            return Err(self.trip(Fault::Tables { limit }));
        }
        self.tables = total;
        Ok(true)
    }

    fn memories(&self) -> usize {
        4
    }

    fn tables(&self) -> usize {
        16
    }

    fn instances(&self) -> usize {
        32
    }
}
