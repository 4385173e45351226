//! Parses the URL of a database.

use std::{path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;

use crate::{StoreError, StoreOptions};

/// The file of an embedded database; `None` if the database is a server.
pub(crate) fn sqlite_file(options: &StoreOptions) -> Result<Option<PathBuf>, StoreError> {
    let Some(path) = options.url.strip_prefix("sqlite:") else { return Ok(None) };
    match path.trim_start_matches("//") {
        "" => Ok(Some(options.data_folder.join("palisade.db"))),
        path if path.starts_with('/') || !path.contains('?') => Ok(Some(PathBuf::from(path))),
        _ => Err(StoreError::Other(format!("database URL {} has options, remove them", options.url))),
    }
}

/// The server in a URL. The URL may contain a password, so no error prints it.
pub(crate) fn postgres_server(options: &StoreOptions) -> Result<PgConnectOptions, StoreError> {
    // The library accepts every scheme.
    let is_ours = ["postgres://", "postgresql://"].iter().any(|scheme| options.url.starts_with(scheme));
    let server = PgConnectOptions::from_str(&options.url).ok().filter(|_| is_ours);
    server.ok_or_else(|| {
        StoreError::Other("invalid database URL: expected sqlite:PATH or postgres://…".to_owned())
    })
}
