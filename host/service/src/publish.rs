//! Brings checks to the provider: the newest content, whatever was missed between.

use std::time::Duration;

use palisade_domain::{Annotation, Check, CheckState, Conclusion};
use palisade_store::{StoreError, entity};

use crate::error::ServiceError;
use crate::evaluate::Done;
use crate::service::Service;

/// The pause where another worker publishes the same check.
const BUSY: Duration = Duration::from_millis(200);

fn wire(row: &entity::check_run::Model, details_url: String) -> Result<Check, ServiceError> {
    let annotations: Vec<Annotation> =
        serde_json::from_str(&row.annotations).map_err(ServiceError::internal)?;
    Ok(Check {
        external_id: row.id.clone(),
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
        annotations,
        previous_handle: row.handle.clone(),
    })
}

impl Service {
    /// Publishes a check, if the provider does not show its newest content.
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
        let integration = self.0.store.integrations().get(&row.integration_id).await?;
        let adapter = self.of_integration(&integration).await?;
        let details = self.0.options.page(&format!("checks/{}", row.id));
        let check = wire(&row, details)?;
        let answer = adapter.provider.publish(&adapter.tenant, &row.repository, &check).await;
        let published = adapter.read(answer)?;
        let (handle, accepted) = (published.handle.as_str(), i64::from(published.accepted));
        self.0.store.checks().published(&row.id, row.seq, handle, accepted).await?;
        Ok(Done::Whole)
    }
}
