//! The shared state of a store's clones.

use riverqueue::Client;
use sea_orm::DatabaseConnection;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::RwLock;

use crate::{counter::Counter, folder::Folder, seal::Ring};

/// The pool that River uses; on `SQLite` it is the one connection that writes.
#[derive(Clone, Debug)]
pub enum Database {
    /// The embedded database.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

pub(crate) struct Shared {
    pub(crate) database: Database,
    pub(crate) write: DatabaseConnection,
    pub(crate) read: DatabaseConnection,
    pub(crate) client: Client,
    pub(crate) counter: Counter,
    pub(crate) ring: RwLock<Ring>,
    /// Holds the lock of the folder; `None` if another process may own it.
    pub(crate) folder: Option<Folder>,
}
