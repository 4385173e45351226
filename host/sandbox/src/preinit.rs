//! Prepares a guest ahead of time: starts a core module, passes a message to it, and makes a new module of its memory.

use palisade_capabilities::{Moment, SettingsText};
use thiserror::Error;
use wasmtime::{Instance, Linker, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, Wizer};

use crate::call::{Call, Guest};
use crate::engine::Sandbox;
use crate::limits::Limits;
use crate::state::State;

/// The exports by which messages are exchanged with a module.
#[derive(Clone, Copy, Debug)]
pub struct Exports {
    /// `(bytes) -> address`: allocates space for a message.
    pub room: &'static str,
    /// `() -> bytes`: reads the message and returns the length of the answer.
    pub take: &'static str,
    /// `() -> address`: address of the answer.
    pub answer: &'static str,
}

/// Why a module could not be prepared.
#[derive(Debug, Error)]
#[error("the module cannot be prepared: {0}")]
pub struct PrepareError(String);

fn error(error: impl std::fmt::Display) -> PrepareError {
    PrepareError(format!("{error:#}"))
}

/// A core module that can be started, receive a message, and be kept.
pub struct Preparation<'m> {
    wizer: Wizer,
    context: wasmtime_wizer::ModuleContext<'m>,
    module: Module,
}

/// Result of an exchange.
#[derive(Debug)]
pub struct Prepared {
    /// The answer to the message.
    pub answer: Vec<u8>,
    /// The module with its memory after the message; none if it was not requested.
    pub module: Option<Vec<u8>>,
}

impl<'m> Preparation<'m> {
    /// Compiles a module for this. The module is part of this program, so it is compiled in this process. `code` is
    /// what [`Preparation::code`] returned for the same module earlier; the caller must ensure its origin. If it does
    /// not fit, the module is compiled again.
    pub fn new(
        sandbox: &Sandbox,
        module: &'m [u8],
        code: Option<&[u8]>,
    ) -> Result<Preparation<'m>, PrepareError> {
        let wizer = Wizer::new();
        let (context, instrumented) = wizer.instrument(module).map_err(error)?;
        let known = code.and_then(|code| sandbox.load_trusted_module(code).ok());
        let module = match known {
            Some(module) => module,
            None => Module::new(sandbox.engine(), instrumented).map_err(error)?,
        };
        Ok(Preparation { wizer, context, module })
    }

    /// The compiled code, to be stored.
    pub fn code(&self) -> Result<Vec<u8>, PrepareError> {
        self.module.serialize().map_err(error)
    }

    /// Starts the module, passes a message to it and returns its answer, within limits; `keep` requests the module with
    /// its resulting memory. Its imports are not available.
    pub async fn exchange(
        &self,
        sandbox: &Sandbox,
        exports: Exports,
        message: &[u8],
        limits: Limits,
        keep: bool,
    ) -> Call<Prepared> {
        let mut guest = Guest::new(sandbox, limits, Moment(0), SettingsText::default()).await;
        let bounds = guest.bounds();
        let ended = bounds.hold(self.send(&mut guest.store, exports, message, keep)).await;
        guest.end(ended)
    }

    async fn send(
        &self,
        store: &mut Store<State>,
        exports: Exports,
        message: &[u8],
        keep: bool,
    ) -> wasmtime::Result<Prepared> {
        let mut linker: Linker<State> = Linker::new(store.engine());
        linker.define_unknown_imports_as_traps(&self.module)?;
        let instance = linker.instantiate_async(&mut *store, &self.module).await?;
        let memory = instance
            .get_memory(&mut *store, "memory")
            .ok_or_else(|| wasmtime::format_err!("it has no memory"))?;
        let room = instance.get_typed_func::<u32, u32>(&mut *store, exports.room)?;
        let take = instance.get_typed_func::<(), u32>(&mut *store, exports.take)?;
        let answer = instance.get_typed_func::<(), u32>(&mut *store, exports.answer)?;
        let length = u32::try_from(message.len())?;
        let at = room.call_async(&mut *store, length).await?;
        memory.write(&mut *store, at as usize, message)?;
        let length = take.call_async(&mut *store, ()).await?;
        let at = answer.call_async(&mut *store, ()).await? as usize;
        let end = at.saturating_add(length as usize);
        let answer = memory
            .data(&*store)
            .get(at..end)
            .map(<[u8]>::to_vec)
            .ok_or_else(|| wasmtime::format_err!("its answer is nowhere in its memory"))?;
        if !keep {
            return Ok(Prepared { answer, module: None });
        }
        let mut state = Memory { store, instance };
        let module = self.wizer.snapshot(&self.context, &mut state).await?;
        Ok(Prepared { answer, module: Some(module) })
    }
}

/// The state that the snapshot reads.
struct Memory<'a> {
    store: &'a mut Store<State>,
    instance: Instance,
}

impl InstanceState for Memory<'_> {
    async fn global_get(&mut self, name: &str, _: wasmparser::ValType) -> SnapshotVal {
        match self.instance.get_global(&mut *self.store, name).map(|it| it.get(&mut *self.store)) {
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(value)) => SnapshotVal::F32(value),
            Some(Val::F64(value)) => SnapshotVal::F64(value),
            Some(Val::V128(value)) => SnapshotVal::V128(value.as_u128()),
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            // Instrumented modules export every mutable global, and these contain only numbers.
            _ => SnapshotVal::I32(0),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.instance.get_memory(&mut *self.store, name) {
            Some(memory) => contents(memory.data(&*self.store)),
            None => contents(&[]),
        }
    }
}
