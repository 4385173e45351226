//! Why a module could not be had.

use thiserror::Error;

/// Why a module could not be had. No secret is ever in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModuleError {
    /// The source is not right.
    #[error("the source is not right: {0}")]
    Source(String),
    /// The source is of a form that is not fetched.
    #[error("{0}: run `terraform init` before the scan, what it installs is read")]
    Unsupported(String),
    /// The version is not right.
    #[error("the version `{version}` is not right: {why}")]
    Version {
        /// As it was asked for.
        version: String,
        /// What is wrong.
        why: String,
    },
    /// No version fits.
    #[error("no version fits `{version}`: the registry has {found}")]
    NoVersion {
        /// As it was asked for.
        version: String,
        /// Some that there are.
        found: String,
    },
    /// The host is not allowed.
    #[error("`{0}` is not allowed: the administrator allows it with `--allow-modules {0}`")]
    NotAllowed(String),
    /// Its kept copy is not there, and nothing is fetched.
    #[error("it is not kept from an earlier scan, and the scan is offline: scan once without `--offline`")]
    Offline,
    /// A request did not succeed.
    #[error("`{url}`: {why}")]
    Web {
        /// Where, without anything secret.
        url: String,
        /// What happened.
        why: String,
    },
    /// What came is not right, or too much.
    #[error("the package is not right: {0}")]
    Package(String),
    /// What is kept cannot be used.
    #[error("the cache of modules cannot be used: {0}")]
    Cache(String),
    /// The package lacks the folder that the source names.
    #[error("the package has no folder `{0}`: check what stands behind `//` in the source")]
    NoFolder(String),
    /// Whatever else.
    #[error("needs of the kind `{0}` are not met yet")]
    Kind(String),
}
