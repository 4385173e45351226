//! What the clones of a store share.

use riverqueue::Client;
use sea_orm::DatabaseConnection;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::RwLock;

use crate::{counter::Counter, folder::Folder, seal::Ring};

/// The pool that River works on; on `SQLite` it is the one connection that writes.
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
    /// Held so that the folder stays ours; none where another process may own it.
    pub(crate) folder: Option<Folder>,
}
