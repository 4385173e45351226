//! Problems for administrators: failing or waiting jobs, and inactive integrations.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    Database, DeliveryState, Depth, IntegrationStatus, Store, StoreError,
    entity::{delivery, integration},
    now_ms,
};

const DAY: i64 = 24 * 3_600_000;

/// The state of the jobs of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The number of jobs that failed and will be retried.
    pub failing: u64,
    /// The last error of one of them; empty if there is none.
    pub last_error: String,
    /// The number of jobs that were discarded in the last day.
    pub given_up: u64,
    /// The number of deliveries that failed in the last day.
    pub failed_deliveries: u64,
    /// The waiting jobs.
    pub queues: Vec<Depth>,
    /// Integrations that are not active.
    pub inactive: Vec<integration::Model>,
}

/// The last error of a job: the last element of a list, whose representation depends on the database.
const LAST_SQLITE: &str = "SELECT coalesce(json_extract(errors, '$[#-1].error'), '') FROM river_job \
    WHERE state = 'retryable' ORDER BY attempted_at DESC, id DESC LIMIT 1";
const LAST_POSTGRES: &str = "SELECT coalesce(errors[array_upper(errors, 1)] ->> 'error', '') FROM river_job \
    WHERE state = 'retryable' ORDER BY attempted_at DESC, id DESC LIMIT 1";
const FAILING: &str = "SELECT count(*) FROM river_job WHERE state = 'retryable'";
const GIVEN_UP_SQLITE: &str = "SELECT count(*) FROM river_job WHERE state = 'discarded' \
    AND julianday('now') - julianday(finalized_at) < 1";
const GIVEN_UP_POSTGRES: &str = "SELECT count(*) FROM river_job WHERE state = 'discarded' \
    AND now() - finalized_at < interval '1 day'";

impl Store {
    /// Returns the state of the jobs of all hosts.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let read = self.read();
        let (failing, given_up, last): (i64, i64, Option<String>) = match &self.shared.database {
            Database::Sqlite(pool) => (
                sqlx::query_scalar(FAILING).fetch_one(pool).await?,
                sqlx::query_scalar(GIVEN_UP_SQLITE).fetch_one(pool).await?,
                sqlx::query_scalar(LAST_SQLITE).fetch_optional(pool).await?,
            ),
            Database::Postgres(pool) => (
                sqlx::query_scalar(FAILING).fetch_one(pool).await?,
                sqlx::query_scalar(GIVEN_UP_POSTGRES).fetch_one(pool).await?,
                sqlx::query_scalar(LAST_POSTGRES).fetch_optional(pool).await?,
            ),
        };
        let failed = delivery::Entity::find()
            .filter(delivery::Column::State.eq(DeliveryState::Failed))
            .filter(delivery::Column::ReceivedAt.gt(now_ms() - DAY));
        let inactive = integration::Entity::find()
            .filter(integration::Column::Status.ne(IntegrationStatus::Active))
            .order_by_asc(integration::Column::Id);
        Ok(Health {
            failing: failing.unsigned_abs(),
            last_error: last.unwrap_or_default(),
            given_up: given_up.unsigned_abs(),
            failed_deliveries: sea_orm::PaginatorTrait::count(failed, read).await?,
            queues: self.depths().await?,
            inactive: inactive.all(read).await?,
        })
    }
}
