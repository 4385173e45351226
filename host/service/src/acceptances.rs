//! Risks that somebody accepts.

use jiff::Timestamp;
use palisade_domain::AcceptedRisk;
use palisade_store::repository::acceptances::NewAcceptance;
use palisade_store::{entity, now_ms};

use crate::error::ServiceError;
use crate::service::Service;

/// The day of a moment.
fn day(at: Timestamp) -> String {
    jiff::tz::Offset::UTC.to_datetime(at).date().to_string()
}

impl Service {
    /// Keeps that somebody accepts a risk: findings that fit all of what is named.
    ///
    /// # Errors
    /// Where it names nothing, gives no reason, is over already, or names what is not there.
    pub async fn accept_risk(&self, new: NewAcceptance) -> Result<entity::acceptance::Model, ServiceError> {
        if new.reason.trim().is_empty() {
            return Err(ServiceError::invalid("reason", "say why the risk is accepted"));
        }
        let named = [&new.fingerprint, &new.control, &new.resource];
        if !named.iter().any(|it| it.as_ref().is_some_and(|it| !it.trim().is_empty())) {
            let why = "name what is accepted: `fingerprint`, `control` or `resource`";
            return Err(ServiceError::invalid("control", why));
        }
        // The same address may be in any file, and the same file in any repository.
        if (new.resource.is_some() || new.fingerprint.is_some()) && new.source_id.is_none() {
            let why =
                "name the source in which it is accepted: other repositories may have the same resource";
            return Err(ServiceError::invalid("source", why));
        }
        if new.resource.is_some() && new.path.is_none() {
            let why = "name the file of the resource, a pattern: another file may have the same address";
            return Err(ServiceError::invalid("path", why));
        }
        if new.until_at.is_some_and(|at| at <= now_ms()) {
            return Err(ServiceError::invalid("until", "it lies in the past"));
        }
        self.0.store.integrations().get(&new.integration_id).await?;
        if let Some(source) = &new.source_id {
            let source = self.0.store.sources().get(source).await?;
            if source.integration_id != new.integration_id {
                return Err(ServiceError::invalid("source", "it belongs to another integration"));
            }
        }
        Ok(self.0.store.acceptances().create(new).await?)
    }

    /// The risks that are accepted now for a source.
    pub(crate) async fn accepted_risks(
        &self,
        source: &entity::source::Model,
    ) -> Result<Vec<AcceptedRisk>, ServiceError> {
        let rows = self.0.store.acceptances().in_force(&source.integration_id, &source.id, now_ms()).await?;
        let risk = |row: entity::acceptance::Model| AcceptedRisk {
            fingerprint: row.fingerprint,
            control: row.control,
            resource: row.resource,
            path: row.path,
            reason: row.reason,
            expires: row.until_at.and_then(|at| Timestamp::from_millisecond(at).ok()).map(day),
        };
        Ok(rows.into_iter().map(risk).collect())
    }
}
