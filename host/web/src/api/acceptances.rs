//! Accepted risks.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use palisade_service::view::{Acceptance, List};
use palisade_service::{Caller, NewAcceptance as Kept, Service};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::page;
use crate::api::time;

/// A new acceptance. It names at least a finding, a control or a resource. A finding or a resource also needs a source,
/// and a resource a file pattern, since other resources may have the same address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAcceptance {
    /// Id of the integration.
    integration: String,
    /// Limits it to this source.
    source: Option<String>,
    /// Limits it to this finding.
    fingerprint: Option<String>,
    /// Limits it to this control.
    control: Option<String>,
    /// Limits it to resources whose address matches this pattern.
    resource: Option<String>,
    /// Limits it to resources in files that match this pattern; required with `resource`.
    path: Option<String>,
    reason: String,
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of an integration.
    integration: String,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists the acceptances of an integration.
#[utoipa::path(get, path = "/acceptances", operation_id = "acceptance.list", tag = "acceptances", params(Which),
    responses((status = 200, description = "A page of acceptances.", body = List<Acceptance>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Acceptance>>, ApiError> {
    let page = page(which.after, which.limit)?;
    Ok(Json(service.acceptances().list(&which.integration, &page).await?))
}

/// Creates an acceptance.
#[utoipa::path(post, path = "/acceptances", operation_id = "acceptance.create", tag = "acceptances",
    request_body = NewAcceptance, responses((status = 201, description = "Created.", body = Acceptance)))]
pub(crate) async fn create(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Input(new): Input<NewAcceptance>,
) -> Answer {
    let until_at = new.until.as_deref().map(|it| time::read("until", it)).transpose()?;
    let risk = service
        .acceptances()
        .accept(Kept {
            integration_id: new.integration,
            source_id: new.source,
            fingerprint: new.fingerprint,
            control: new.control,
            resource: new.resource,
            path: new.path,
            reason: new.reason,
            until_at,
            created_by: caller.user.name,
        })
        .await?;
    let detail = json!({
        "integration": risk.integration, "source": risk.source, "fingerprint": risk.fingerprint,
        "control": risk.control, "resource": risk.resource, "reason": risk.reason, "until": risk.until,
    });
    Ok(created(&risk.id, detail, &risk))
}

/// Deletes an acceptance.
#[utoipa::path(delete, path = "/acceptances/{id}", operation_id = "acceptance.delete", tag = "acceptances",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let risk = service.acceptances().revoke(&id).await?;
    Ok(done(
        &id,
        json!({ "integration": risk.integration, "control": risk.control, "resource": risk.resource }),
    ))
}
