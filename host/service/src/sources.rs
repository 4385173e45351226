//! Git sources: a repository, its folders, and a branch pattern.

use palisade_domain::Severity;
use palisade_store::job::{Reconcile, Refresh, ScanSource};
use palisade_store::repository as store;
use palisade_store::repository::sources::SourceSettings;
use palisade_store::{Page, Trigger, entity};

use crate::error::ServiceError;
use crate::folders;
use crate::pattern::BranchPattern;
use crate::service::Service;
use crate::view::{self, List};

/// Git sources.
pub struct Sources<'a> {
    service: &'a Service,
    rows: store::sources::Sources<'a>,
    integrations: store::integrations::Integrations<'a>,
    pulls: store::pulls::Pulls<'a>,
}

impl Service {
    /// Returns the Git sources.
    pub fn sources(&self) -> Sources<'_> {
        let store = &self.0.store;
        Sources {
            service: self,
            rows: store.sources(),
            integrations: store.integrations(),
            pulls: store.pulls(),
        }
    }
}

impl Sources<'_> {
    /// Lists all sources or those of an integration, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(
        &self,
        integration: Option<&str>,
        page: &Page,
    ) -> Result<List<view::Source>, ServiceError> {
        let rows = match integration {
            Some(integration) => self.rows.of_integration(integration, page).await?,
            None => self.rows.list(page).await?,
        };
        Ok(List::of(rows, page, |it| it.id.clone(), view::Source::from))
    }

    /// Returns the source with this id.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::Source, ServiceError> {
        Ok(self.rows.get(id).await?.into())
    }

    async fn fitting(
        &self,
        integration: &str,
        settings: &SourceSettings,
    ) -> Result<SourceSettings, ServiceError> {
        if settings.name.trim().is_empty() {
            return Err(ServiceError::invalid("name", "give the source a name"));
        }
        BranchPattern::new(&settings.branch_pattern)?;
        settings.fail_on.parse::<Severity>().map_err(|_| {
            ServiceError::invalid("fail_on", "it is one of `critical`, `high`, `medium`, `low`")
        })?;
        if !(1..=24 * 31).contains(&settings.every_hours) {
            return Err(ServiceError::invalid("every_hours", "it is between 1 and 744"));
        }
        let parameters = palisade_scan::assignments(&settings.parameters, "parameters");
        palisade_scan::check_parameters(self.service.catalog(), &parameters)
            .map_err(|error| ServiceError::invalid("parameters", error.to_string()))?;
        let integration = self.integrations.get(integration).await?;
        let adapter = self.service.of_integration(&integration).await?;
        let repositories = self.service.all_repositories(&integration.id).await?;
        let repository =
            repositories.iter().find(|it| it.full_name.eq_ignore_ascii_case(&settings.repository));
        let repository = repository.ok_or_else(|| {
            let why = format!("the installation does not reach `{}`", settings.repository);
            ServiceError::invalid("repository", why)
        })?;
        let paths = folders::normalised(&settings.folders)?;
        for folder in paths.iter().filter(|it| !it.is_root()) {
            let (name, branch) = (&repository.full_name, &repository.default_branch);
            let answer = adapter.provider.folders(&adapter.tenant, name, branch, folder.as_str()).await;
            if adapter.read(answer)?.is_none() {
                let why = format!("`{name}` has no folder `/{folder}` on `{branch}`");
                return Err(ServiceError::invalid("folders", why));
            }
        }
        Ok(SourceSettings {
            repository: repository.full_name.clone(),
            folders: paths.iter().map(folders::shown).collect(),
            ..settings.clone()
        })
    }

    /// Adds a Git source, and queues a scan of it.
    ///
    /// # Errors
    /// If a setting is invalid, or an error of the provider.
    pub async fn add(
        &self,
        integration: &str,
        settings: &SourceSettings,
    ) -> Result<view::Source, ServiceError> {
        let settings = self.fitting(integration, settings).await?;
        let source = self.rows.create(integration, settings).await?;
        self.begin(&source).await?;
        Ok(source.into())
    }

    async fn begin(&self, source: &entity::source::Model) -> Result<(), ServiceError> {
        let scan = ScanSource { source: source.id.clone(), trigger: Trigger::SourceAdded, slot: None };
        self.service.enqueue(scan).await?;
        let id = &source.integration_id;
        self.refresh(id).await?;
        // The checks of open pull requests may change.
        for pull in self.pulls.open(id, &source.repository).await? {
            self.pulls.touch(id, &source.repository, pull.number).await?;
        }
        self.service.enqueue_alone(Reconcile { integration: id.clone() }, id).await
    }

    /// Queues a refresh of an integration, which creates or removes webhooks of repositories, and checks whether branches
    /// require our check.
    async fn refresh(&self, integration: &str) -> Result<(), ServiceError> {
        self.service.enqueue_alone(Refresh { integration: integration.to_owned() }, integration).await
    }

    /// Changes the settings of a Git source.
    ///
    /// # Errors
    /// If a setting is invalid, or an error of the provider.
    pub async fn edit(&self, id: &str, settings: &SourceSettings) -> Result<view::Source, ServiceError> {
        let source = self.rows.get(id).await?;
        let settings = self.fitting(&source.integration_id, settings).await?;
        self.rows.update(id, settings).await?;
        let source = self.rows.get(id).await?;
        if source.paused {
            self.refresh(&source.integration_id).await?;
        } else {
            self.begin(&source).await?;
        }
        Ok(source.into())
    }

    /// Deletes a Git source with its data; returns the deleted source.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn delete(&self, id: &str) -> Result<view::Source, ServiceError> {
        let source = self.get(id).await?;
        self.rows.delete(id).await?;
        self.refresh(&source.integration).await?;
        Ok(source)
    }

    /// Queues a scan of a Git source.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn scan(&self, id: &str) -> Result<(), ServiceError> {
        self.rows.get(id).await?;
        self.service.scan_now_on_demand(id).await
    }
}
