//! What a component of each world exports, and the plain types of the SDK turned into the contract's and back.
//! Plugin authors never look in here.

// Each world has generated types of its own, even for what all worlds say alike.

/// Turns a failed call into what the world says of it.
#[cfg(any(feature = "parser", feature = "provider"))]
macro_rules! call_errors {
    () => {
        fn call_error(error: crate::CallError) -> core::CallError {
            match error {
                crate::CallError::Denied(text) => core::CallError::Denied(text),
                crate::CallError::InvalidInput(text) => core::CallError::InvalidInput(text),
                crate::CallError::Unavailable(text) => core::CallError::Unavailable(text),
                crate::CallError::RateLimited(seconds) => core::CallError::RateLimited(seconds),
                crate::CallError::Other(text) => core::CallError::Other(text),
            }
        }
    };
}

/// Lines of the log.
macro_rules! log_lines {
    () => {
        /// Writes one line to the host's log.
        pub fn emit(level: crate::log::Level, message: &str) {
            let level = match level {
                crate::log::Level::Trace => log::Level::Trace,
                crate::log::Level::Debug => log::Level::Debug,
                crate::log::Level::Info => log::Level::Info,
                crate::log::Level::Warn => log::Level::Warn,
                crate::log::Level::Error => log::Level::Error,
            };
            log::emit(level, message, &[]);
        }
    };
}

#[cfg(feature = "pack")]
pub mod pack;
#[cfg(feature = "parser")]
pub mod parser;
#[cfg(feature = "provider")]
pub mod provider;
