//! Commit statuses and pipelines.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::reply::{absent, message};
use crate::state::{Pipeline, Project, State, Status};
use crate::{Event, Inner};

/// The longest address and description of a status, in characters.
const LONGEST: usize = 255;

/// A status to be set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Posted<'a> {
    pub(crate) state: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) reference: Option<&'a str>,
    pub(crate) pipeline: Option<u64>,
    pub(crate) target_url: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
}

/// The states from which a status can get another one; a new status is `created`.
fn leads(from: &str, to: &str) -> bool {
    let open = ["created", "pending", "running"].contains(&from);
    match to {
        "pending" => from == "created",
        "running" | "skipped" => ["created", "pending"].contains(&from),
        _ => open,
    }
}

/// The event that a state stands for in errors.
fn event(state: &str) -> &str {
    match state {
        "pending" => "enqueue",
        "running" => "run",
        "failed" => "drop",
        "canceled" => "cancel",
        "skipped" => "skip",
        other => other,
    }
}

impl Inner {
    /// Sets a status (docs.gitlab.com, "Commits API", section "Set commit pipeline status"). It changes the pending or
    /// running status of that user, name and reference; otherwise a new one replaces those of that name, also of other
    /// users. Without a pipeline of the commit and the reference, one is created.
    pub(crate) fn post_status(
        &self,
        user: u64,
        project: &Project,
        sha: &str,
        new: &Posted<'_>,
    ) -> Result<Status, Reply> {
        let sha = self.host.git.resolve(&project.full_path, sha).ok_or_else(|| absent("Commit"))?;
        for (name, value) in [("target_url", new.target_url), ("description", new.description)] {
            if value.is_some_and(|text| text.chars().count() > LONGEST) {
                let why = format!("is too long (maximum is {LONGEST} characters)");
                return Err(Reply::json(400, &json!({ "message": { name: [why] } })));
            }
        }
        let branches = self.containing(project, &sha);
        let mut state = self.state();
        let meets = |one: &&Pipeline| {
            one.project == project.id
                && one.sha == sha
                && new.reference.is_none_or(|it| it == one.reference)
                && new.pipeline.is_none_or(|it| it == one.id)
        };
        let known = state.pipelines.values().rev().find(meets).cloned();
        let reference = new.reference.map(ToOwned::to_owned);
        let reference = reference.or_else(|| known.as_ref().map(|one| one.reference.clone()));
        let reference = reference
            .or_else(|| branches.into_iter().next())
            .ok_or_else(|| absent("References for commit"))?;
        if new.pipeline.is_some() && known.is_none() {
            return Err(absent("Pipeline for pipeline_id, sha and ref"));
        }
        let pipeline = match known {
            Some(one) => one.id,
            None => add_pipeline(&mut state, project.id, &sha, &reference, "external", None),
        };
        let before = state.pipeline_status(pipeline);
        let id = put(&mut state, user, project.id, pipeline, &sha, &reference, new)?;
        let changed = state.pipeline_status(pipeline) != before;
        let status = state.statuses.get(&id).cloned().ok_or_else(|| absent("Status"))?;
        drop(state);
        if changed {
            self.emit(user, &Event::Pipeline(project.full_path.clone(), pipeline));
        }
        Ok(status)
    }
}

/// Adds a pipeline without jobs. Returns its number.
pub(crate) fn add_pipeline(
    state: &mut State,
    project: u64,
    sha: &str,
    reference: &str,
    source: &'static str,
    pull: Option<u64>,
) -> u64 {
    let id = state.next();
    let (sha, reference, created_at) = (sha.to_owned(), reference.to_owned(), clock::now());
    state.pipelines.insert(id, Pipeline { id, project, sha, reference, source, pull, created_at });
    id
}

/// Changes or adds a status. Returns its number.
fn put(
    state: &mut State,
    user: u64,
    project: u64,
    pipeline: u64,
    sha: &str,
    reference: &str,
    new: &Posted<'_>,
) -> Result<u64, Reply> {
    let name = new.name.unwrap_or("default");
    let open = |one: &&Status| {
        one.pipeline == pipeline
            && one.name == name
            && one.reference == reference
            && one.author == user
            && !one.retried
            && ["pending", "running"].contains(&one.state.as_str())
    };
    let found = state.statuses.values().find(open).cloned();
    let now = clock::now();
    let mut status = match found {
        Some(one) => one,
        None => Status {
            id: state.next(),
            project,
            pipeline,
            sha: sha.to_owned(),
            reference: reference.to_owned(),
            name: name.to_owned(),
            state: "created".to_owned(),
            target_url: None,
            description: None,
            author: user,
            retried: false,
            created_at: now.clone(),
            started_at: None,
            finished_at: None,
            history: Vec::new(),
        },
    };
    if !leads(&status.state, new.state) {
        let (event, from) = (event(new.state), &status.state);
        let why = format!(
            "Cannot transition status via :{event} from :{from} (Reason(s): Status cannot transition via \"{event}\")"
        );
        return Err(message(400, &why));
    }
    new.state.clone_into(&mut status.state);
    status.history.push(new.state.to_owned());
    let text = |new: Option<&str>, old: Option<String>| new.map(ToOwned::to_owned).or(old);
    status.target_url = text(new.target_url, status.target_url);
    status.description = text(new.description, status.description);
    if new.state == "running" {
        status.started_at = Some(now.clone());
    }
    if !["pending", "running"].contains(&new.state) {
        status.finished_at = Some(now);
    }
    let id = status.id;
    for one in state.statuses.values_mut().filter(|one| one.pipeline == pipeline && one.name == name) {
        one.retried = true;
    }
    state.statuses.insert(id, status);
    Ok(id)
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let text = |name: &str| call.body[name].as_str();
    let new = Posted {
        state: text("state").unwrap_or_default(),
        name: text("name").or_else(|| text("context")),
        reference: text("ref"),
        pipeline: call.body["pipeline_id"].as_u64(),
        target_url: text("target_url"),
        description: text("description"),
    };
    let status = fake.post_status(call.caller.user, &project, call.parameter("sha"), &new)?;
    let state = fake.state();
    Ok(Reply::json(201, &fake.status(&state, &status)))
}

/// The statuses of a commit: the latest of each name, unless all are requested.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let sha =
        fake.host.git.resolve(&project.full_path, call.parameter("sha")).ok_or_else(|| absent("Commit"))?;
    let state = fake.state();
    let is = |name: &str, value: &str| call.query(name).is_none_or(|it| it == value);
    let found = state.statuses.values().filter(|one| {
        one.project == project.id
            && one.sha == sha
            && (call.query("all") == Some("true") || !one.retried)
            && is("ref", &one.reference)
            && is("name", &one.name)
            && is("pipeline_id", &one.pipeline.to_string())
            && is("stage", "external")
    });
    let mut all: Vec<Value> = found.map(|one| fake.status(&state, one)).collect();
    drop(state);
    if call.query("sort") == Some("desc") {
        all.reverse();
    }
    Ok(fake.page(call, all))
}

pub(super) fn pipelines(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let state = fake.state();
    let is = |name: &str, value: &str| call.query(name).is_none_or(|it| it == value);
    let found = state.pipelines.values().rev().filter(|one| {
        one.project == project.id
            && is("sha", &one.sha)
            && is("ref", &one.reference)
            && is("source", one.source)
    });
    let all = found.map(|one| fake.pipeline(&state, one)).collect();
    drop(state);
    Ok(fake.page(call, all))
}

pub(super) fn pipeline(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let state = fake.state();
    let found = state.pipelines.get(&call.number("pipeline_id")).filter(|one| one.project == project.id);
    Ok(Reply::json(200, &fake.pipeline(&state, found.ok_or_else(|| message(404, "404 Not found"))?)))
}

#[cfg(test)]
mod test {
    use super::leads;

    #[test]
    fn states_that_follow_each_other() {
        let table = [
            ("created", "pending", true),
            ("pending", "pending", false),
            ("pending", "running", true),
            ("running", "running", false),
            ("running", "pending", false),
            ("running", "success", true),
            ("pending", "failed", true),
            ("running", "skipped", false),
            ("success", "failed", false),
            ("canceled", "success", false),
        ];
        for (from, to, allowed) in table {
            assert_eq!(leads(from, to), allowed, "{from} {to}");
        }
    }
}
