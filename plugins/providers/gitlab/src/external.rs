//! The response to an external status check with the name of the check, which projects with the plan Ultimate can
//! require. <https://docs.gitlab.com/api/status_checks/>

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::{Check, Method};
use serde_json::{Value, json};

use crate::api::{Api, good, merge_request};

/// The response for a state of a status; none if there is none to give.
fn wanted(state: &str) -> Option<&'static str> {
    match state {
        "success" => Some("passed"),
        "failed" => Some("failed"),
        "pending" => Some("pending"),
        _ => None,
    }
}

/// Responds to the external status checks of a merge request that have the name of the check.
pub(crate) fn respond(
    api: &Api<'_>,
    repository: &str,
    number: &str,
    check: &Check,
    state: &str,
) -> Result<(), CallError> {
    let Some(wanted) = wanted(state) else { return Ok(()) };
    let merge = merge_request(repository, number)?;
    let what = format!("the external status checks of merge request {number} of `{repository}`");
    // The plan has none: 403 or 404.
    let Some(checks) = api.every_if_any(&format!("{merge}/status_checks?per_page=100"), &what)? else {
        return Ok(());
    };
    for it in checks.iter().filter(|it| text(it, "/name") == check.name) {
        let status = text(it, "/status");
        // After a push, GitLab itself sets it to pending, and a pending response fails after 2 minutes.
        if status == wanted || (wanted == "pending" && !matches!(status, "passed" | "failed")) {
            continue;
        }
        let body = json!({
            "sha": check.head_sha,
            "external_status_check_id": it.get("id").unwrap_or(&Value::Null),
            "status": wanted,
        });
        let answer = api.write(Method::Post, &format!("{merge}/status_check_responses"), &body)?;
        // The merge request has a newer head.
        if !matches!(answer.status, 409 | 422) {
            good(answer, &what)?;
        }
    }
    Ok(())
}
