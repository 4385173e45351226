//! The Code Insights report of a commit, and its annotations.

use std::collections::{BTreeMap, BTreeSet};

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{
    Annotation, Check, CheckLimits, CheckState, Conclusion, Method, Severity, comment,
};
use serde_json::{Value, json};

use crate::api::{Api, found, good, repository};
use crate::names;

/// The maximum number of annotations in a request, and in a report.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/>
const BATCH: usize = 100;
const MOST: usize = 1000;
/// The maximum number of characters of a summary of an annotation, and of details.
/// <https://support.atlassian.com/bitbucket-cloud/docs/code-insights/>
const SUMMARY: usize = 450;
const DETAILS: usize = 2000;
/// The maximum number of characters of a title.
const TITLE: usize = 255;
/// The number of obsolete annotations from which a report is created again instead of deleting each.
const RECREATE: usize = 50;

/// A comment has 32 768 characters at most; the summary of a check is in one. The message of an annotation is its
/// details.
pub(crate) const LIMITS: CheckLimits =
    CheckLimits { title: 255, summary: 30_000, message: 2000, annotations: 1000 };

/// The path of the report of a check.
fn path(place: &str, check: &Check) -> String {
    format!("{}/commit/{}/reports/{}", repository(place), part(&check.head_sha), part(&names::report(check)))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
    }
}

fn annotation(it: &Annotation, url: &str) -> Value {
    // Neither may be empty.
    let texts = [&it.title, &it.message, &it.key];
    let title = texts.into_iter().find(|it| !it.is_empty()).unwrap_or(&it.key);
    json!({
        "external_id": it.key,
        "annotation_type": "VULNERABILITY",
        "result": "FAILED",
        "severity": level(it.severity),
        "path": it.path,
        "line": it.line.max(1),
        "summary": cut(title, SUMMARY),
        "details": cut(&it.message, DETAILS),
        "link": url,
    })
}

/// The annotations of a check by their keys, which are unique in a report.
fn wanted(check: &Check, url: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for it in check.annotations.iter().take(MOST) {
        all.entry(it.key.clone()).or_insert_with(|| annotation(it, url));
    }
    all
}

/// Whether an existing annotation is the wanted one.
fn is_same(existing: &Value, wanted: &Value) -> bool {
    let line = |it: &Value| it.get("line").and_then(Value::as_u64);
    line(existing) == line(wanted)
        && ["/external_id", "/annotation_type", "/severity", "/path", "/summary", "/details", "/link"]
            .iter()
            .all(|field| text(existing, field) == text(wanted, field))
}

fn result(check: &Check) -> &'static str {
    match (check.state, check.conclusion) {
        (CheckState::Queued | CheckState::Running, _) => "PENDING",
        (CheckState::Completed, Some(Conclusion::Success)) => "PASSED",
        (CheckState::Completed | CheckState::Superseded, _) => "FAILED",
    }
}

/// The report of a check. Data fields are for results only.
fn body(check: &Check, url: &str, result: &str) -> Value {
    let mut data = Vec::new();
    if comment::has_results(check) {
        let count =
            |severity: Severity| check.annotations.iter().filter(|it| it.severity == severity).count();
        let field = |title: &str, value: usize| json!({ "title": title, "type": "NUMBER", "value": value });
        data.push(field("Violations", check.annotations.len()));
        data.push(field("Critical", count(Severity::Critical)));
        data.push(field("High", count(Severity::High)));
        data.push(field("Medium", count(Severity::Medium)));
        data.push(field("Low", count(Severity::Low)));
    }
    json!({
        "title": cut(&check.name, TITLE),
        "details": cut(if check.title.is_empty() { &check.name } else { &check.title }, DETAILS),
        "report_type": "SECURITY",
        "reporter": "Palisade",
        "link": url,
        "result": result,
        "data": data,
    })
}

fn is_same_report(existing: &Value, wanted: &Value) -> bool {
    let fields = |it: &Value| -> Vec<(String, Option<u64>)> {
        let list = it.get("data").and_then(Value::as_array).into_iter().flatten();
        list.map(|it| (text(it, "/title").to_owned(), it.get("value").and_then(Value::as_u64))).collect()
    };
    fields(existing) == fields(wanted)
        && ["/title", "/details", "/report_type", "/reporter", "/link", "/result"]
            .iter()
            .all(|field| text(existing, field) == text(wanted, field))
}

fn read(api: &Api<'_>, place: &str, check: &Check) -> Result<Option<Value>, CallError> {
    let answer = api.get(&path(place, check), None)?;
    Ok(found(answer, &format!("the report of {}", check.head_sha))?.map(|it| it.body))
}

fn put(api: &Api<'_>, place: &str, check: &Check, body: &Value) -> Result<(), CallError> {
    let answer = api.write(Method::Put, &path(place, check), body)?;
    good(answer, &format!("the report of {} of `{place}`", check.head_sha)).map(drop)
}

/// All annotations of the report, also those of others.
fn annotations(api: &Api<'_>, place: &str, check: &Check) -> Result<Vec<Value>, CallError> {
    let list = format!("{}/annotations?pagelen=100", path(place, check));
    let what = format!("the annotations of {} of `{place}`", check.head_sha);
    Ok(api.every_found(&list, &what)?.unwrap_or_default())
}

/// Deletes annotations by their ids: our key, or Bitbucket's id of one without a key.
fn delete(api: &Api<'_>, place: &str, check: &Check, stale: &[&Value]) -> Result<(), CallError> {
    for it in stale {
        let key = text(it, "/external_id");
        let id = if key.is_empty() { text(it, "/uuid") } else { key };
        let answer = api.delete(&format!("{}/annotations/{}", path(place, check), part(id)))?;
        found(answer, &format!("an annotation of {} of `{place}`", check.head_sha))?;
    }
    Ok(())
}

/// Makes the annotations of an existing report the wanted ones.
fn sync(
    api: &Api<'_>,
    place: &str,
    check: &Check,
    wanted: &BTreeMap<String, Value>,
    pending: &Value,
) -> Result<(), CallError> {
    let is_wanted = |it: &&Value| wanted.contains_key(text(it, "/external_id"));
    let mut existing = annotations(api, place, check)?;
    if existing.iter().filter(|it| !is_wanted(it)).count() > RECREATE {
        let answer = api.delete(&path(place, check))?;
        found(answer, &format!("the report of {} of `{place}`", check.head_sha))?;
        put(api, place, check, pending)?;
        existing = annotations(api, place, check)?;
    }
    let stale: Vec<&Value> = existing.iter().filter(|it| !is_wanted(it)).collect();
    delete(api, place, check, &stale)?;
    let missing: Vec<&Value> =
        wanted.values().filter(|it| !existing.iter().any(|one| is_same(one, it))).collect();
    for batch in missing.chunks(BATCH) {
        let list = format!("{}/annotations", path(place, check));
        let answer = api.write(Method::Post, &list, &json!(batch))?;
        good(answer, &format!("the annotations of {} of `{place}`", check.head_sha))?;
    }
    Ok(())
}

/// Writes what differs, and returns the number of annotations. A report that passed is written last, one that did not
/// first. Annotations of an earlier evaluation remain while a check is running, and if it failed without results.
pub(crate) fn write(api: &Api<'_>, place: &str, check: &Check, url: &str) -> Result<usize, CallError> {
    let existing = read(api, place, check)?;
    if check.state == CheckState::Superseded && existing.is_none() {
        return Ok(0);
    }
    let wanted = wanted(check, url);
    let last = body(check, url, result(check));
    let is_last = existing.as_ref().is_some_and(|it| is_same_report(it, &last));
    if !comment::has_results(check) {
        if !is_last {
            put(api, place, check, &last)?;
        }
        return Ok(0);
    }
    let pending = body(check, url, "PENDING");
    let passed = text(&last, "/result") == "PASSED";
    match &existing {
        _ if !passed && !is_last => put(api, place, check, &last)?,
        None if !wanted.is_empty() => put(api, place, check, &pending)?,
        _ => {}
    }
    if existing.is_some() || !wanted.is_empty() {
        sync(api, place, check, &wanted, if passed { &pending } else { &last })?;
    }
    if passed {
        // The report may have been created again.
        let now = if existing.is_some() { read(api, place, check)? } else { None };
        if !now.is_some_and(|it| is_same_report(&it, &last)) {
            put(api, place, check, &last)?;
        }
    }
    Ok(wanted.len())
}

/// What is not as published.
pub(crate) fn changed(
    api: &Api<'_>,
    place: &str,
    check: &Check,
    url: &str,
) -> Result<Vec<String>, CallError> {
    let commit = names::short(&check.head_sha);
    let by = "by another user, whom Bitbucket does not record";
    let Some(existing) = read(api, place, check)? else {
        let was = check.state != CheckState::Superseded;
        return Ok(was.then(|| format!("the report of `{commit}` was deleted {by}")).into_iter().collect());
    };
    let last = body(check, url, result(check));
    if !is_same_report(&existing, &last) {
        let state = text(&existing, "/result");
        let change = if state == text(&last, "/result") {
            format!(
                "the report of `{commit}` is not the published one; Bitbucket does not record who changed it"
            )
        } else {
            format!("the result of the report of `{commit}` was set to `{state}` {by}")
        };
        return Ok(vec![change]);
    }
    if !comment::has_results(check) {
        return Ok(Vec::new());
    }
    let wanted = wanted(check, url);
    let all = annotations(api, place, check)?;
    let same = |it: &Value| wanted.get(text(it, "/external_id")).is_some_and(|one| is_same(it, one));
    let kept: BTreeSet<&str> = all.iter().filter(|it| same(it)).map(|it| text(it, "/external_id")).collect();
    let changed = kept.len() != wanted.len() || all.len() != wanted.len();
    let change = || format!("the annotations of the report of `{commit}` were changed {by}");
    Ok(changed.then(change).into_iter().collect())
}
