//! The engine that runs all plugins, and compilation of components.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::component::Component;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm,
};

use crate::limits::MAXIMA;

/// Interval at which running guests check their meter.
const TICK: Duration = Duration::from_millis(10);

/// Why the engine could not be started.
#[derive(Debug, Error)]
#[error("the WebAssembly engine cannot be started: {0}")]
pub struct EngineError(String);

/// Why a component could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// Compilation failed.
    #[error("the component does not compile: {0}")]
    Compile(String),
    /// The compiled code is not for this engine.
    #[error("the compiled code does not fit this engine: {0}")]
    Foreign(String),
    /// It imports something that its world does not have.
    #[error("the component does not fit its world: {0}")]
    Link(String),
}

/// Compiled code of a component.
#[derive(Clone)]
pub struct Code(pub(crate) Component);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code")
    }
}

/// The engine of all plugins.
pub struct Sandbox {
    engine: Engine,
    pooled: bool,
    /// A permit for each guest that fits into the pool.
    places: Arc<Semaphore>,
    size: usize,
    watch: OnceLock<Watch>,
}

/// Called at the end of each call, while the guest's memory is still as the call left it.
pub(crate) type Watch = Arc<dyn Fn() + Send + Sync>;

/// The settings that determine the generated code; the same for compiling ahead of time and for running.
fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        .cranelift_opt_level(OptLevel::Speed)
        // The same bits for NaN on every processor: reports must not depend on the machine.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        // Saves a tenth of the code: these tables are for backtraces of guests, which are not printed, and for
        // debuggers.
        .generate_address_map(false)
        .native_unwind_info(false)
        .wasm_memory64(false)
        .max_wasm_stack(1 << 20)
        .async_stack_size(3 << 20);
    config
}

fn pool(slots: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::default();
    // A component made from one core module has three core instances (itself and two small shims).
    pool.total_component_instances(slots)
        .total_core_instances(slots * 8)
        .total_memories(slots * 2)
        .total_tables(slots * 8)
        .total_stacks(slots)
        .total_gc_heaps(1)
        .max_core_instances_per_component(32)
        .max_memories_per_component(4)
        .max_tables_per_component(16)
        .table_elements(MAXIMA.table_elements)
        .max_memory_size(MAXIMA.memory);
    pool
}

impl Sandbox {
    /// Starts the engine for `concurrency` parallel calls, and the thread that makes guests check their meter. Further
    /// calls wait for a free place.
    pub fn new(concurrency: usize) -> Result<Sandbox, EngineError> {
        let slots = u32::try_from(concurrency).unwrap_or(u32::MAX).saturating_mul(2).clamp(16, 512);
        let mut pooled = config();
        pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots)));
        // Pooling reserves address space, which containers may refuse; without it only starts are slower.
        let (engine, pooled) = match Engine::new(&pooled) {
            Ok(engine) => (engine, true),
            Err(_) => (Engine::new(&config()).map_err(|error| EngineError(format!("{error:#}")))?, false),
        };
        let weak = engine.weak();
        thread::Builder::new()
            .name("palisade-epoch".to_owned())
            .spawn(move || {
                while let Some(engine) = weak.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    thread::sleep(TICK);
                }
            })
            .map_err(|error| EngineError(error.to_string()))?;
        let size = usize::try_from(slots).unwrap_or(usize::MAX);
        let places = Arc::new(Semaphore::new(size));
        Ok(Sandbox { engine, pooled, places, size, watch: OnceLock::new() })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Sets a function that runs at the end of each call, before the guest's memory is released. For tests of the
    /// memory of guests; only the first call has an effect.
    pub fn watch(&self, look: Arc<dyn Fn() + Send + Sync>) {
        let _ = self.watch.set(look);
    }

    pub(crate) fn watcher(&self) -> Option<Watch> {
        self.watch.get().cloned()
    }

    /// Waits for a place for one guest. The limits of a call apply from then on.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        // `None` only if the semaphore is closed, which never happens.
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Number of running guests, and the most that may run at a time.
    pub fn guests(&self) -> (usize, usize) {
        (self.size.saturating_sub(self.places.available_permits()), self.size)
    }

    /// Whether instances come from a pool.
    pub fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// A text that is equal for engines that can run the same compiled code.
    pub fn compatibility(&self) -> String {
        use std::hash::{Hash, Hasher};
        // SipHash with fixed keys: the same value in every process of the same build.
        #[expect(deprecated, reason = "the successor has another seed in each process")]
        let mut hasher = std::hash::SipHasher::new();
        self.engine.precompile_compatibility_hash().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Compiles a component in this process. Components of third parties are compiled in a child process instead.
    pub fn compile(&self, component: &[u8]) -> Result<Code, LoadError> {
        Component::new(&self.engine, component)
            .map(Code)
            .map_err(|error| LoadError::Compile(format!("{error:#}")))
    }

    /// Loads compiled code that [`precompile`] has made. The caller must ensure its origin: it was built into this
    /// program, or has an authentication code under this installation's key.
    pub fn load_trusted(&self, code: &[u8]) -> Result<Code, LoadError> {
        // SAFETY: wasmtime checks that the code is for this engine, but not that a compiler made it. Both callers
        // ensure that: the catalog embeds what its own build compiled, and verifies an HMAC, with a key that only this
        // installation has, of what it reads from disk. The bytes are in our memory, so nobody can change them after
        // the check.
        #[expect(unsafe_code, reason = "the one place where compiled code is loaded")]
        let component = unsafe { Component::deserialize(&self.engine, code) };
        component.map(Code).map_err(|error| LoadError::Foreign(format!("{error:#}")))
    }

    /// Loads compiled code of a core module, which [`Preparation::code`](crate::Preparation::code) has returned. The
    /// caller must ensure its origin as for [`Sandbox::load_trusted`].
    pub(crate) fn load_trusted_module(&self, code: &[u8]) -> Result<wasmtime::Module, LoadError> {
        // SAFETY: as for components above; the one caller verifies the HMAC under this installation's key.
        #[expect(unsafe_code, reason = "the other place where compiled code is loaded")]
        let module = unsafe { wasmtime::Module::deserialize(&self.engine, code) };
        module.map_err(|error| LoadError::Foreign(format!("{error:#}")))
    }
}

/// Compiles a component ahead of time. With `baseline` the code runs on every processor of this architecture, without
/// it only on those with the features of this one.
pub fn precompile(component: &[u8], baseline: bool) -> Result<Vec<u8>, LoadError> {
    let error = |error: wasmtime::Error| LoadError::Compile(format!("{error:#}"));
    let mut config = config();
    // A development build compiles third-party components in a fraction of the time, to slower code: its tests compile
    // hundreds.
    if cfg!(debug_assertions) && !baseline {
        config
            .cranelift_opt_level(OptLevel::None)
            .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    }
    if baseline {
        config.target(&format!("{}-unknown-linux-gnu", std::env::consts::ARCH)).map_err(error)?;
    }
    let engine = Engine::new(&config).map_err(error)?;
    engine.precompile_component(component).map_err(error)
}
