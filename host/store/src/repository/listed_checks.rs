//! Checks in lists.

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    CheckState, Conclusion, Page, StoreError,
    entity::{
        check_run::{Column, Entity, Model},
        json::Json,
    },
    repository::checks::Checks,
};

/// A check in a list: without its summary and its annotations, which may be thousands.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ListedCheck {
    /// The id of the check.
    pub id: String,
    /// The id of the integration.
    pub integration_id: String,
    /// Full name of the repository.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// The name of the check.
    pub name: String,
    /// Numbers of the pull requests with this head.
    pub pulls: Json<Vec<i64>, Entity>,
    /// The state.
    pub state: CheckState,
    /// The result, if completed.
    pub conclusion: Option<Conclusion>,
    /// A one-line title.
    pub title: String,
    /// The sequence number of its content.
    pub seq: i64,
    /// The sequence number of the content that the provider shows.
    pub published_seq: i64,
    /// The number of annotations that the provider accepted.
    pub accepted: i64,
    /// The deadline, in Unix milliseconds.
    pub deadline_at: Option<i64>,
    /// The time of creation, in Unix milliseconds.
    pub created_at: i64,
    /// The time of the last change of its content, in Unix milliseconds.
    pub updated_at: i64,
}

/// A check that others have changed at the provider: what lists of integrations show of it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OverwrittenCheck {
    /// Full name of the repository.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// What was changed, in Markdown.
    pub overwritten: Json<Vec<String>, Entity>,
    /// The time at which that was found, in Unix milliseconds.
    pub overwritten_at: i64,
}

impl From<Model> for ListedCheck {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            integration_id: row.integration_id,
            repository: row.repository,
            head_sha: row.head_sha,
            name: row.name,
            pulls: row.pulls,
            state: row.state,
            conclusion: row.conclusion,
            title: row.title,
            seq: row.seq,
            published_seq: row.published_seq,
            accepted: row.accepted,
            deadline_at: row.deadline_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Checks<'_> {
    /// Lists the checks of an integration without their summaries and annotations, one page at a time.
    pub async fn listed(&self, integration: &str, page: &Page) -> Result<Vec<ListedCheck>, StoreError> {
        let query = Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::IntegrationId,
                Column::Repository,
                Column::HeadSha,
                Column::Name,
                Column::Pulls,
                Column::State,
                Column::Conclusion,
                Column::Title,
                Column::Seq,
                Column::PublishedSeq,
                Column::Accepted,
                Column::DeadlineAt,
                Column::CreatedAt,
                Column::UpdatedAt,
            ])
            .filter(Column::IntegrationId.eq(integration));
        page.fetch_some(self.store.read(), query, Column::Id).await
    }

    /// Lists the checks of an integration that others have changed at the provider since `time`, without their contents.
    pub async fn overwritten_since(
        &self,
        integration: &str,
        time: i64,
    ) -> Result<Vec<OverwrittenCheck>, StoreError> {
        let query = Entity::find()
            .select_only()
            .columns([Column::Repository, Column::HeadSha, Column::Overwritten, Column::OverwrittenAt])
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::OverwrittenAt.gte(time))
            .order_by_asc(Column::OverwrittenAt);
        Ok(query.into_model().all(self.store.read()).await?)
    }
}
