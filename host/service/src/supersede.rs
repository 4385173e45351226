//! Checks that are closed because their pull request has another head or target, or is closed.

use std::collections::BTreeSet;

use palisade_domain::Pull;
use palisade_store::{CheckState, entity};

use crate::check::NAME;
use crate::error::ServiceError;
use crate::service::Service;

impl Service {
    /// Closes the checks of earlier heads, unless another pull request still has them: the check of the head that was
    /// evaluated last, and those whose evaluation was cut off. `None` means that the pull request is closed.
    pub(crate) async fn supersede(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        now: Option<&Pull>,
        awaited: bool,
    ) -> Result<(), ServiceError> {
        let head = now.map_or("", |it| it.head_sha.as_str());
        let checks = self.0.store.checks();
        let mut earlier = checks.running(&integration.id, &row.repository).await?;
        earlier.retain(|it| it.pulls.contains(&row.number));
        if !row.head_sha.is_empty() && now.is_some() {
            earlier.extend(checks.of_commit(&integration.id, &row.repository, &row.head_sha).await?);
        }
        let why = match now {
            None => "The pull request was closed before this came to its end.".to_owned(),
            Some(_) => format!("Superseded by {head}: the pull request has a newer commit."),
        };
        // The head that the delivery named is newer than the provider's state.
        let reported = awaited.then_some(row.reported_sha.as_str()).filter(|it| !it.is_empty());
        let is_reported = |sha: &str| reported.is_some_and(|it| sha.starts_with(it));
        earlier.retain(|it| it.head_sha != head && !is_reported(&it.head_sha));
        self.close(integration, row, earlier, &why).await
    }

    /// Closes the check of a pull request whose target branch no longer matches a source.
    pub(crate) async fn let_go(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        pull: &Pull,
    ) -> Result<(), ServiceError> {
        let mut open =
            self.0.store.checks().of_commit(&integration.id, &row.repository, &pull.head_sha).await?;
        open.retain(|it| matches!(it.state, CheckState::Queued | CheckState::Running));
        self.close(integration, row, open, "No Git source looks at the target of the pull request.").await
    }

    /// Closes checks, except those of a commit that another pull request has.
    async fn close(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        checks: Vec<entity::check_run::Model>,
        why: &str,
    ) -> Result<(), ServiceError> {
        let open = self.0.store.pulls().open(&integration.id, &row.repository).await?;
        let has = |it: &entity::pull::Model, sha: &str| it.head_sha == sha || it.reported_sha == sha;
        let of_others = |sha: &str| open.iter().any(|it| it.number != row.number && has(it, sha));
        let mut closed: BTreeSet<&str> = BTreeSet::new();
        for check in &checks {
            let is_open = check.name == NAME && check.state != CheckState::Superseded;
            if is_open && !of_others(&check.head_sha) && closed.insert(&check.id) {
                self.desire_superseded(check, why).await?;
            }
        }
        Ok(())
    }
}
