//! Why a scan gives no report.

use palisade_source::WalkError;
use thiserror::Error;

use crate::config::ConfigError;
use crate::environment::EnvironmentError;
use crate::parameters::ParameterError;

/// Why there is no report at all.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The tree cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// An environment is for nothing that is there.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The repository's configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A parameter of a control cannot be set.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The tree that a change is compared with cannot be scanned.
    #[error("in the base")]
    Base(#[source] Box<ScanError>),
    /// A part of the scan itself stopped: a fault of ours.
    #[error("the scan stopped at `{0}`: this is a fault of palisade itself; please report it")]
    Internal(String),
}
