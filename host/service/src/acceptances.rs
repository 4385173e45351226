//! Accepted risks.

use std::collections::HashMap;

use jiff::Timestamp;
use palisade_domain::AcceptedRisk;
use palisade_store::repository as store;
use palisade_store::repository::acceptances::{NewAcceptance, Target};
use palisade_store::{Page, entity, now_ms};

use crate::error::ServiceError;
use crate::pattern::BranchPattern;
use crate::service::Service;
use crate::view::{self, List};

/// The date of a timestamp in UTC.
fn day(at: Timestamp) -> String {
    jiff::tz::Offset::UTC.to_datetime(at).date().to_string()
}

/// Whether a source's branch pattern matches a pull request. `patterns` caches compiled patterns.
fn looks_at(patterns: &mut HashMap<String, Option<BranchPattern>>, target: &Target) -> bool {
    let known =
        [target.base_ref.as_str(), target.reported_ref.as_str()].into_iter().filter(|it| !it.is_empty());
    let mut known = known.peekable();
    if known.peek().is_none() {
        // The target is not known yet.
        return true;
    }
    let pattern = patterns
        .entry(target.branch_pattern.clone())
        .or_insert_with(|| BranchPattern::new(&target.branch_pattern).ok());
    pattern.as_ref().is_some_and(|it| known.any(|branch| it.matches(branch)))
}

/// Accepted risks of integrations.
pub struct Acceptances<'a> {
    rows: store::acceptances::Acceptances<'a>,
    integrations: store::integrations::Integrations<'a>,
    sources: store::sources::Sources<'a>,
}

impl Service {
    /// Returns the accepted risks.
    pub fn acceptances(&self) -> Acceptances<'_> {
        let store = &self.0.store;
        Acceptances {
            rows: store.acceptances(),
            integrations: store.integrations(),
            sources: store.sources(),
        }
    }
}

impl Acceptances<'_> {
    /// Lists the acceptances of an integration, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<List<view::Acceptance>, ServiceError> {
        let rows = self.rows.list(integration, page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Acceptance::from))
    }

    /// Creates an acceptance: findings are accepted that match all of its conditions. The open pull requests that it
    /// affects are evaluated again.
    ///
    /// # Errors
    /// If it has no condition or no reason, has expired already, or refers to objects that do not exist.
    pub async fn accept(&self, new: NewAcceptance) -> Result<view::Acceptance, ServiceError> {
        if new.reason.trim().is_empty() {
            return Err(ServiceError::invalid("reason", "state why the risk is accepted"));
        }
        let named = [&new.fingerprint, &new.control, &new.resource];
        if !named.iter().any(|it| it.as_ref().is_some_and(|it| !it.trim().is_empty())) {
            let why = "name what is accepted: `fingerprint`, `control` or `resource`";
            return Err(ServiceError::invalid("control", why));
        }
        // The same address can exist in several files, and the same file in several repositories.
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
        self.integrations.get(&new.integration_id).await?;
        if let Some(source) = &new.source_id {
            let source = self.sources.get(source).await?;
            if source.integration_id != new.integration_id {
                return Err(ServiceError::invalid("source", "it belongs to another integration"));
            }
        }
        let mut patterns = HashMap::new();
        let (row, pulls) = self.rows.create(new, |it| looks_at(&mut patterns, it)).await?;
        tracing::info!(acceptance = %row.id, pulls, "a risk is accepted: open pull requests are evaluated again");
        Ok(row.into())
    }

    /// Deletes an acceptance. The open pull requests that it affected are evaluated again. Returns the deleted
    /// acceptance.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn revoke(&self, id: &str) -> Result<view::Acceptance, ServiceError> {
        let mut patterns = HashMap::new();
        let (row, pulls) = self.rows.delete(id, |it| looks_at(&mut patterns, it)).await?;
        tracing::info!(
            acceptance = id,
            pulls,
            "a risk is accepted no longer: open pull requests are evaluated again"
        );
        Ok(row.into())
    }
}

impl Service {
    /// The acceptances that apply to a source now.
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use palisade_store::repository::acceptances::Target;

    use super::looks_at;

    #[test]
    fn a_source_looks_at_where_a_pull_request_goes() {
        let mut patterns = HashMap::new();
        for (pattern, base, reported, expected) in [
            ("main", "main", "", true),
            ("main", "release/1", "", false),
            ("main", "release/1", "main", true),
            ("main", "main", "release/1", true),
            ("main", "", "", true),
            ("release/.*", "release/1", "release/1", true),
            ("ma(in", "main", "main", false),
        ] {
            let target = Target {
                branch_pattern: pattern.to_owned(),
                base_ref: base.to_owned(),
                reported_ref: reported.to_owned(),
            };
            assert_eq!(looks_at(&mut patterns, &target), expected, "{target:?}");
        }
    }
}
