//! Errors of the database, by what the caller can do about them.

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use thiserror::Error;

/// An error of the store. Messages never contain a secret.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The row does not exist.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// The kind of row.
        what: &'static str,
        /// The requested id.
        id: String,
    },
    /// A unique name is in use.
    #[error("{what} {name} exists already, choose another name")]
    Taken {
        /// The kind of row.
        what: &'static str,
        /// The name in use.
        name: String,
    },
    /// The database cannot be reached, or is busy or full; a later retry may succeed (HTTP 503).
    #[error("database is unavailable: {0}")]
    Unavailable(String),
    /// A secret cannot be sealed or opened.
    #[error("{0}")]
    Sealed(String),
    /// A row contains invalid data: table, column and row.
    #[error("{0}")]
    Corrupt(String),
    /// Any other error.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound { what, id: id.to_owned() }
    }

    pub(crate) fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }

    /// Converts a violation of a unique constraint to [`StoreError::Taken`]; other errors stay unchanged.
    pub(crate) fn taken(error: DbErr, what: &'static str, name: &str) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Taken { what, name: name.to_owned() },
            _ => error.into(),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => classify(cause, &error),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Json(why) => Self::Corrupt(why.clone()),
            _ => Self::other(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        classify(&error, &error)
    }
}

impl From<riverqueue::Error> for StoreError {
    fn from(error: riverqueue::Error) -> Self {
        match error {
            riverqueue::Error::Database(error) => error.into(),
            error => Self::other(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(format!("a value cannot be stored as JSON: {error}"))
    }
}

fn classify(cause: &sqlx::Error, whole: &dyn std::fmt::Display) -> StoreError {
    let away = match cause {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passing(&code)),
        _ => false,
    };
    if away { StoreError::Unavailable(whole.to_string()) } else { StoreError::other(whole) }
}

/// Whether an error code is of a temporary state, or of one that is fixed outside of this program: for `SQLite` busy,
/// locked, read-only, I/O, full, cannot open (<https://www.sqlite.org/rescode.html>; extended codes contain the primary
/// one in the low byte), for `PostgreSQL` the classes 08, 53, 57 and 58 and serialisation failures (`PostgreSQL`
/// documentation, appendix A).
fn passing(code: &str) -> bool {
    if code.len() == 5 && !code.starts_with('0') || code.starts_with("08") {
        return ["08", "53", "57", "58", "40"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::passing;

    #[test]
    fn codes_that_pass() {
        for (code, expected) in [
            ("5", true),
            ("261", true),
            ("13", true),
            ("1555", false),
            ("2067", false),
            ("08006", true),
            ("57P01", true),
            ("53300", true),
            ("40001", true),
            ("23505", false),
            ("42P01", false),
        ] {
            assert_eq!(passing(code), expected, "{code}");
        }
    }
}
