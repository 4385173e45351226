//! What happens by time: scheduled scans, reconciliation, and what must not stay as it is.

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

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(5);
const HOUR: i64 = 3_600_000;
/// How often providers are asked for lost deliveries, in milliseconds.
const ASK: i64 = 5 * 60_000;
/// How far that looks back behind the last time it was asked, and how far at most, as long as GitHub keeps them.
const OVERLAP: i64 = 10 * 60_000;
const KEPT: i64 = 3 * 24 * HOUR;
/// Why nothing comes of something.
const GIVEN_UP: &str = "it was tried too often and did not complete; the reasons are in the service's log";

/// The slot that a source is in: slots are as long as its interval, and their beginnings are spread over the sources,
/// so that not all of them begin at once.
pub(crate) fn slot(source: &str, every_hours: i64, now: i64) -> i64 {
    let length = every_hours.clamp(1, 24 * 31) * HOUR;
    let digest = palisade_source::Digest::of(source.as_bytes()).0;
    let spread = digest.iter().take(7).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
    (now + spread % length).div_euclid(length)
}

impl Service {
    /// Looks at the clock for as long as the service runs.
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
            // At the start too: nobody knows what happened meanwhile.
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

    /// Deletes what nobody needs any more.
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

    /// Asks all providers to send again what did not arrive: now, and not only every few minutes.
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

    /// Asks a provider to send again what did not arrive since it was asked last.
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

    /// Writes the head of the audit log into the log and the figures, where it has changed: whoever keeps those sees that
    /// entries were cut off from its end, which the chain itself does not show. Gives the head.
    async fn log_audit_head(&self, before: i64) -> Result<i64, ServiceError> {
        let Some(head) = self.0.store.audit().list(None, 1).await?.pop() else { return Ok(before) };
        metrics::gauge!("palisade_audit_entries").set(as_float(head.id));
        if head.id != before {
            tracing::info!(entry = head.id, hash = %head.hash, "head of the audit log");
        }
        Ok(head.id)
    }

    /// Tells the figures of what waits and of what is used.
    async fn measure(&self) -> Result<(), ServiceError> {
        let depths = self.0.store.depths().await?;
        // Of those in which nothing waits too: a gauge keeps what it was set to last.
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

    /// Begins a scan for each source whose slot has none: a slot that was missed is caught up once.
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
                // What was scanned in this slot for another reason needs no scan of it.
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

    /// Takes up what no job will: a check whose newest content nobody publishes, a pull request that nobody evaluates, a
    /// delivery that nobody looks at, a scan that nobody ends, a turn that nobody passed on.
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
            // Its job was given up, because it failed too often or because it killed the process too often.
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
