//! One check run per commit, updated to the requested state.
//!
//! GitHub appends annotations and never removes them. So the existing ones are read first. If all of them are
//! requested, the missing ones are added. Otherwise (another policy has judged the same commit) a new run replaces the
//! old one. The conclusion is sent with the last request, so that an interrupted run is still in progress and is
//! continued at the next attempt.

use palisade_sdk::CallError;
use palisade_sdk::provider::comment;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::{part, path};
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{
    Annotation, Check, CheckLimits, CheckState, Conclusion, Method, Published, Severity,
};
use serde_json::{Map, Value, json};

use crate::api::{Api, found, good};

/// Annotations per request.
const BATCH: usize = 50;
/// Characters of a summary and of a title of an annotation, as GitHub's description bounds them.
const SUMMARY: usize = 65_535;
const TITLE: usize = 255;
/// Bytes of an annotation's message.
const MESSAGE: usize = 64 << 10;

/// The limits of a check. The limit of the title is that of an annotation's title; GitHub itself has none. The host
/// decides how many annotations are shown.
pub(crate) const LIMITS: CheckLimits =
    CheckLimits { title: 255, summary: 65_535, message: 65_535, annotations: u32::MAX };

/// The fields that identify an annotation.
type Key = (String, u64, u64, String, String);

fn cut_bytes(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn wire(it: &Annotation) -> Value {
    let level = match it.severity {
        Severity::Critical | Severity::High => "failure",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    json!({
        "path": it.path,
        "start_line": it.line.max(1),
        "end_line": it.end_line.max(it.line).max(1),
        "annotation_level": level,
        "title": cut(&it.title, TITLE),
        "message": cut_bytes(&it.message, MESSAGE),
    })
}

fn key(it: &Value) -> Key {
    let number = |pointer: &str| it.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    (
        text(it, "/path").to_owned(),
        number("/start_line"),
        number("/end_line"),
        text(it, "/title").to_owned(),
        text(it, "/message").to_owned(),
    )
}

/// The runs of this check, the latest last. If the check has a handle that is found, only that run.
fn existing(api: &Api<'_>, repository: &str, check: &Check) -> Result<Vec<Value>, CallError> {
    if let Some(handle) = check.previous_handle.as_deref().filter(|it| !it.is_empty()) {
        let answer = api.get(&format!("/repos/{}/check-runs/{}", path(repository), part(handle)), None)?;
        if let Some(run) = found(answer, "the check run")? {
            return Ok(vec![run.body]);
        }
    }
    let place = format!(
        "/repos/{}/commits/{}/check-runs?check_name={}&filter=all&per_page=100",
        path(repository),
        part(&check.head_sha),
        part(&check.name)
    );
    let answer = good(api.get(&place, None)?, "the commit's checks")?;
    let runs = answer.list("check_runs").iter();
    let mut ours: Vec<Value> =
        runs.filter(|it| text(it, "/external_id") == check.external_id).cloned().collect();
    ours.sort_by_key(|it| it.get("id").and_then(Value::as_u64));
    Ok(ours)
}

/// Closes a run that another run of the same check replaces: an open one would block a required check.
fn close(api: &Api<'_>, repository: &str, run: &Value) -> Result<(), CallError> {
    if text(run, "/status") == "completed" {
        return Ok(());
    }
    let place = format!("/repos/{}/check-runs/{}", path(repository), part(&id(run, "/id")));
    let body = json!({ "status": "completed", "conclusion": "cancelled" });
    good(api.write(Method::Patch, &place, &body)?, &format!("an older check on `{repository}`")).map(drop)
}

/// The annotations of a run; empty if it has none.
fn annotations(api: &Api<'_>, repository: &str, run: &Value) -> Result<Vec<Key>, CallError> {
    let count = run.pointer("/output/annotations_count").and_then(Value::as_u64).unwrap_or(0);
    if count == 0 {
        return Ok(Vec::new());
    }
    let place =
        format!("/repos/{}/check-runs/{}/annotations?per_page=100", path(repository), part(&id(run, "/id")));
    Ok(api.every(&place, "the check's annotations")?.iter().map(key).collect())
}

/// The requested annotations that are missing; none if an existing one is not requested.
fn missing(wanted: Vec<Value>, mut there: Vec<Key>) -> Option<Vec<Value>> {
    let mut left = Vec::new();
    for one in wanted {
        let key = key(&one);
        match there.iter().position(|it| *it == key) {
            Some(row) => {
                there.swap_remove(row);
            }
            None => left.push(one),
        }
    }
    there.is_empty().then_some(left)
}

/// The fields for the status and the conclusion.
fn standing(check: &Check) -> Result<Map<String, Value>, CallError> {
    let (status, conclusion) = match (check.state, check.conclusion) {
        (CheckState::Queued, _) => ("queued", None),
        (CheckState::Running, _) => ("in_progress", None),
        (CheckState::Completed, Some(Conclusion::Success)) => ("completed", Some("success")),
        (CheckState::Completed, Some(Conclusion::Failure)) => ("completed", Some("failure")),
        (CheckState::Completed, None) => {
            return Err(CallError::InvalidInput("a completed check has a conclusion".to_owned()));
        }
        // Not `neutral` or `skipped`: both would let a required check pass.
        (CheckState::Superseded, _) => ("completed", Some("cancelled")),
    };
    let mut fields = Map::new();
    fields.insert("status".to_owned(), status.into());
    if let Some(conclusion) = conclusion {
        fields.insert("conclusion".to_owned(), conclusion.into());
    }
    Ok(fields)
}

fn output(check: &Check, annotations: &[Value]) -> Value {
    let title = cut(&check.title, TITLE);
    json!({
        "title": if title.is_empty() { &check.name } else { &title },
        "summary": cut(&check.summary, SUMMARY),
        "annotations": annotations,
    })
}

/// Updates the run of this handle, or creates one.
fn write(
    api: &Api<'_>,
    repository: &str,
    check: &Check,
    handle: Option<&str>,
    standing: &Map<String, Value>,
    annotations: &[Value],
) -> Result<Value, CallError> {
    let mut body = standing.clone();
    body.insert("external_id".to_owned(), check.external_id.as_str().into());
    body.insert("output".to_owned(), output(check, annotations));
    if !check.details_url.is_empty() {
        body.insert("details_url".to_owned(), check.details_url.as_str().into());
    }
    let place = format!("/repos/{}/check-runs", path(repository));
    let answer = if let Some(handle) = handle {
        api.write(Method::Patch, &format!("{place}/{}", part(handle)), &Value::Object(body))?
    } else {
        body.insert("name".to_owned(), check.name.as_str().into());
        body.insert("head_sha".to_owned(), check.head_sha.as_str().into());
        api.write(Method::Post, &place, &Value::Object(body))?
    };
    Ok(good(answer, &format!("a check on `{repository}`"))?.body)
}

pub(crate) fn publish(api: &Api<'_>, repository: &str, check: &Check) -> Result<Published, CallError> {
    let last = standing(check)?;
    let all: Vec<Value> = check.annotations.iter().map(wire).collect();
    // GitHub shows the latest run.
    let mut older = existing(api, repository, check)?;
    let mut run = older.pop();
    let mut left = all.clone();
    if let Some(found) = &run {
        let there = annotations(api, repository, found)?;
        match missing(all.clone(), there) {
            Some(rest) => left = rest,
            // Annotations of an earlier evaluation may remain at a check that is running, superseded or failed without
            // annotations, but not at one with other results.
            None if !comment::has_results(check) => left.clear(),
            None => older.extend(run.take()),
        }
    }
    let mut handle = run.as_ref().map(|it| id(it, "/id")).filter(|it| !it.is_empty());
    let running: Map<String, Value> =
        [("status".to_owned(), Value::from("in_progress"))].into_iter().collect();
    let mut rest = left.as_slice();
    let answer = loop {
        let (batch, after) = rest.split_at(rest.len().min(BATCH));
        let standing = if after.is_empty() { &last } else { &running };
        let answer = write(api, repository, check, handle.as_deref(), standing, batch)?;
        handle = Some(id(&answer, "/id"));
        if after.is_empty() {
            break answer;
        }
        rest = after;
    };
    for run in &older {
        close(api, repository, run)?;
    }
    Ok(Published {
        handle: handle.unwrap_or_default(),
        accepted: u32::try_from(all.len()).unwrap_or(u32::MAX),
        web_url: text(&answer, "/html_url").to_owned(),
    })
}
