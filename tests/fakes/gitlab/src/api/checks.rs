//! External status checks, which the plan Ultimate has (docs.gitlab.com, "External status checks API").

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::Inner;
use crate::reply::{absent, message};
use crate::state::{ExternalCheck, Plan, Project, Pull};

/// Refuses a request if the plan of the project lacks external status checks.
fn licensed(fake: &Inner, project: &Project) -> Result<(), Reply> {
    if fake.state().plan(project) < Plan::Ultimate { Err(message(404, "404 Not Found")) } else { Ok(()) }
}

fn shown(project: &Project, one: &ExternalCheck) -> Value {
    json!({
        "id": one.id, "name": one.name, "project_id": project.id, "external_url": one.url, "hmac": false,
        "protected_branches": [],
    })
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    licensed(fake, &project)?;
    Ok(fake.page(call, project.checks.iter().map(|one| shown(&project, one)).collect()))
}

/// The response to a check at the head of a merge request; `pending` without one.
fn status(pull: &Pull, check: u64) -> &str {
    pull.responses.get(&(check, pull.head().to_owned())).map_or("pending", String::as_str)
}

pub(super) fn of_pull(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    licensed(fake, &project)?;
    let shown = |one: &ExternalCheck| json!({ "id": one.id, "name": one.name, "external_url": one.url, "status": status(&pull, one.id) });
    Ok(fake.page(call, project.checks.iter().map(shown).collect()))
}

/// A response must be for the head of the merge request.
pub(super) fn respond(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    licensed(fake, &project)?;
    let check = call.body["external_status_check_id"].as_u64().unwrap_or(0);
    let check =
        project.checks.iter().find(|one| one.id == check).ok_or_else(|| message(404, "404 Not found"))?;
    let sha = call.body["sha"].as_str().unwrap_or_default();
    if sha != pull.head() {
        return Err(Reply::json(
            409,
            &json!({ "message": "The sha does not match the head of the merge request" }),
        ));
    }
    let mut state = fake.state();
    let id = state.next();
    let given = call.body["status"].as_str().unwrap_or_default();
    let one = state.pulls.get_mut(&(project.id, pull.number)).ok_or_else(|| absent("Merge Request"))?;
    one.responses.insert((check.id, sha.to_owned()), given.to_owned());
    let pull = fake.pull(&state, &pull);
    let body = json!({ "id": id, "merge_request": pull, "external_status_check": shown(&project, check) });
    Ok(Reply::json(201, &body))
}
