//! Integrations: an installation of a connection.

use std::collections::BTreeSet;

use palisade_store::entity::integration::Model;
use palisade_store::job::{Refresh, ScanSource};
use palisade_store::repository as store;
use palisade_store::repository::integrations::NewIntegration;
use palisade_store::{IntegrationStatus, Page, Trigger, now_ms};

use crate::adapter::Position;
use crate::error::ServiceError;
use crate::pattern::BranchPattern;
use crate::refresh::NOT_INSTALLED;
use crate::service::Service;
use crate::view::{self, List};

/// The time for which a change of a check by others is a warning, in milliseconds.
const OVERWRITTEN: i64 = 24 * 3_600_000;
/// The maximum number of branches in a preview.
const MOST_BRANCHES: usize = 5_000;

/// Integrations, and the repositories that they can access.
pub struct Integrations<'a> {
    service: &'a Service,
    rows: store::integrations::Integrations<'a>,
    connections: store::connections::Connections<'a>,
}

impl Service {
    /// Returns the integrations.
    pub fn integrations(&self) -> Integrations<'_> {
        let store = &self.0.store;
        Integrations { service: self, rows: store.integrations(), connections: store.connections() }
    }

    pub(crate) async fn scan_now_on_demand(&self, source: &str) -> Result<(), ServiceError> {
        let job = ScanSource { source: source.to_owned(), trigger: Trigger::Demand, slot: None };
        self.enqueue(job).await
    }
}

impl Integrations<'_> {
    async fn shown(&self, row: Model) -> Result<view::Integration, ServiceError> {
        let scanned = self.service.sources_of(&row.id).await?.iter().any(|it| !it.paused);
        let since = now_ms().saturating_sub(OVERWRITTEN);
        let checks = self.service.0.store.checks().overwritten_since(&row.id, since).await?;
        let mut shown = view::Integration::new(row, scanned);
        shown.warnings.extend(checks.iter().flat_map(|check| {
            let place = format!("`{}` at {}", check.repository, check.head_sha);
            check.overwritten.iter().map(move |it| format!("a check of {place} was changed by others: {it}"))
        }));
        Ok(shown)
    }

    /// Lists all integrations or those of a connection, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(
        &self,
        connection: Option<&str>,
        page: &Page,
    ) -> Result<List<view::Integration>, ServiceError> {
        let rows = match connection {
            Some(connection) => self.rows.of_connection(connection, page).await?,
            None => self.rows.list(page).await?,
        };
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            views.push(self.shown(row).await?);
        }
        Ok(List::of(views, page, |it| it.id.clone(), |it| it))
    }

    /// Returns the integration with this id.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::Integration, ServiceError> {
        self.shown(self.rows.get(id).await?).await
    }

    /// Adds an integration. `account` is the provider's id or name of the account.
    ///
    /// # Errors
    /// If the connection has no such account, or an error of the provider.
    pub async fn add(
        &self,
        connection: &str,
        name: &str,
        account: &str,
    ) -> Result<view::Integration, ServiceError> {
        if name.trim().is_empty() {
            return Err(ServiceError::invalid("name", "give the integration a name"));
        }
        let Some(found) = self.service.account(connection, account).await? else {
            let connection = self.connections.get(connection).await?;
            let (_, _, info) = self.service.provider(&connection.provider)?;
            let fix = info.status(NOT_INSTALLED).map(|it| format!(": {}", it.fix)).unwrap_or_default();
            let why = format!("the connection does not reach `{account}`{fix}");
            return Err(ServiceError::invalid("account", why));
        };
        let new = NewIntegration {
            connection_id: connection.to_owned(),
            name: name.to_owned(),
            account: found.id,
            account_name: found.name,
            status: IntegrationStatus::Error,
        };
        let integration = self.rows.create(new).await?;
        self.check(&integration.id).await
    }

    /// Updates the status of an integration from the provider.
    ///
    /// # Errors
    /// If it does not exist, or an error of the provider.
    pub async fn check(&self, id: &str) -> Result<view::Integration, ServiceError> {
        // Fails before a job is queued for an integration that does not exist.
        self.rows.get(id).await?;
        // If the provider asks for a pause, a job repeats this after it.
        match self.service.refresh(id).await {
            Err(error) if error.pause().is_some() => {
                self.service.enqueue_alone(Refresh { integration: id.to_owned() }, id).await?;
            }
            other => drop(other?),
        }
        self.get(id).await
    }

    /// Renames an integration.
    ///
    /// # Errors
    /// If it does not exist, or the name is empty.
    pub async fn rename(&self, id: &str, name: &str) -> Result<view::Integration, ServiceError> {
        if name.trim().is_empty() {
            return Err(ServiceError::invalid("name", "give the integration a name"));
        }
        self.rows.rename(id, name).await?;
        self.get(id).await
    }

    /// Deletes an integration with its sources and their data, and removes its webhooks at the provider. A provider that
    /// does not respond does not prevent that: what remains there is returned.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn remove(&self, id: &str) -> Result<view::Removed, ServiceError> {
        let integration = self.rows.get(id).await?;
        let remaining = self.service.remove_hooks(&integration).await?;
        self.rows.delete(id).await?;
        self.service.forget_credentials();
        Ok(view::Removed { name: integration.name, remaining })
    }

    /// Queues scans of all sources of an integration ("Start Code Scan"); returns their number.
    ///
    /// # Errors
    /// If the integration does not exist.
    pub async fn scan(&self, id: &str) -> Result<view::Begun, ServiceError> {
        self.rows.get(id).await?;
        let sources = self.service.sources_of(id).await?;
        for source in &sources {
            self.service.scan_now_on_demand(&source.id).await?;
        }
        Ok(view::Begun { sources: sources.len() })
    }

    /// Lists the repositories that an integration can access, one page at a time.
    ///
    /// # Errors
    /// Errors of the provider.
    pub async fn repositories(
        &self,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<List<view::Repository>, ServiceError> {
        Ok(List::of_provider(self.service.repositories_of(id, cursor).await?))
    }

    /// Lists the branches of a repository that match a pattern.
    ///
    /// # Errors
    /// If the pattern is invalid, or an error of the provider.
    pub async fn preview(
        &self,
        integration: &str,
        repository: &str,
        pattern: &str,
    ) -> Result<view::Branches, ServiceError> {
        let pattern = BranchPattern::new(pattern)?;
        let integration = self.rows.get(integration).await?;
        let adapter = self.service.of_integration(&integration).await?;
        let (mut names, mut position) = (BTreeSet::new(), Position::start("branches"));
        loop {
            let answer = adapter.provider.branches(&adapter.tenant, repository, position.cursor()).await;
            let page = adapter.read(answer)?;
            let more = position.advance(page.next, page.items.iter().map(String::as_str))?;
            names.extend(page.items);
            if !more || names.len() >= MOST_BRANCHES {
                break;
            }
        }
        let all = names.len();
        Ok(view::Branches { matching: names.into_iter().filter(|it| pattern.matches(it)).collect(), all })
    }

    /// Lists the folders in a folder of a repository's branch; `None` if the folder does not exist.
    ///
    /// # Errors
    /// Errors of the provider.
    pub async fn folders(
        &self,
        integration: &str,
        repository: &str,
        branch: &str,
        folder: &str,
    ) -> Result<Option<Vec<String>>, ServiceError> {
        let integration = self.rows.get(integration).await?;
        let adapter = self.service.of_integration(&integration).await?;
        let answer = adapter.provider.folders(&adapter.tenant, repository, branch, folder).await;
        Ok(adapter.read(answer)?.map(|page| page.items))
    }
}
