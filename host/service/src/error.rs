//! Errors of the service, by what the caller can do about them.

use palisade_domain::CallError;
use palisade_store::StoreError;
use thiserror::Error;

/// An error of the service. Messages never contain a secret.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The object does not exist.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// The kind of object.
        what: &'static str,
        /// The requested id.
        id: String,
    },
    /// A unique name is in use.
    #[error("{what} {name} exists already, choose another name")]
    Taken {
        /// The kind of object.
        what: &'static str,
        /// The name in use.
        name: String,
    },
    /// The database cannot be reached, or is busy or full; a later retry may succeed.
    #[error("database is unavailable: {0}")]
    Unavailable(String),
    /// An error of the provider.
    #[error(transparent)]
    Provider(#[from] CallError),
    /// An error of the adapter.
    #[error("adapter `{plugin}` {why}")]
    Plugin {
        /// The name of the adapter.
        plugin: String,
        /// The error.
        why: String,
    },
    /// A pull request has no history in common with its target.
    #[error(
        "the branch has no commit in common with `{branch}`, so that nothing can be compared: rebase it onto `{branch}`"
    )]
    Unrelated {
        /// The target branch.
        branch: String,
    },
    /// An input is invalid.
    #[error("`{field}`: {why}")]
    Invalid {
        /// The name of the field.
        field: &'static str,
        /// The error, and the fix.
        why: String,
    },
    /// The caller does not have the permission.
    #[error("{0}")]
    Denied(String),
    /// An internal error.
    #[error("{0}")]
    Internal(String),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> ServiceError {
        match error {
            StoreError::NotFound { what, id } => ServiceError::NotFound { what, id },
            StoreError::Taken { what, name } => ServiceError::Taken { what, name },
            StoreError::Unavailable(why) => ServiceError::Unavailable(why),
            StoreError::Sealed(why) | StoreError::Corrupt(why) | StoreError::Other(why) => {
                ServiceError::Internal(why)
            }
        }
    }
}

impl ServiceError {
    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> ServiceError {
        ServiceError::Invalid { field, why: why.into() }
    }

    pub(crate) fn internal(why: impl std::fmt::Display) -> ServiceError {
        ServiceError::Internal(why.to_string())
    }

    /// Wraps an internal error with its causes.
    pub(crate) fn caused(error: &dyn std::error::Error) -> ServiceError {
        let causes = std::iter::successors(error.source(), |it| it.source());
        let causes = causes.fold(error.to_string(), |text, it| format!("{text}: {it}"));
        ServiceError::Internal(causes)
    }

    /// The pause that the provider asks for, in seconds, if it refused the request for that reason.
    pub(crate) fn pause(&self) -> Option<u64> {
        match self {
            // Without a number: one minute, the minimum that providers ask of clients.
            ServiceError::Provider(CallError::RateLimited(seconds)) => Some(seconds.unwrap_or(60)),
            _ => None,
        }
    }
}
