//! The exports of a component of each world, and conversions between the plain types of the SDK and those of the
//! contract. Plugin authors do not need this module.

// Each world has its own generated types, even for types that all worlds share.

/// Converts the error of a failed call into that of the world.
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

/// Remarks and their places.
#[cfg(any(feature = "parser", feature = "pack"))]
macro_rules! diagnostics {
    () => {
        fn span(span: crate::Span) -> core::Span {
            core::Span {
                start: span.start,
                end: span.end,
                line: span.line,
                column: span.column,
                end_line: span.end_line,
                end_column: span.end_column,
            }
        }

        fn diagnostic(it: crate::Diagnostic) -> core::Diagnostic {
            let level = match it.level {
                crate::Level::Note => core::Level::Note,
                crate::Level::Warning => core::Level::Warning,
                crate::Level::Error => core::Level::Error,
            };
            core::Diagnostic {
                level,
                code: it.code,
                message: it.message,
                path: it.path,
                span: it.span.map(span),
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
