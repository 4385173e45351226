//! The imports of every world: log, clock, settings and the tree.

use std::sync::Arc;

use palisade_capabilities::{LogLevel, TreeAccess};
use palisade_source::{Content, EntryKind, ReadError};
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::parser::palisade::host::snapshot as wire;
use crate::bindings::{pack, parser};
use crate::handles::Tree;
use crate::state::State;

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
    fn tree(&self, handle: &Resource<Tree>) -> Result<Arc<dyn TreeAccess>> {
        Ok(Arc::clone(&self.table.get(handle)?.0))
    }

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
