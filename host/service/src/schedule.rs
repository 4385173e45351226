//! Periodic work: scheduled scans, reconciliation, and cleanup.

use std::time::Duration;

use palisade_catalog::Role;
use palisade_sandbox::Provider;
use palisade_store::job::{
    ASK_PROVIDER, Reconcile, Redeliver, Refresh, SCAN, ScanSource, TAKE_DELIVERIES, WORK,
};
use palisade_store::{DeliveryState, IntegrationStatus, Page, StoreError, Trigger, entity, now_ms};

use crate::error::ServiceError;
use crate::evaluate::Done;
use crate::options::Keep;
use crate::service::Service;

/// The interval of periodic work.
const TICK: Duration = Duration::from_secs(5);
const HOUR: i64 = 3_600_000;
/// The interval at which providers are asked for lost deliveries, in milliseconds.
const ASK: i64 = 5 * 60_000;
/// The overlap with the previous request, and the maximum age of deliveries (GitHub's retention), in milliseconds.
const OVERLAP: i64 = 10 * 60_000;
const KEPT: i64 = 3 * 24 * HOUR;
/// The reason of an abandoned delivery, scan or evaluation.
const GIVEN_UP: &str = "it was tried too often and did not complete; the reasons are in the service's log";

/// The current slot of a source: slots are as long as its interval, and their starts are spread over the sources, so
/// that not all scans begin at the same time.
pub(crate) fn slot(source: &str, every_hours: i64, now: i64) -> i64 {
    let length = every_hours.clamp(1, 24 * 31) * HOUR;
    let digest = palisade_source::Digest::of(source.as_bytes()).0;
    let spread = digest.iter().take(7).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
    (now + spread % length).div_euclid(length)
}

impl Service {
    /// Does periodic work for as long as the service runs.
    pub(crate) async fn tick(&self) {
        let reconcile = i64::try_from(self.0.options.reconcile.as_millis()).unwrap_or(i64::MAX);
        let (mut reconciled, mut tidied, mut asked) = (i64::MIN, i64::MIN, i64::MIN);
        let mut head = 0;
        loop {
            if let Err(error) = self.close_overdue().await {
                tracing::warn!(%error, "checks that are overdue could not be closed");
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "what was left behind could not be taken up");
            }
            if let Err(error) = self.schedule().await {
                tracing::warn!(%error, "scheduled scans could not be begun");
            }
            // Also at the start: earlier changes are unknown.
            let now = now_ms();
            if now.saturating_sub(reconciled) >= reconcile {
                match self.reconcile_all().await {
                    Ok(()) => reconciled = now,
                    Err(error) => tracing::warn!(%error, "open pull requests could not be compared"),
                }
            }
            if now.saturating_sub(asked) >= ASK {
                match self.ask_for_lost().await {
                    Ok(()) => asked = now,
                    Err(error) => tracing::warn!(%error, "lost deliveries could not be asked for"),
                }
            }
            if let Err(error) = self.sum_up().await {
                tracing::warn!(%error, "what was computed could not be added to the sums of the day");
            }
            if let Err(error) = self.measure().await {
                tracing::warn!(%error, "the queue could not be measured");
            }
            match self.log_audit_head(head).await {
                Ok(now) => head = now,
                Err(error) => tracing::warn!(%error, "the head of the audit log could not be read"),
            }
            if now.saturating_sub(tidied) >= HOUR {
                match self.forget(now).await {
                    Ok(()) => tidied = now,
                    Err(error) => tracing::warn!(%error, "what nobody needs any more could not be deleted"),
                }
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Deletes data after its retention.
    async fn forget(&self, now: i64) -> Result<(), ServiceError> {
        let Keep { deliveries, scans, checks } = self.0.options.keep;
        let before = |kept: Duration| now.saturating_sub(i64::try_from(kept.as_millis()).unwrap_or(i64::MAX));
        self.0.store.deliveries().forget_before(before(deliveries)).await?;
        self.0.store.scans().forget_before(before(scans)).await?;
        self.0.store.checks().forget_before(before(checks)).await?;
        self.0.store.pulls().forget_before(before(checks)).await?;
        self.0.store.memory().forget_ended(now).await?;
        Ok(())
    }

    /// All integrations.
    pub(crate) async fn each_integration(&self) -> Result<Vec<entity::integration::Model>, ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.integrations().list(&page).await;
        Ok(Page::every(list, |it| &it.id).await?)
    }

    /// Asks all providers now to resend lost deliveries, in addition to the periodic requests.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn ask_for_lost(&self) -> Result<(), ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.connections().list(&page).await;
        for connection in Page::every(list, |it| &it.id).await? {
            let job = Redeliver { connection: connection.id.clone() };
            self.enqueue_alone(job, &connection.id).await?;
        }
        Ok(())
    }

    /// Asks a provider to resend deliveries that were lost since the last request.
    pub(crate) async fn ask_for_lost_deliveries(&self, id: &str) -> Result<Done, ServiceError> {
        let connections = self.0.store.connections();
        let connection = match connections.get(id).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        let now = now_ms();
        let last = connections.redelivered_at(id).await?.unwrap_or(connection.created_at);
        let since = last.saturating_sub(OVERLAP).max(now.saturating_sub(KEPT));
        let adapter = self.of_connection(&connection).await?;
        let since = u64::try_from(since).unwrap_or_default();
        let lost = adapter.read(adapter.provider.redeliver(&adapter.tenant, since).await)?;
        if lost > 0 {
            tracing::info!(connection = %connection.name, lost, "lost deliveries are sent again");
            metrics::counter!("palisade_deliveries_lost_total").increment(u64::from(lost));
        }
        connections.set_redelivered_at(id, now).await?;
        Ok(Done::Whole)
    }

    /// Writes the head of the audit log to the log and the metrics if it has changed. A copy of those reveals that
    /// entries were removed from the end, which the chain alone does not show. Returns the id of the head.
    async fn log_audit_head(&self, before: i64) -> Result<i64, ServiceError> {
        let Some(head) = self.0.store.audit().list(None, 1).await?.pop() else { return Ok(before) };
        metrics::gauge!("palisade_audit_entries").set(as_float(head.id));
        if head.id != before {
            tracing::info!(entry = head.id, hash = %head.hash, "head of the audit log");
        }
        Ok(head.id)
    }

    /// Updates the metrics of queues and guests.
    async fn measure(&self) -> Result<(), ServiceError> {
        let depths = self.0.store.depths().await?;
        // Empty queues too: a gauge keeps its last value.
        for queue in [TAKE_DELIVERIES, ASK_PROVIDER, WORK, SCAN] {
            let depth = depths.iter().find(|it| it.queue == queue);
            metrics::gauge!("palisade_queue_jobs", "queue" => queue)
                .set(depth.map_or(0.0, |it| as_float(it.jobs)));
            metrics::gauge!("palisade_queue_oldest_seconds", "queue" => queue)
                .set(depth.map_or(0.0, |it| as_float(it.oldest) / 1_000.0));
        }
        // All plugins share one sandbox.
        let provider = self.0.catalog.plugins().iter().find_map(|it| match &it.role {
            Role::Provider { provider, .. } => Some(provider),
            _ => None,
        });
        if let Some((guests, most)) = provider.map(Provider::guests) {
            metrics::gauge!("palisade_guests").set(as_float(i64::try_from(guests).unwrap_or(i64::MAX)));
            metrics::gauge!("palisade_guests_most").set(as_float(i64::try_from(most).unwrap_or(i64::MAX)));
        }
        Ok(())
    }

    async fn reconcile_all(&self) -> Result<(), ServiceError> {
        for integration in self.each_integration().await? {
            let id = integration.id;
            self.enqueue_alone(Refresh { integration: id.clone() }, &id).await?;
            self.enqueue_alone(Reconcile { integration: id.clone() }, &id).await?;
        }
        Ok(())
    }

    /// Queues a scan for each source that has none in its current slot; missed slots are caught up with one scan.
    async fn schedule(&self) -> Result<(), ServiceError> {
        for integration in self.each_integration().await? {
            if integration.status != IntegrationStatus::Active {
                continue;
            }
            for source in self.sources_of(&integration.id).await? {
                if source.paused {
                    continue;
                }
                let slot = slot(&source.id, source.every_hours, now_ms());
                // A scan in this slot for another reason is enough.
                let before = source.last_scanned_at.map(|at| self::slot(&source.id, source.every_hours, at));
                let created = self::slot(&source.id, source.every_hours, source.created_at);
                if before.unwrap_or(created) >= slot {
                    continue;
                }
                let job = ScanSource { source: source.id, trigger: Trigger::Schedule, slot: Some(slot) };
                self.enqueue(job).await?;
            }
        }
        Ok(())
    }

    /// Handles leftovers that have no job any more: checks whose latest content is not published, pull requests that
    /// are not evaluated, deliveries that are not handled, scans that do not end, and turns that were not passed on.
    async fn sweep(&self) -> Result<(), ServiceError> {
        self.0.store.give_turns().await?;
        for delivery in self.0.store.deliveries().abandoned().await? {
            self.0.store.deliveries().finish(&delivery, DeliveryState::Failed, GIVEN_UP).await?;
        }
        let deadline = i64::try_from(self.0.options.deadline.as_millis()).unwrap_or(i64::MAX);
        for scan in self.0.store.scans().abandoned(now_ms().saturating_sub(deadline)).await? {
            self.fail_scan(&scan.id, GIVEN_UP).await?;
        }
        for check in self.0.store.checks().abandoned().await? {
            self.0.store.checks().resume(&check.id).await?;
        }
        for pull in self.0.store.pulls().abandoned().await? {
            let integration = self.0.store.integrations().get(&pull.integration_id).await?;
            // Its job was discarded, because it failed or crashed the process too often.
            if let Err(error) = self.fail_pull(&integration, &pull, GIVEN_UP).await {
                tracing::warn!(pull = pull.number, repository = %pull.repository, %error, "cannot report that it failed");
            }
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn as_float(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::{HOUR, slot};

    #[test]
    fn slots_follow_each_other_and_are_spread() {
        let day = 24 * HOUR;
        let mut first_hours = std::collections::BTreeSet::new();
        for source in 0..200 {
            let source = source.to_string();
            let begin = slot(&source, 24, 0);
            assert_eq!(slot(&source, 24, day), begin + 1, "a day later is the next one");
            let change = (0..24).find(|hour| slot(&source, 24, (hour + 1) * HOUR) > begin).unwrap();
            assert!((0..24).all(|hour| slot(&source, 24, hour * HOUR) == begin + i64::from(hour > change)));
            first_hours.insert(change);
        }
        assert!(first_hours.len() >= 20, "200 sources begin in {} hours of the day", first_hours.len());
    }
}
