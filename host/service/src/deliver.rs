//! Handling of accepted deliveries. Deliveries are hints: they name what to look at; the provider's API has the facts.

use palisade_domain::{Hint, MergeGroup, Understood};
use palisade_store::job::{EvaluateGroup, Reconcile, Refresh};
use palisade_store::repository::pulls::Reported;
use palisade_store::{DeliveryState, IntegrationStatus, StoreError, entity};

use crate::adapter::write_log;
use crate::check::Draft;
use crate::error::ServiceError;
use crate::service::Service;

impl Service {
    /// Handles a waiting delivery.
    pub(crate) async fn deliver(&self, id: &str) -> Result<(), ServiceError> {
        let deliveries = self.0.store.deliveries();
        let delivery = match deliveries.get(id).await {
            // Its connection was deleted in the meantime.
            Err(StoreError::NotFound { .. }) => return Ok(()),
            other => other?,
        };
        if delivery.state == DeliveryState::Done {
            return Ok(());
        }
        let connection = self.0.store.connections().get(&delivery.connection_id).await?;
        let (name, provider, _) = self.provider(&connection.provider)?;
        let call = provider.understand(&delivery.headers, &delivery.body).await;
        write_log(name, &call.log);
        let understood = match call.result {
            Ok(Ok(understood)) => understood,
            // A retry would give the same error.
            Ok(Err(error)) => {
                return Ok(deliveries.finish(id, DeliveryState::Failed, &error.to_string()).await?);
            }
            // A retry may succeed.
            Err(fault) if fault.is_transient() => {
                return Err(ServiceError::Plugin { plugin: name.to_owned(), why: fault.to_string() });
            }
            Err(fault) => {
                let why = format!("adapter `{name}` {fault}");
                return Ok(deliveries.finish(id, DeliveryState::Failed, &why).await?);
            }
        };
        let (state, note) = self.follow(&connection.id, &understood, delivery.received_at).await?;
        Ok(self.0.finisher.finish(id, state, &note).await?)
    }

    async fn follow(
        &self,
        connection: &str,
        understood: &Understood,
        at: i64,
    ) -> Result<(DeliveryState, String), ServiceError> {
        if understood.hints.is_empty() {
            return Ok((DeliveryState::Ignored, "nothing to look at again".to_owned()));
        }
        let account = &understood.account;
        let integrations = if account.is_empty() {
            self.integrations_of(connection).await?
        } else {
            self.0.store.integrations().by_account(connection, account).await?.into_iter().collect()
        };
        if integrations.is_empty() {
            if understood.hints.iter().any(|it| matches!(it, Hint::Integration)) {
                return self.look_for(connection).await;
            }
            let note = format!("account `{account}` is not integrated");
            return Ok((DeliveryState::Ignored, note));
        }
        let mut notes = Vec::new();
        for integration in &integrations {
            notes.extend(self.follow_for(integration, understood, at).await?);
        }
        Ok((DeliveryState::Done, notes.join(", ")))
    }

    /// Handles the hints of a delivery for an integration; returns what was done, for the log of deliveries.
    async fn follow_for(
        &self,
        integration: &entity::integration::Model,
        understood: &Understood,
        at: i64,
    ) -> Result<Vec<String>, ServiceError> {
        let mut notes = Vec::new();
        for hint in &understood.hints {
            match hint {
                Hint::Pull { repository, id, head_sha, base_ref } => {
                    let Ok(number) = id.parse::<i64>() else {
                        notes.push(format!("`{id}` is not a number"));
                        continue;
                    };
                    if !self.has_source(&integration.id, repository).await? {
                        notes.push(format!("no source for `{repository}`"));
                        continue;
                    }
                    let reported = Reported { head_sha, base_ref, at, urgent: false };
                    self.touch(integration, repository, number, reported).await?;
                    notes.push(format!("pull request {number}"));
                }
                Hint::MergeGroup(MergeGroup { repository, head_sha, base_sha, base_ref }) => {
                    if !self.has_source(&integration.id, repository).await? {
                        notes.push(format!("no source for `{repository}`"));
                        continue;
                    }
                    self.enqueue(EvaluateGroup {
                        integration: integration.id.clone(),
                        repository: repository.clone(),
                        head_sha: head_sha.clone(),
                        base_sha: base_sha.clone(),
                        base_ref: base_ref.clone(),
                    })
                    .await?;
                    notes.push(format!("merge group for {base_ref}"));
                }
                Hint::Rerun { repository, head_sha, .. } => {
                    let pulls = self.0.store.pulls().open(&integration.id, repository).await?;
                    for pull in
                        pulls.iter().filter(|it| it.head_sha == *head_sha || it.reported_sha == *head_sha)
                    {
                        self.0.store.pulls().touch(&integration.id, repository, pull.number).await?;
                        notes.push(format!("pull request {} again", pull.number));
                    }
                }
                Hint::Recheck { repository, id } => {
                    let number = id.parse::<i64>().ok();
                    match number.filter(|it| *it > 0) {
                        Some(number) if self.has_source(&integration.id, repository).await? => {
                            self.0.store.pulls().touch(&integration.id, repository, number).await?;
                            notes.push(format!("pull request {number} again"));
                        }
                        Some(_) => notes.push(format!("no source for `{repository}`")),
                        None => notes.push(format!("`{id}` is not a number")),
                    }
                }
                Hint::Integration | Hint::Repositories => {
                    self.enqueue_alone(Refresh { integration: integration.id.clone() }, &integration.id)
                        .await?;
                    if matches!(hint, Hint::Integration) {
                        let job = Reconcile { integration: integration.id.clone() };
                        self.enqueue_alone(job, &integration.id).await?;
                    }
                    notes.push("the integration".to_owned());
                }
            }
        }
        Ok(notes)
    }

    /// Handles a changed pull request. If its target has changed, the check on its head is for the old target: it is
    /// invalid, and the new evaluation is urgent.
    async fn touch(
        &self,
        integration: &entity::integration::Model,
        repository: &str,
        number: i64,
        reported: Reported<'_>,
    ) -> Result<(), ServiceError> {
        let Reported { head_sha, base_ref, at, .. } = reported;
        let store = &self.0.store;
        let known = store.pulls().by_number(&integration.id, repository, number).await?;
        let before = known
            .as_ref()
            .map_or("", |it| if it.reported_ref.is_empty() { &it.base_ref } else { &it.reported_ref });
        let is_newest = known.as_ref().is_none_or(|it| at >= it.reported_at);
        let is_retargeted = is_newest && !before.is_empty() && !base_ref.is_empty() && before != base_ref;
        if is_retargeted {
            // A delivery may abbreviate the commit.
            let head_sha = known.as_ref().map_or(head_sha, |it| {
                if it.head_sha.starts_with(head_sha) { &it.head_sha } else { head_sha }
            });
            for check in store.checks().of_commit(&integration.id, repository, head_sha).await? {
                let mut draft = Draft::new(self, integration, repository, head_sha, 0);
                draft.pulls = check.pulls.to_vec();
                store.checks().overrule(&draft.queued()).await?;
            }
        }
        let reported = Reported { urgent: is_retargeted, ..reported };
        store.pulls().touch_reported(&integration.id, repository, number, reported).await?;
        Ok(())
    }

    /// Handles an event of an unknown account, such as an App that was installed again with another id: queues a
    /// refresh of the connection's inactive integrations.
    async fn look_for(&self, connection: &str) -> Result<(DeliveryState, String), ServiceError> {
        let mut looked = 0;
        for integration in self.integrations_of(connection).await? {
            if integration.status != IntegrationStatus::Active {
                self.enqueue_alone(Refresh { integration: integration.id.clone() }, &integration.id).await?;
                looked += 1;
            }
        }
        Ok(match looked {
            0 => (DeliveryState::Ignored, "the account is not integrated".to_owned()),
            _ => (DeliveryState::Done, format!("{looked} integrations that do not work")),
        })
    }

    /// Whether an active source has this repository.
    pub(crate) async fn has_source(&self, integration: &str, repository: &str) -> Result<bool, ServiceError> {
        let sources = self.0.store.sources().of_repository(integration, repository).await?;
        Ok(sources.iter().any(|it| !it.paused))
    }
}
