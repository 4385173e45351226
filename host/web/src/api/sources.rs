//! Git sources: which folders of which repository, and for which branches.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_store::RepositoryState;
use palisade_store::entity::source::Model;
use palisade_store::repository::sources::{Parameters, SourceSettings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, accepted, changed, created, done};
use crate::api::controls::Policy;
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::{List, list as page_of, page, whole};
use crate::api::time;

/// A Git source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Source {
    id: String,
    /// Id of the integration.
    integration: String,
    #[serde(flatten)]
    settings: Settings,
    /// `present` or `gone`.
    repository_state: &'static str,
    /// Whether branch protection requires the check, and the source of that information.
    required_check: Value,
    #[schema(format = DateTime)]
    last_scanned_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// Settings of a source.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    name: String,
    /// Such as `acme/shop`.
    repository: String,
    /// Folders of the repository; `/` is the whole repository.
    folders: Vec<String>,
    /// Regular expression for the whole name of the target branch.
    branch_pattern: String,
    /// Threshold, the lowest severity of a new violation that fails a check: `critical`, `high`, `medium`, `low`.
    #[serde(default = "high")]
    fail_on: String,
    /// Whether files that are not judged fail the check or the scan; of a pull request only those that it introduces.
    #[serde(default = "yes")]
    strict: bool,
    /// Whether suppressions that a pull request adds apply to that pull request.
    #[serde(default)]
    allow_new_suppressions: bool,
    /// Interval of scans of the whole repository in hours, 1 to 744.
    #[serde(default = "daily")]
    every_hours: i64,
    /// Whether scans and checks are paused.
    #[serde(default)]
    paused: bool,
    /// Parameters of controls, by control and by name: `{"kubernetes-low-user-id": {"minimum": 1000}}`. A repository's
    /// `palisade.toml` can set stricter values.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: Parameters,
}

fn high() -> String {
    "high".to_owned()
}

fn yes() -> bool {
    true
}

fn daily() -> i64 {
    24
}

/// A new Git source: its integration and its settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSource {
    /// Id of the integration.
    integration: String,
    name: String,
    /// Such as `acme/shop`.
    repository: String,
    /// Folders of the repository; `/` is the whole repository.
    folders: Vec<String>,
    /// Regular expression for the whole name of the target branch.
    branch_pattern: String,
    /// Threshold, the lowest severity of a new violation that fails a check: `critical`, `high`, `medium`, `low`.
    #[serde(default = "high")]
    fail_on: String,
    /// Whether files that are not judged fail the check or the scan; of a pull request only those that it introduces.
    #[serde(default = "yes")]
    strict: bool,
    /// Whether suppressions that a pull request adds apply to that pull request.
    #[serde(default)]
    allow_new_suppressions: bool,
    /// Interval of scans of the whole repository in hours, 1 to 744.
    #[serde(default = "daily")]
    every_hours: i64,
    /// Whether scans and checks are paused.
    #[serde(default)]
    paused: bool,
    /// Parameters of controls, by control and by name: `{"kubernetes-low-user-id": {"minimum": 1000}}`. A repository's
    /// `palisade.toml` can set stricter values.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: Parameters,
}

impl NewSource {
    fn split(self) -> (String, SourceSettings) {
        let settings = SourceSettings {
            name: self.name,
            repository: self.repository,
            folders: self.folders,
            branch_pattern: self.branch_pattern,
            fail_on: self.fail_on,
            strict: self.strict,
            allow_new_suppressions: self.allow_new_suppressions,
            every_hours: self.every_hours,
            paused: self.paused,
            parameters: self.parameters,
        };
        (self.integration, settings)
    }
}

impl From<Settings> for SourceSettings {
    fn from(said: Settings) -> SourceSettings {
        SourceSettings {
            name: said.name,
            repository: said.repository,
            folders: said.folders,
            branch_pattern: said.branch_pattern,
            fail_on: said.fail_on,
            strict: said.strict,
            allow_new_suppressions: said.allow_new_suppressions,
            every_hours: said.every_hours,
            paused: said.paused,
            parameters: said.parameters,
        }
    }
}

impl From<Model> for Source {
    fn from(row: Model) -> Source {
        Source {
            id: row.id,
            integration: row.integration_id,
            settings: Settings {
                name: row.name,
                repository: row.repository,
                folders: serde_json::from_str(&row.folders).unwrap_or_default(),
                branch_pattern: row.branch_pattern,
                fail_on: row.fail_on,
                strict: row.strict,
                allow_new_suppressions: row.allow_new_suppressions,
                every_hours: row.every_hours,
                paused: row.paused,
                parameters: serde_json::from_str(&row.parameters).unwrap_or_default(),
            },
            repository_state: match row.repository_state {
                RepositoryState::Present => "present",
                RepositoryState::Gone => "gone",
            },
            required_check: serde_json::from_str(&row.required_check).unwrap_or_default(),
            last_scanned_at: row.last_scanned_at.map(time::text),
            created_at: time::text(row.created_at),
            updated_at: time::text(row.updated_at),
        }
    }
}

/// The detail of a source in the audit log.
fn detail(row: &Model) -> Value {
    json!({
        "name": row.name, "repository": row.repository, "folders": row.folders, "branch_pattern": row.branch_pattern,
        "fail_on": row.fail_on, "strict": row.strict, "allow_new_suppressions": row.allow_new_suppressions,
        "every_hours": row.every_hours, "paused": row.paused, "parameters": row.parameters,
    })
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of an integration.
    integration: Option<String>,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists sources.
#[utoipa::path(get, path = "/sources", operation_id = "source.list", tag = "sources", params(Which),
    responses((status = 200, description = "A page of sources.", body = List<Source>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Source>>, ApiError> {
    let page = page(which.after, which.limit)?;
    let sources = service.store().sources();
    let rows = match &which.integration {
        Some(integration) => sources.of_integration(integration, &page).await?,
        None => sources.list(&page).await?,
    };
    Ok(page_of(rows, &page, |it: &Model| it.id.clone()))
}

/// Creates a source, and queues a scan of it.
#[utoipa::path(post, path = "/sources", operation_id = "source.create", tag = "sources", request_body = NewSource,
    responses((status = 201, description = "Created.", body = Source)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewSource>) -> Answer {
    let (integration, settings) = new.split();
    let row = service.add_source(&integration, &settings).await?;
    Ok(created(&row.id.clone(), detail(&row), Source::from(row)))
}

/// Returns a source.
#[utoipa::path(get, path = "/sources/{id}", operation_id = "source.show", tag = "sources",
    responses((status = 200, description = "The source.", body = Source)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Source>, ApiError> {
    Ok(Json(service.store().sources().get(&id).await?.into()))
}

/// Replaces the settings of a source. It is scanned, and its open pull requests are evaluated again.
#[utoipa::path(put, path = "/sources/{id}", operation_id = "source.replace", tag = "sources",
    request_body = Settings, responses((status = 200, description = "Replaced.", body = Source)))]
pub(crate) async fn replace(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(settings): Input<Settings>,
) -> Answer {
    let row = service.edit_source(&id, &settings.into()).await?;
    Ok(changed(&id, detail(&row), Source::from(row)))
}

/// Deletes a source with its scans and findings.
#[utoipa::path(delete, path = "/sources/{id}", operation_id = "source.delete", tag = "sources",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let row = service.store().sources().get(&id).await?;
    service.delete_source(&id).await?;
    Ok(done(&id, json!({ "name": row.name, "repository": row.repository })))
}

/// Queues a scan of a source.
#[utoipa::path(post, path = "/sources/{id}/scan", operation_id = "source.scan", tag = "sources",
    responses((status = 202, description = "Scan queued.", body = Value)))]
pub(crate) async fn scan(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    service.scan_source_now(&id).await?;
    Ok(accepted(&id, json!({}), json!({ "source": id })))
}

/// Lists the controls that judge a source.
#[utoipa::path(get, path = "/sources/{id}/policies", operation_id = "source.policies", tag = "sources",
    responses((status = 200, description = "All controls of the source.", body = List<Policy>)))]
pub(crate) async fn policies(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<List<Policy>>, ApiError> {
    service.store().sources().get(&id).await?;
    Ok(whole(service.controls().into_iter().map(Policy::from).collect()))
}
