//! Code Insights: reports of a commit and their annotations.

use palisade_fake_host::{Reply, clock};
use serde_json::Value;

use super::page::{USUAL, page};
use super::{Call, commit};
use crate::Inner;
use crate::render::annotation as shown_annotation;
use crate::reply::{Answer, Refused, invalid, not_found};
use crate::state::{Annotation, Report, Repository, State, text};

/// The most annotations of a report (the description of the bulk upload, which limits a request to 100).
const MOST: usize = 1000;

/// The most data fields of a report (schema `report`).
const DATA: usize = 10;

/// The longest title of a report, summary of an annotation and external ID, in characters; and the longest details. The
/// pages of Cloud have no table of them; these are the limits of developer.atlassian.com, "How to add code insights to
/// pull requests".
const SHORT: usize = 450;
const LONG: usize = 2000;

/// The error in the lengths of texts, each with its limit.
fn too_long(body: &Value, limits: &[(&str, usize)]) -> Result<(), Refused> {
    let wrong = limits.iter().find(|(name, most)| text(body, name).chars().count() > *most);
    wrong.map_or(Ok(()), |(name, most)| Err(invalid(&format!("{name}: it is longer than {most} characters"))))
}

fn required(body: &Value, names: &[&str]) -> Result<(), Refused> {
    let missing = names.iter().find(|name| text(body, name).is_empty());
    missing.map_or(Ok(()), |name| Err(invalid(&format!("{name}: it is required"))))
}

/// The value that the type of a data field needs (the table of the operation that writes reports).
fn is_value(field: &Value) -> bool {
    let value = &field["value"];
    match text(field, "type") {
        "BOOLEAN" => value.is_boolean(),
        "DATE" | "DURATION" | "NUMBER" => value.is_number(),
        "PERCENTAGE" => value.as_f64().is_some_and(|share| (0.0..=100.0).contains(&share)),
        "TEXT" => value.is_string(),
        "LINK" => value["text"].is_string() && value["href"].is_string(),
        _ => value.is_string() || value.is_boolean() || value.is_number(),
    }
}

fn check_report(body: &Value) -> Result<(), Refused> {
    required(body, &["title", "details", "report_type"])?;
    too_long(body, &[("title", SHORT), ("details", LONG), ("reporter", SHORT), ("link", LONG)])?;
    let data = body["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    if data.len() > DATA {
        return Err(invalid("data: it has more than 10 fields"));
    }
    if data.iter().any(|field| text(field, "title").is_empty() || !is_value(field)) {
        return Err(invalid("data: a field has no title, or a value of another type"));
    }
    Ok(())
}

fn check_annotation(body: &Value) -> Result<(), Refused> {
    required(body, &["annotation_type", "summary"])?;
    too_long(body, &[("summary", SHORT), ("external_id", SHORT), ("details", LONG), ("link", LONG)])?;
    if body.get("line").is_some() && body.get("path").is_none() {
        return Err(invalid("path: it is required with a line"));
    }
    Ok(())
}

/// The key of a report that the path names by its UUID or the reporter's ID.
fn key(state: &State, call: &Call, one: &Repository, sha: &str) -> Option<(String, String, String)> {
    let id = call.parameter("reportId");
    let mine = state.reports.iter().filter(|((name, at, _), _)| *name == one.full_name && at == sha);
    mine.filter(|(_, report)| report.external_id == id || report.uuid == id)
        .map(|(key, _)| key.clone())
        .next()
}

/// The report and what is done with it.
fn with<T>(
    fake: &Inner,
    call: &Call,
    act: impl FnOnce(&mut Report, &Repository, &str) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let (one, sha) = commit(fake, call)?;
    let mut state = fake.state();
    let key = key(&state, call, &one, &sha).ok_or_else(|| Refused::from(not_found("Report")))?;
    let report = state.reports.get_mut(&key).ok_or_else(|| Refused::from(not_found("Report")))?;
    act(report, &one, &sha)
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    let state = fake.state();
    let mine = state.reports.iter().filter(|((name, at, _), _)| *name == one.full_name && *at == sha);
    let all: Vec<Value> = mine.map(|(_, report)| fake.report(&one, &sha, report)).collect();
    drop(state);
    page(fake, call, all, USUAL)
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    with(fake, call, |report, one, sha| Ok(Reply::json(200, &fake.report(one, sha, report))))
}

/// Creates or replaces a report; its annotations remain.
pub(super) fn put(fake: &Inner, call: &Call) -> Answer {
    check_report(&call.body)?;
    let (one, sha) = commit(fake, call)?;
    let mut state = fake.state();
    let id = call.parameter("reportId").to_owned();
    let found = key(&state, call, &one, &sha);
    let key = found.unwrap_or_else(|| (one.full_name.clone(), sha.clone(), id.clone()));
    let (uuid, now) = (state.uuid(), clock::now());
    let report = state.reports.entry(key).or_insert_with(|| Report {
        uuid,
        external_id: id,
        body: Value::Null,
        creator: call.caller.nickname.clone(),
        annotations: Vec::new(),
        created_at: now.clone(),
        updated_at: String::new(),
    });
    report.body = call.body.clone();
    report.updated_at = now;
    Ok(Reply::json(200, &fake.report(&one, &sha, report)))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    let mut state = fake.state();
    if let Some(key) = key(&state, call, &one, &sha) {
        state.reports.remove(&key);
    }
    Ok(Reply::empty(204))
}

pub(super) fn annotations(fake: &Inner, call: &Call) -> Answer {
    let all = with(fake, call, |report, _, _| Ok(report.annotations.iter().map(shown_annotation).collect()))?;
    page(fake, call, all, USUAL)
}

/// Creates an annotation, or replaces the one with the same ID.
fn set(report: &mut Report, uuid: String, id: &str, body: &Value) -> Result<Value, Refused> {
    let now = clock::now();
    let found = report.annotations.iter_mut().find(|one| one.external_id == id || one.uuid == id);
    if let Some(one) = found {
        one.body = body.clone();
        one.updated_at = now;
        return Ok(shown_annotation(one));
    }
    if report.annotations.len() == MOST {
        return Err(invalid("a report can contain up to 1000 annotations"));
    }
    let one = Annotation {
        uuid,
        external_id: id.to_owned(),
        body: body.clone(),
        created_at: now.clone(),
        updated_at: now,
    };
    let shown = shown_annotation(&one);
    report.annotations.push(one);
    Ok(shown)
}

/// Writes up to 100 annotations, all or none.
pub(super) fn upload(fake: &Inner, call: &Call) -> Answer {
    let all = call.body.as_array().map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() || all.len() > 100 {
        return Err(invalid("a request must have 1 to 100 annotations"));
    }
    for body in all {
        required(body, &["external_id"])?;
        check_annotation(body)?;
    }
    let uuids: Vec<String> = {
        let mut state = fake.state();
        all.iter().map(|_| state.uuid()).collect()
    };
    with(fake, call, |report, _, _| {
        let mut changed = report.clone();
        let written = all
            .iter()
            .zip(uuids)
            .map(|(body, uuid)| set(&mut changed, uuid, text(body, "external_id"), body))
            .collect::<Result<Vec<_>, _>>()?;
        *report = changed;
        Ok(Reply::json(200, &Value::Array(written)))
    })
}

pub(super) fn annotation(fake: &Inner, call: &Call) -> Answer {
    let id = call.parameter("annotationId");
    with(fake, call, |report, _, _| {
        let found = report.annotations.iter().find(|one| one.external_id == id || one.uuid == id);
        let shown = found.map(|one| Reply::json(200, &shown_annotation(one)));
        shown.ok_or_else(|| not_found("Annotation").into())
    })
}

pub(super) fn put_annotation(fake: &Inner, call: &Call) -> Answer {
    check_annotation(&call.body)?;
    let (uuid, id) = (fake.state().uuid(), call.parameter("annotationId"));
    with(fake, call, |report, _, _| Ok(Reply::json(200, &set(report, uuid, id, &call.body)?)))
}

pub(super) fn delete_annotation(fake: &Inner, call: &Call) -> Answer {
    let id = call.parameter("annotationId");
    with(fake, call, |report, _, _| {
        report.annotations.retain(|one| one.external_id != id && one.uuid != id);
        Ok(Reply::empty(204))
    })
}
