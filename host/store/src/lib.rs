//! The database of the service: entities, migrations, repositories; sealed secrets; jobs.
//!
//! [`Store`] is the only handle. `SQLite` in a folder is the default, `PostgreSQL` is selected by URL; both use the
//! same migrations and the same tests. A change that needs a job (an accepted delivery, a changed pull request, new
//! content of a check) is written in one transaction with it.

pub mod acceptance;
mod address;
mod counter;
mod cut;
pub mod entity;
pub mod error;
mod finish;
mod folder;
mod health;
pub mod job;
mod migration;
mod open;
pub mod options;
pub mod page;
pub mod private_file;
mod queue;
pub mod repository;
mod rotation;
pub mod seal;
mod shared;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod transaction;

pub use acceptance::{Accepted, Acceptor, NewDelivery, Outcome};
pub use entity::json::Json;
pub use entity::kinds::{
    AlertState, CheckState, Conclusion, DeliveryState, IntegrationStatus, RepositoryState, Requirement, Role,
    ScanKind, ScanState, Trigger,
};
pub use error::StoreError;
pub use finish::Finisher;
pub use health::Health;
pub use options::{KeySource, StoreOptions};
pub use page::Page;
pub use queue::{Depth, TURNS};
pub use repository::secrets::new_webhook_secret;
pub use rotation::Rotation;
pub use seal::Key;
pub use shared::Database;
pub use store::Store;
pub use time::{new_id, now_ms};
