//! Errors of a scan.

use palisade_source::WalkError;
use thiserror::Error;

use crate::config::ConfigError;
use crate::environment::EnvironmentError;
use crate::parameters::ParameterError;

/// Why a scan has no report.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The tree cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// An environment applies to no unit, or is invalid.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The configuration of the repository is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A parameter of a control cannot be set.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The tree that a change is compared with cannot be scanned.
    #[error("in the base")]
    Base(#[source] Box<ScanError>),
    /// Internal error: a part of the scan stopped.
    #[error("the scan stopped at `{0}`: this is a fault of palisade itself; please report it")]
    Internal(String),
}
