//! The state of a store for one call: capabilities, limits, and usage.

use std::sync::Arc;

use palisade_capabilities::{LogBuffer, LogLevel, Moment, SettingsText, TreeAccess};
use palisade_source::{Content, EntryKind, ReadError};
use wasmtime::component::{Resource, ResourceTable};
use wasmtime::{Error, ResourceLimiter, Result};

use crate::bindings::{pack, parser};
use crate::call::Fault;
use crate::limits::Limits;
use crate::reach::Reach;

/// The host's value of a `tree` handle.
#[expect(unreachable_pub, reason = "the generated bindings re-export it inside this crate")]
pub struct Tree(pub(crate) Arc<dyn TreeAccess>);

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
    fn enter_at(&mut self, path: &str) -> Result<()> {
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

    fn tree(&self, handle: &Resource<Tree>) -> Result<Arc<dyn TreeAccess>> {
        Ok(Arc::clone(&self.table.get(handle)?.0))
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

type Level = parser::palisade::host::log::Level;

impl parser::palisade::host::log::Host for State {
    async fn emit(&mut self, level: Level, message: String, fields: Vec<(String, String)>) -> Result<()> {
        let level = match level {
            Level::Trace => LogLevel::Trace,
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        self.emit(level, &message, &fields)
    }
}

impl pack::palisade::host::clock::Host for State {
    async fn now_unix_ms(&mut self) -> Result<u64> {
        self.enter()?;
        Ok(self.moment.0)
    }
}

impl pack::palisade::host::settings::Host for State {
    async fn get(&mut self) -> Result<String> {
        self.enter()?;
        Ok(self.settings.0.clone())
    }
}

use parser::palisade::host::snapshot as wire;

fn read_error(error: ReadError) -> wire::ReadError {
    match error {
        ReadError::Absent => wire::ReadError::Absent,
        ReadError::WrongKind => wire::ReadError::WrongKind,
        ReadError::Outside => wire::ReadError::Outside,
        ReadError::TooLarge(size) => wire::ReadError::TooLarge(size),
        ReadError::NotText(offset) => wire::ReadError::NotText(offset),
        ReadError::Changed => wire::ReadError::Changed,
        ReadError::Unreadable(why) => wire::ReadError::Unreadable(why),
    }
}

fn entry(entry: palisade_source::Entry) -> wire::Entry {
    let kind = match entry.kind {
        EntryKind::File => wire::EntryKind::File,
        EntryKind::Folder => wire::EntryKind::Folder,
        EntryKind::Link => wire::EntryKind::Link,
        EntryKind::Submodule => wire::EntryKind::Submodule,
    };
    wire::Entry { name: entry.name, kind, size: entry.size }
}

impl State {
    async fn read(&mut self, tree: &Resource<Tree>, path: &str) -> Result<Result<Content, ReadError>> {
        self.enter_at(path)?;
        let tree = self.tree(tree)?;
        Ok(tree.read(path).await)
    }
}

impl wire::HostTree for State {
    async fn list(
        &mut self,
        tree: Resource<Tree>,
        folder: String,
    ) -> Result<Result<Vec<wire::Entry>, wire::ReadError>> {
        self.enter_at(&folder)?;
        let tree = self.tree(&tree)?;
        let entries = tree.list(&folder).await;
        Ok(entries.map(|entries| entries.into_iter().map(entry).collect()).map_err(read_error))
    }

    async fn read_text(
        &mut self,
        tree: Resource<Tree>,
        path: String,
    ) -> Result<Result<String, wire::ReadError>> {
        let content = self.read(&tree, &path).await?;
        let text = content.and_then(|content| content.text().map(str::to_owned));
        Ok(text.map_err(read_error))
    }

    async fn read_bytes(
        &mut self,
        tree: Resource<Tree>,
        path: String,
    ) -> Result<Result<Vec<u8>, wire::ReadError>> {
        let content = self.read(&tree, &path).await?;
        Ok(content.map(|content| content.bytes.to_vec()).map_err(read_error))
    }

    async fn stat(&mut self, tree: Resource<Tree>, path: String) -> Result<Option<wire::Entry>> {
        self.enter_at(&path)?;
        let tree = self.tree(&tree)?;
        Ok(tree.stat(&path).await.ok().flatten().map(entry))
    }

    async fn drop(&mut self, tree: Resource<Tree>) -> Result<()> {
        self.table.delete(tree)?;
        Ok(())
    }
}

impl wire::Host for State {}
impl parser::palisade::types::core::Host for State {}
impl parser::palisade::types::tape::Host for State {}
impl pack::palisade::types::core::Host for State {}
impl pack::palisade::types::tape::Host for State {}
