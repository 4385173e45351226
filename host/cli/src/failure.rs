//! Errors of a command, and their exit status.

use std::fmt;

use palisade_scan::ScanError;

/// Invalid use or configuration.
const WRONG_USE: u8 = 2;
/// The scan could not be completed.
const INCOMPLETE: u8 = 3;

/// An error of a command, with its causes.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: u8,
    pub(crate) pipe_closed: bool,
    error: anyhow::Error,
}

impl Failure {
    /// An error that the user can fix: in a path, an option, a configuration or a plugin.
    pub(crate) fn wrong_use(error: impl Into<anyhow::Error>) -> Failure {
        Failure { status: WRONG_USE, pipe_closed: false, error: error.into() }
    }

    /// The scan stopped.
    pub(crate) fn incomplete(error: impl Into<anyhow::Error>) -> Failure {
        Failure { status: INCOMPLETE, pipe_closed: false, error: error.into() }
    }

    /// The output could not be written.
    pub(crate) fn output(error: std::io::Error) -> Failure {
        let pipe_closed = error.kind() == std::io::ErrorKind::BrokenPipe;
        let error = anyhow::Error::new(error).context("cannot write the output");
        Failure { status: WRONG_USE, pipe_closed, error }
    }
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Failure {
        let kind = if let ScanError::Base(inner) = &error { inner } else { &error };
        match kind {
            ScanError::Internal(_) => Failure::incomplete(error),
            ScanError::Walk(_)
            | ScanError::Environment(_)
            | ScanError::Config(_)
            | ScanError::Parameter(_)
            | ScanError::Base(_) => Failure::wrong_use(error),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}
