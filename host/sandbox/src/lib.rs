//! Wasmtime and the bindings: engine, limits, one call wrapper a world.
