//! The status of a commit: where it is, and how it is set.
//! <https://docs.gitlab.com/api/commits/#set-commit-pipeline-status>

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{Check, CheckState, Conclusion, Method};
use serde_json::{Map, Value};

use crate::api::{Api, good, project, reason, refusal};

/// The maximum number of characters of a description, which GitLab checks.
pub(crate) const DESCRIPTION: usize = 255;

/// How often a status is set while GitLab answers 409: another update of the same commit is in progress. GitLab itself
/// waits up to 2 s before it answers so.
const ATTEMPTS: usize = 4;

/// The state of a check as GitLab names it.
pub(crate) fn state(check: &Check) -> Result<&'static str, CallError> {
    match (check.state, check.conclusion) {
        (CheckState::Queued | CheckState::Running, _) => Ok("pending"),
        (CheckState::Completed, Some(Conclusion::Success)) => Ok("success"),
        (CheckState::Completed, Some(Conclusion::Failure)) => Ok("failed"),
        (CheckState::Completed, None) => {
            Err(CallError::InvalidInput("a completed check has a conclusion".to_owned()))
        }
        // Not `skipped`: a project may accept that for a merge.
        (CheckState::Superseded, _) => Ok("canceled"),
    }
}

/// Where a status belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The full name or the ID of the project.
    pub(crate) project: String,
    /// The branch, or the reference of the merge request; empty if GitLab must find it.
    reference: String,
    /// The pipeline; empty if GitLab must find or create it.
    pipeline: String,
    /// The place to use if the token's user has no access to this one.
    instead: Option<Box<Place>>,
}

/// The place of a merge request with a head. A status belongs to "the commit in the merge request's source branch", so
/// for a fork it is set in the fork, where the token's user needs the role Developer. Without that access it is set in
/// the target, which has the commit too, but GitLab shows it only at the commit there. If the pipeline of the merge
/// request is of this head, the status becomes a part of it: GitLab decides by the latest pipeline.
fn place(repository: &str, merge: &Value, head: &str) -> Place {
    let (source, target) = (id(merge, "/source_project_id"), id(merge, "/target_project_id"));
    let pipeline = id(merge, "/head_pipeline/id");
    let pipeline_project = id(merge, "/head_pipeline/project_id");
    let own = |project: &str| if project == target { repository.to_owned() } else { project.to_owned() };
    let reference = |number: String| format!("refs/merge-requests/{number}/head");
    let in_target = Place {
        project: repository.to_owned(),
        reference: reference(id(merge, "/iid")),
        pipeline: String::new(),
        instead: None,
    };
    if !pipeline.is_empty() && !pipeline_project.is_empty() && text(merge, "/head_pipeline/sha") == head {
        let project = own(&pipeline_project);
        let instead = (project != repository).then(|| Box::new(in_target));
        return Place { project, reference: String::new(), pipeline, instead };
    }
    // The fork was deleted.
    if source.is_empty() {
        return in_target;
    }
    let project = own(&source);
    let instead = (project != repository).then(|| Box::new(in_target));
    let reference = text(merge, "/source_branch").to_owned();
    Place { project, reference, pipeline: String::new(), instead }
}

/// The places of a check. Without merge requests (the commit of a merge train), GitLab finds the pipeline of the commit.
pub(crate) fn places(repository: &str, check: &Check, merges: &[Value]) -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    for place in merges.iter().map(|it| place(repository, it, &check.head_sha)) {
        if !all.contains(&place) {
            all.push(place);
        }
    }
    if all.is_empty() {
        all.push(Place {
            project: repository.to_owned(),
            reference: String::new(),
            pipeline: String::new(),
            instead: None,
        });
    }
    all
}

/// The latest status of a check's name.
enum Latest {
    /// The token's user has no access to the project.
    Refused,
    /// There is none.
    Missing,
    /// As GitLab returns it.
    Found(Value),
}

/// The latest status of the check's name at its commit: in the pipeline of the place, or in any.
fn latest(api: &Api<'_>, place: &Place, check: &Check) -> Result<Latest, CallError> {
    let path = format!(
        "{}/repository/commits/{}/statuses?name={}&per_page=100",
        project(&place.project),
        part(&check.head_sha),
        part(&check.name)
    );
    let what = format!("the statuses of commit {} of `{}`", check.head_sha, place.project);
    let Some(all) = api.every_if_any(&path, &what)? else { return Ok(Latest::Refused) };
    let ours = all.into_iter().filter(|it| {
        let pipeline = id(it, "/pipeline_id");
        // Servers before 16.4 do not name the pipeline.
        let is_there = place.pipeline.is_empty() || pipeline.is_empty() || pipeline == place.pipeline;
        is_there && text(it, "/name") == check.name
    });
    let last = ours.max_by_key(|it| it.get("id").and_then(Value::as_u64));
    Ok(last.map_or(Latest::Missing, Latest::Found))
}

/// The description of a status.
fn description(check: &Check) -> String {
    cut(&check.title, DESCRIPTION)
}

/// Whether a status has the wanted content. The description of a pending one cannot be changed.
fn is_same(it: &Value, check: &Check, state: &str, user: &str) -> bool {
    text(it, "/status") == state
        && id(it, "/author/id") == user
        && text(it, "/target_url") == check.details_url
        && (state == "pending" || text(it, "/description") == description(check))
}

/// Sets the status, if the existing one differs. Returns its ID; none if the token's user has no access to the project.
fn set_at(
    api: &Api<'_>,
    place: &Place,
    check: &Check,
    state: &str,
    user: &str,
) -> Result<Option<String>, CallError> {
    let existing = match latest(api, place, check)? {
        Latest::Refused => return Ok(None),
        Latest::Missing => None,
        Latest::Found(it) => Some(it),
    };
    if let Some(it) = existing.as_ref().filter(|it| is_same(it, check, state, user)) {
        return Ok(Some(id(it, "/id")));
    }
    let mut body = Map::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            body.insert(name.to_owned(), value.into());
        }
    };
    add("state", state);
    add("name", &check.name);
    add("target_url", &check.details_url);
    add("description", &description(check));
    // An existing status is continued in its pipeline: another reference would create a second pipeline.
    let known = existing.as_ref().map(|it| (id(it, "/pipeline_id"), text(it, "/ref")));
    let (pipeline, reference) = match &known {
        Some((pipeline, reference)) if place.pipeline.is_empty() => (pipeline.as_str(), *reference),
        _ => (place.pipeline.as_str(), place.reference.as_str()),
    };
    match pipeline.parse::<u64>() {
        Ok(number) => {
            body.insert("pipeline_id".to_owned(), number.into());
        }
        Err(_) if reference.is_empty() => {}
        Err(_) => {
            body.insert("ref".to_owned(), reference.into());
        }
    }
    let path = format!("{}/statuses/{}", project(&place.project), part(&check.head_sha));
    let what = format!("the status `{}` of commit {} of `{}`", check.name, check.head_sha, place.project);
    let body = Value::Object(body);
    for _ in 0..ATTEMPTS {
        let answer = api.write(Method::Post, &path, &body)?;
        match answer.status {
            409 => {}
            // It has this state already: "Cannot transition status via :enqueue from :pending".
            400 if state == "pending" && reason(&answer).contains("Cannot transition") => {
                return Ok(Some(existing.map(|it| id(&it, "/id")).unwrap_or_default()));
            }
            403 | 404 if place.instead.is_some() => return Ok(None),
            401 => return Err(refusal(&answer, &what)),
            _ => return Ok(Some(id(&good(answer, &what)?.body, "/id"))),
        }
    }
    Err(CallError::Unavailable(format!("GitLab is still busy with another update of {what}")))
}

/// Sets the status at a place, or at the one to use instead. Returns its ID.
pub(crate) fn set(
    api: &Api<'_>,
    place: &Place,
    check: &Check,
    state: &str,
    user: &str,
) -> Result<String, CallError> {
    let mut at = place;
    loop {
        if let Some(handle) = set_at(api, at, check, state, user)? {
            return Ok(handle);
        }
        match at.instead.as_deref() {
            Some(instead) => at = instead,
            None => {
                return Err(CallError::Denied(format!(
                    "GitLab refuses the status of commit {} of `{}`, or does not find that commit: give the token's \
                     user the role Developer or Maintainer there",
                    check.head_sha, at.project
                )));
            }
        }
    }
}

/// The latest status at a place, or at the one to use instead.
pub(crate) fn find(api: &Api<'_>, place: &Place, check: &Check) -> Result<Option<Value>, CallError> {
    let mut at = place;
    loop {
        match (latest(api, at, check)?, at.instead.as_deref()) {
            (Latest::Found(it), _) => return Ok(Some(it)),
            (_, Some(instead)) => at = instead,
            (_, None) => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_belongs_to_the_project_of_the_commit() {
        let merge = |source: Value, pipeline: Value| {
            json!({"iid": 7, "source_project_id": source, "target_project_id": 1, "source_branch": "topic",
                "head_pipeline": pipeline})
        };
        let pipeline = |project: u64, sha: &str| json!({"id": 5, "project_id": project, "sha": sha});
        for (what, merge, expected) in [
            ("own branch", merge(json!(1), json!(null)), "g/p topic - -"),
            ("fork", merge(json!(2), json!(null)), "2 topic - g/p refs/merge-requests/7/head"),
            ("deleted fork", merge(json!(null), json!(null)), "g/p refs/merge-requests/7/head - -"),
            ("its pipeline", merge(json!(1), pipeline(1, "h")), "g/p - 5 -"),
            ("older pipeline", merge(json!(1), pipeline(1, "g")), "g/p topic - -"),
            ("pipeline of a fork", merge(json!(2), pipeline(2, "h")), "2 - 5 g/p refs/merge-requests/7/head"),
            ("pipeline in the target", merge(json!(2), pipeline(1, "h")), "g/p - 5 -"),
        ] {
            let found = place("g/p", &merge, "h");
            let or = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
            let instead = found
                .instead
                .as_ref()
                .map_or("-".to_owned(), |it| format!("{} {}", it.project, it.reference));
            let shown =
                format!("{} {} {} {instead}", found.project, or(&found.reference), or(&found.pipeline));
            assert_eq!(shown, expected, "{what}");
        }
    }
}
