//! Git sources: which folders of which repository, and for which branches.

use std::collections::BTreeSet;

use palisade_domain::Severity;
use palisade_store::job::{Reconcile, Refresh, ScanSource};
use palisade_store::repository::sources::SourceSettings;
use palisade_store::{Trigger, entity};

use crate::error::ServiceError;
use crate::folders;
use crate::pattern::BranchPattern;
use crate::service::Service;

/// The most branches that a preview looks at.
const MOST_BRANCHES: usize = 5_000;

/// Which branches a pattern takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Those that fit.
    pub matching: Vec<String>,
    /// How many there are.
    pub all: usize,
}

impl Service {
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
        palisade_scan::check_parameters(&self.0.catalog, &parameters)
            .map_err(|error| ServiceError::invalid("parameters", error.to_string()))?;
        let integration = self.0.store.integrations().get(integration).await?;
        let adapter = self.of_integration(&integration).await?;
        let repositories = self.all_repositories(&integration.id).await?;
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

    /// Adds a Git source, and scans it.
    ///
    /// # Errors
    /// What is not right, or what the provider says.
    pub async fn add_source(
        &self,
        integration: &str,
        settings: &SourceSettings,
    ) -> Result<entity::source::Model, ServiceError> {
        let settings = self.fitting(integration, settings).await?;
        let source = self.0.store.sources().create(integration, settings).await?;
        self.begin(&source).await?;
        Ok(source)
    }

    async fn begin(&self, source: &entity::source::Model) -> Result<(), ServiceError> {
        let scan = ScanSource { source: source.id.clone(), trigger: Trigger::SourceAdded, slot: None };
        self.enqueue(scan).await?;
        // Whether its branch requires our check is said with the integration.
        let id = &source.integration_id;
        self.enqueue_alone(Refresh { integration: id.clone() }, id).await?;
        // What the checks of open pull requests say may be another now.
        for pull in self.0.store.pulls().open(id, &source.repository).await? {
            self.0.store.pulls().touch(id, &source.repository, pull.number).await?;
        }
        self.enqueue_alone(Reconcile { integration: id.clone() }, id).await
    }

    /// Changes a Git source.
    ///
    /// # Errors
    /// What is not right, or what the provider says.
    pub async fn edit_source(
        &self,
        id: &str,
        settings: &SourceSettings,
    ) -> Result<entity::source::Model, ServiceError> {
        let source = self.0.store.sources().get(id).await?;
        let settings = self.fitting(&source.integration_id, settings).await?;
        self.0.store.sources().update(id, settings).await?;
        let source = self.0.store.sources().get(id).await?;
        if !source.paused {
            self.begin(&source).await?;
        }
        Ok(source)
    }

    /// Deletes a Git source with what was found in it.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn delete_source(&self, id: &str) -> Result<(), ServiceError> {
        Ok(self.0.store.sources().delete(id).await?)
    }

    /// Scans a Git source now.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn scan_source_now(&self, id: &str) -> Result<(), ServiceError> {
        self.0.store.sources().get(id).await?;
        self.scan_now_on_demand(id).await
    }

    /// Which branches of a repository a pattern takes.
    ///
    /// # Errors
    /// What is wrong with the pattern, or what the provider says.
    pub async fn preview(
        &self,
        integration: &str,
        repository: &str,
        pattern: &str,
    ) -> Result<Preview, ServiceError> {
        let pattern = BranchPattern::new(pattern)?;
        let integration = self.0.store.integrations().get(integration).await?;
        let adapter = self.of_integration(&integration).await?;
        let (mut names, mut cursor) = (BTreeSet::new(), None);
        loop {
            let answer = adapter.provider.branches(&adapter.tenant, repository, cursor.as_deref()).await;
            let page = adapter.read(answer)?;
            names.extend(page.items);
            cursor = page.next;
            if cursor.is_none() || names.len() >= MOST_BRANCHES {
                break;
            }
        }
        let all = names.len();
        Ok(Preview { matching: names.into_iter().filter(|it| pattern.matches(it)).collect(), all })
    }

    /// Folders in a folder of a repository's branch; none where there is no such folder.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn folders(
        &self,
        integration: &str,
        repository: &str,
        branch: &str,
        folder: &str,
    ) -> Result<Option<Vec<String>>, ServiceError> {
        let integration = self.0.store.integrations().get(integration).await?;
        let adapter = self.of_integration(&integration).await?;
        let answer = adapter.provider.folders(&adapter.tenant, repository, branch, folder).await;
        Ok(adapter.read(answer)?.map(|page| page.items))
    }
}
