//! Why a module could not be fetched.

use thiserror::Error;

/// Why a module could not be fetched. No secret is ever in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModuleError {
    /// The source is invalid.
    #[error("invalid source: {0}")]
    Source(String),
    /// The source is of a form that is not fetched.
    #[error("{0}: run `terraform init` before the scan, the modules that it installs are read")]
    Unsupported(String),
    /// The version is invalid.
    #[error("invalid version `{version}`: {why}")]
    Version {
        /// As it was asked for.
        version: String,
        /// What is wrong.
        why: String,
    },
    /// No version fits.
    #[error("no version matches `{version}`: the registry has {found}")]
    NoVersion {
        /// As it was asked for.
        version: String,
        /// Some that there are.
        found: String,
    },
    /// The host is not allowed.
    #[error("`{0}` is not allowed: allow it with `--allow-modules {0}`")]
    NotAllowed(String),
    /// Its kept copy is not there, and nothing is fetched.
    #[error("it is not in the cache, and the scan is offline: scan once without `--offline`")]
    Offline,
    /// A request did not succeed.
    #[error("`{url}`: {why}")]
    Web {
        /// Where, without anything secret.
        url: String,
        /// What happened.
        why: String,
    },
    /// The package is invalid, or too large.
    #[error("invalid package: {0}")]
    Package(String),
    /// What is kept cannot be used.
    #[error("cannot use the cache of modules: {0}")]
    Cache(String),
    /// The package lacks the folder that the source names.
    #[error("folder `{0}` not found in the package: check the path after `//` in the source")]
    NoFolder(String),
    /// Whatever else.
    #[error("needs of the kind `{0}` are not supported")]
    Kind(String),
}
