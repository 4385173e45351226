//! What an accepted delivery leads to. Deliveries are hints: they say where to look, never what is true.

use palisade_domain::{Hint, Understood};
use palisade_store::job::{Reconcile, Refresh};
use palisade_store::{DeliveryState, StoreError};

use crate::adapter::told;
use crate::error::ServiceError;
use crate::service::Service;

impl Service {
    /// Handles a delivery again, whatever came of it before.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn redeliver(&self, id: &str) -> Result<(), ServiceError> {
        Ok(self.0.store.deliveries().reopen(id).await?)
    }

    /// Handles a delivery that is waiting.
    pub(crate) async fn deliver(&self, id: &str) -> Result<(), ServiceError> {
        let deliveries = self.0.store.deliveries();
        let delivery = match deliveries.get(id).await {
            // Its connection was deleted meanwhile.
            Err(StoreError::NotFound { .. }) => return Ok(()),
            other => other?,
        };
        if delivery.state == DeliveryState::Done {
            return Ok(());
        }
        let connection = self.0.store.connections().get(&delivery.connection_id).await?;
        let headers: Vec<(String, String)> =
            serde_json::from_str(&delivery.headers).map_err(ServiceError::internal)?;
        let (name, provider, _) = self.provider(&connection.provider)?;
        let call = provider.understand(&headers, &delivery.body).await;
        told(name, &call.log);
        let understood = match call.result {
            Ok(Ok(understood)) => understood,
            // Trying again would say the same.
            Ok(Err(error)) => {
                return Ok(deliveries.finish(id, DeliveryState::Failed, &error.to_string()).await?);
            }
            Err(fault) => {
                let why = format!("adapter `{name}` {fault}");
                return Ok(deliveries.finish(id, DeliveryState::Failed, &why).await?);
            }
        };
        let (state, note) = self.follow(&connection.id, &understood).await?;
        Ok(deliveries.finish(id, state, &note).await?)
    }

    async fn follow(
        &self,
        connection: &str,
        understood: &Understood,
    ) -> Result<(DeliveryState, String), ServiceError> {
        if understood.hints.is_empty() {
            return Ok((DeliveryState::Ignored, "nothing to look at again".to_owned()));
        }
        let integration = self.0.store.integrations().by_account(connection, &understood.account).await?;
        let Some(integration) = integration else {
            let note = format!("account `{}` is no integration here", understood.account);
            return Ok((DeliveryState::Ignored, note));
        };
        let mut notes = Vec::new();
        for hint in &understood.hints {
            match hint {
                Hint::Pull { repository, id } => {
                    let Ok(number) = id.parse::<i64>() else {
                        notes.push(format!("`{id}` is no number of a pull request"));
                        continue;
                    };
                    if !self.has_source(&integration.id, repository).await? {
                        notes.push(format!("no source for `{repository}`"));
                        continue;
                    }
                    self.0.store.pulls().touch(&integration.id, repository, number).await?;
                    notes.push(format!("pull request {number}"));
                }
                Hint::Rerun { repository, head_sha, .. } => {
                    let pulls = self.0.store.pulls().open(&integration.id, repository).await?;
                    for pull in pulls.iter().filter(|it| it.head_sha == *head_sha) {
                        self.0.store.pulls().touch(&integration.id, repository, pull.number).await?;
                        notes.push(format!("pull request {} again", pull.number));
                    }
                }
                Hint::Integration | Hint::Repositories => {
                    self.enqueue(Refresh { integration: integration.id.clone() }).await?;
                    if matches!(hint, Hint::Integration) {
                        self.enqueue(Reconcile { integration: integration.id.clone() }).await?;
                    }
                    notes.push("the integration".to_owned());
                }
            }
        }
        Ok((DeliveryState::Done, notes.join(", ")))
    }

    /// Whether a source looks at pull requests of a repository.
    pub(crate) async fn has_source(&self, integration: &str, repository: &str) -> Result<bool, ServiceError> {
        let sources = self.0.store.sources().of_repository(integration, repository).await?;
        Ok(sources.iter().any(|it| !it.paused))
    }
}
