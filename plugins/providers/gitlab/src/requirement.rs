//! Whether a branch rejects changes without our check.

use palisade_sdk::CallError;
use palisade_sdk::provider::Requirement;
use palisade_sdk::provider::json::{flag, text};
use palisade_sdk::provider::text::matches;
use serde_json::Value;

use crate::api::{Api, good, project};

/// The access level of a developer. <https://docs.gitlab.com/api/access_requests/#valid-access-levels>
const DEVELOPER: u64 = 30;

/// Whether a protection lets developers push without a merge request.
fn lets_developers_push(protection: &Value) -> bool {
    let levels = protection.get("push_access_levels").and_then(Value::as_array).into_iter().flatten();
    let mut levels = levels.filter_map(|it| it.get("access_level").and_then(Value::as_u64));
    // 0 is nobody.
    levels.any(|level| level > 0 && level <= DEVELOPER)
}

/// Whether developers must use a merge request.
fn is_protected(api: &Api<'_>, repository: &str, branch: &str) -> Result<bool, CallError> {
    let path = format!("{}/protected_branches?per_page=100", project(repository));
    let all = api.every(&path, &format!("the protected branches of `{repository}`"))?;
    let mut rules = all.iter().filter(|it| matches(text(it, "/name"), branch)).peekable();
    // Names of protected branches may have `*`. The most permissive rule decides.
    // <https://docs.gitlab.com/user/project/repository/branches/protected/#use-wildcard-rules>
    Ok(rules.peek().is_some() && !rules.any(lets_developers_push))
}

/// Whether a merge request needs a response to an external status check with the name of our check.
fn needs_external(api: &Api<'_>, repository: &str, branch: &str, check: &str) -> Result<bool, CallError> {
    let path = format!("{}/external_status_checks?per_page=100", project(repository));
    let what = format!("the external status checks of `{repository}`");
    let all = api.every_if_any(&path, &what)?.unwrap_or_default();
    let applies = |it: &Value| {
        let branches = it.get("protected_branches").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        branches.is_empty() || branches.iter().any(|it| matches(text(it, "/name"), branch))
    };
    Ok(all.iter().any(|it| text(it, "/name") == check && applies(it)))
}

/// Whether a branch rejects changes without our check. GitLab requires pipelines, of which our status is a part, not
/// statuses; and external status checks. <https://docs.gitlab.com/user/project/merge_requests/auto_merge/#require-a-successful-pipeline-for-merge>
pub(crate) fn requirement(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    check: &str,
) -> Result<Requirement, CallError> {
    let settings = good(api.get(&project(repository), None)?, &format!("`{repository}`"))?.body;
    let by_pipeline = flag(&settings, "/only_allow_merge_if_pipeline_succeeds")
        && !flag(&settings, "/allow_merge_on_skipped_pipeline");
    let by_external = flag(&settings, "/only_allow_merge_if_all_status_checks_passed")
        && needs_external(api, repository, branch, check)?;
    let is_protected = is_protected(api, repository, branch)?;
    let page = format!("{}/{repository}/-/settings", api.settings.web);
    let mut how = Vec::new();
    if !is_protected {
        how.push(format!(
            "open {page}/repository, Protected branches, protect `{branch}`, and set \"Allowed to push and merge\" to \
             \"No one\""
        ));
    }
    if !by_pipeline && !by_external {
        how.push(format!(
            "open {page}/merge_requests, Merge checks, select \"Pipelines must succeed\", and clear \"Skipped pipelines \
             are considered successful\"; with the plan Ultimate, also add a status check with the name \"{check}\" \
             under Status checks, and select \"Status checks must succeed\""
        ));
    }
    how.push(format!(
        "users with the role Developer can set the status \"{check}\" too: this program sets it again and names them"
    ));
    Ok(Requirement { required: is_protected && (by_pipeline || by_external), how: how.join("; ") })
}
