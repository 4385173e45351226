//! What can go wrong, by what the caller can do about it.

use palisade_domain::CallError;
use palisade_store::StoreError;
use thiserror::Error;

/// An error of the service. Texts never hold a secret.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The provider said no.
    #[error(transparent)]
    Provider(#[from] CallError),
    /// The adapter broke.
    #[error("adapter `{plugin}` {why}")]
    Plugin {
        /// Its name.
        plugin: String,
        /// What it did.
        why: String,
    },
    /// A pull request has nothing in common with its target.
    #[error(
        "the branch has no commit in common with `{branch}`, so that nothing can be compared: rebase it onto `{branch}`"
    )]
    Unrelated {
        /// The target.
        branch: String,
    },
    /// Something that was given is not right.
    #[error("`{field}`: {why}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong, and the mend.
        why: String,
    },
    /// What is asked for is more than the one who asks may do.
    #[error("{0}")]
    Denied(String),
    /// Something of ours went wrong.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> ServiceError {
        ServiceError::Invalid { field, why: why.into() }
    }

    pub(crate) fn internal(why: impl std::fmt::Display) -> ServiceError {
        ServiceError::Internal(why.to_string())
    }

    /// A fault of ours, with its causes.
    pub(crate) fn caused(error: &dyn std::error::Error) -> ServiceError {
        let causes = std::iter::successors(error.source(), |it| it.source());
        let causes = causes.fold(error.to_string(), |text, it| format!("{text}: {it}"));
        ServiceError::Internal(causes)
    }

    /// The pause that the provider asks for, in seconds, where that is what went wrong.
    pub(crate) fn pause(&self) -> Option<u64> {
        match self {
            // Without a number: at least a minute, as providers ask of clients.
            ServiceError::Provider(CallError::RateLimited(seconds)) => Some(seconds.unwrap_or(60)),
            _ => None,
        }
    }
}
