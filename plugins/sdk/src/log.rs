//! Log lines for the operator. Panics are logged too: a panic is a trap in the sandbox, and its message would be lost
//! without the hook.

/// The level of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Every step.
    Trace,
    /// For the author of the plugin.
    Debug,
    /// General information.
    Info,
    /// For the operator.
    Warn,
    /// Something failed.
    Error,
}

/// Writes one line. Does nothing outside a component.
pub fn emit(level: Level, message: &str) {
    #[cfg(all(target_arch = "wasm32", feature = "parser"))]
    crate::bindings::parser::emit(level, message);
    #[cfg(all(target_arch = "wasm32", feature = "pack", not(feature = "parser")))]
    crate::bindings::pack::emit(level, message);
    #[cfg(all(
        target_arch = "wasm32",
        feature = "provider",
        not(any(feature = "parser", feature = "pack"))
    ))]
    crate::bindings::provider::emit(level, message);
    #[cfg(not(all(
        target_arch = "wasm32",
        any(feature = "parser", feature = "pack", feature = "provider")
    )))]
    let _ = (level, message);
}

/// Logs panics. The export macros call it first.
pub fn install_panic_hook() {
    #[cfg(target_arch = "wasm32")]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            std::panic::set_hook(Box::new(|info| emit(Level::Error, &info.to_string())));
        });
    }
}
