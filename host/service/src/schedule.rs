//! What happens by time: scheduled scans, reconciliation, and what must not stay as it is.

use std::time::Duration;

use palisade_store::job::{Reconcile, Refresh, ScanSource};
use palisade_store::{DeliveryState, IntegrationStatus, Page, Trigger, entity, now_ms};

use crate::error::ServiceError;
use crate::evaluate::{TRIES, fence};
use crate::service::Service;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(5);
const HOUR: i64 = 3_600_000;
/// For how long deliveries are kept that are over.
const REMEMBERED: i64 = 30 * 24 * HOUR;
/// Why nothing comes of something.
const GIVEN_UP: &str = "it was tried too often without coming to its end; the service's log says why";

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
        let (mut reconciled, mut tidied) = (i64::MIN, i64::MIN);
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
        self.0.store.deliveries().forget_before(now - REMEMBERED).await?;
        self.0.store.memory().forget_ended(now).await?;
        Ok(())
    }

    /// All integrations.
    pub(crate) async fn each_integration(&self) -> Result<Vec<entity::integration::Model>, ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.integrations().list(&page).await;
        Ok(Page::every(list, |it| &it.id).await?)
    }

    async fn reconcile_all(&self) -> Result<(), ServiceError> {
        for integration in self.each_integration().await? {
            self.enqueue(Refresh { integration: integration.id.clone() }).await?;
            self.enqueue(Reconcile { integration: integration.id }).await?;
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
            // What its last job could have written last; whatever is evaluated after it stands above.
            let fence = fence(pull.job_id.unwrap_or_default(), TRIES - 1);
            if let Err(error) = self.fail_pull(&integration, &pull, GIVEN_UP, fence).await {
                tracing::warn!(pull = pull.number, repository = %pull.repository, %error, "cannot say that it failed");
            }
        }
        Ok(())
    }
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
