//! Sends checks to the provider: always the latest content, whatever was skipped in between.

use std::time::Duration;

use palisade_domain::{Check, CheckState, Conclusion};
use palisade_store::{StoreError, entity};

use crate::error::ServiceError;
use crate::evaluate::Done;
use crate::service::Service;

/// The pause if another worker publishes the same check.
const BUSY: Duration = Duration::from_millis(200);
/// The pause if an integration has reached its limit of requests to the provider.
pub(crate) const CROWDED: Duration = Duration::from_secs(1);
/// The interval of heartbeats during publishing.
const BEAT: Duration = Duration::from_secs(1);

pub(crate) fn wire(row: &entity::check_run::Model, details_url: String) -> Check {
    Check {
        external_id: row.id.clone(),
        owner: row.integration_id.clone(),
        pulls: row.pulls.iter().map(ToString::to_string).collect(),
        head_sha: row.head_sha.clone(),
        name: row.name.clone(),
        state: match row.state {
            palisade_store::CheckState::Queued => CheckState::Queued,
            palisade_store::CheckState::Running => CheckState::Running,
            palisade_store::CheckState::Completed => CheckState::Completed,
            palisade_store::CheckState::Superseded => CheckState::Superseded,
        },
        conclusion: row.conclusion.map(|it| match it {
            palisade_store::Conclusion::Success => Conclusion::Success,
            palisade_store::Conclusion::Failure => Conclusion::Failure,
        }),
        details_url,
        title: row.title.clone(),
        summary: row.summary.clone(),
        annotations: row.annotations.to_vec(),
        previous_handle: row.handle.clone(),
    }
}

impl Service {
    /// The page with the details of a check.
    pub(crate) fn details(&self, row: &entity::check_run::Model) -> String {
        self.0.options.page(&format!("checks/{}", row.id))
    }

    /// Publishes a check, if the provider does not show its latest content.
    pub(crate) async fn publish(&self, id: &str) -> Result<Done, ServiceError> {
        let guard = self.one_at_a_time(format!("check {id}"));
        let Ok(_guard) = guard.try_lock() else { return Ok(Done::Later(BUSY)) };
        let row = match self.0.store.checks().get(id).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        if row.published_seq >= row.seq {
            return Ok(Done::Whole);
        }
        let checks = self.0.store.checks();
        let Some(_place) = self.0.asking.take(&row.integration_id) else { return Ok(Done::Later(CROWDED)) };
        if !checks.start_publishing(id, &self.0.host).await? {
            return Ok(Done::Later(BUSY));
        }
        let published = self.publish_now(id).await;
        if published.is_err() {
            checks.stop_publishing(id, &self.0.host).await?;
        }
        published
    }

    /// Publishes a check that this host has taken.
    async fn publish_now(&self, id: &str) -> Result<Done, ServiceError> {
        let checks = self.0.store.checks();
        // Another host may have published in the meantime.
        let row = checks.get(id).await?;
        if row.published_seq >= row.seq {
            checks.stop_publishing(id, &self.0.host).await?;
            return Ok(Done::Whole);
        }
        let integration = self.0.store.integrations().get(&row.integration_id).await?;
        let adapter = self.of_integration(&integration).await?;
        let check = wire(&row, self.details(&row));
        let work = adapter.provider.publish(&adapter.tenant, &row.repository, &check);
        tokio::pin!(work);
        let answer = loop {
            tokio::select! {
                answer = &mut work => break answer,
                // The call continues even if another host has taken over: `published` detects that.
                () = tokio::time::sleep(BEAT) => drop(checks.keep_publishing(id, &self.0.host).await),
            }
        };
        let published = adapter.read(answer)?;
        let (handle, accepted) = (published.handle.as_str(), i64::from(published.accepted));
        checks.published(&row.id, &self.0.host, row.seq, handle, accepted).await?;
        Ok(Done::Whole)
    }
}
