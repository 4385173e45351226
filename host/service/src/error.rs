//! What can go wrong, by what the caller can do about it.

use palisade_domain::CallError;
use palisade_store::StoreError;
use thiserror::Error;

/// An error of the service. Texts never hold a secret.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// There is no such thing.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The id that was asked for.
        id: String,
    },
    /// A unique name is in use.
    #[error("{what} {name} exists already, choose another name")]
    Taken {
        /// The kind of thing.
        what: &'static str,
        /// The name in use.
        name: String,
    },
    /// The database cannot be reached, or is busy or full; asking again later may help.
    #[error("database is unavailable: {0}")]
    Unavailable(String),
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
