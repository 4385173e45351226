//! Errors of fetching a module.

use thiserror::Error;

/// The reason why a module could not be fetched. It never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModuleError {
    /// The source is invalid.
    #[error("invalid source: {0}")]
    Source(String),
    /// Sources of this form are not supported.
    #[error("{0}: run `terraform init` before the scan, the modules that it installs are read")]
    Unsupported(String),
    /// The version is invalid.
    #[error("invalid version `{version}`: {why}")]
    Version {
        /// The requested version.
        version: String,
        /// The error.
        why: String,
    },
    /// No version matches.
    #[error("no version matches `{version}`: the registry has {found}")]
    NoVersion {
        /// The requested version.
        version: String,
        /// Some of the available versions.
        found: String,
    },
    /// The host is not allowed.
    #[error("`{0}` is not allowed: allow it with `--allow-modules {0}`")]
    NotAllowed(String),
    /// The package is not cached, and fetching is disabled.
    #[error("it is not in the cache, and the scan is offline: scan once without `--offline`")]
    Offline,
    /// A request failed.
    #[error("`{url}`: {why}")]
    Web {
        /// The URL, without secrets.
        url: String,
        /// The error.
        why: String,
    },
    /// The package is invalid, or too large.
    #[error("invalid package: {0}")]
    Package(String),
    /// The cache cannot be used.
    #[error("cannot use the cache of modules: {0}")]
    Cache(String),
    /// The package does not contain the folder that the source names.
    #[error("folder `{0}` not found in the package: check the path after `//` in the source")]
    NoFolder(String),
    /// The kind of need is not supported.
    #[error("needs of the kind `{0}` are not supported")]
    Kind(String),
}
