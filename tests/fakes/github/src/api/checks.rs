//! Check runs.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::page::Page;
use super::{Call, full_name};
use crate::Inner;
use crate::check::Check;
use crate::reply::{message, not_found};
use crate::state::text;

pub(super) fn create(fake: &Inner, call: &Call) -> Reply {
    let asked = text(&call.body, "head_sha").unwrap_or_default();
    let Some(sha) = fake.host.git.resolve(&full_name(call), &asked).filter(|sha| *sha == asked) else {
        return message(422, &format!("No commit found for SHA: {asked}"));
    };
    let mut state = fake.state();
    let Some(repository) = state.repository(&full_name(call)).map(|one| one.full_name.clone()) else {
        return not_found();
    };
    let (id, suite) = (state.next(), state.suite(&repository, &sha));
    let mut check = Check {
        id,
        repository,
        sha,
        suite,
        name: String::new(),
        status: "queued".to_owned(),
        conclusion: None,
        external_id: None,
        details_url: None,
        started_at: Some(clock::now()),
        completed_at: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        history: Vec::new(),
    };
    check.write(&call.body);
    let shown = fake.check(&state, &check);
    state.checks.insert(id, check);
    Reply::json(201, &shown)
}

/// The named check, if it is in the named repository.
fn find(fake: &Inner, call: &Call) -> Option<Check> {
    let state = fake.state();
    let check = state.checks.get(&call.number("check_run_id"))?;
    check.repository.eq_ignore_ascii_case(&full_name(call)).then(|| check.clone())
}

pub(super) fn one(fake: &Inner, call: &Call) -> Reply {
    let Some(check) = find(fake, call) else { return not_found() };
    Reply::json(200, &fake.check(&fake.state(), &check))
}

pub(super) fn update(fake: &Inner, call: &Call) -> Reply {
    if find(fake, call).is_none() {
        return not_found();
    }
    let mut state = fake.state();
    let Some(check) = state.checks.get_mut(&call.number("check_run_id")) else { return not_found() };
    check.write(&call.body);
    let check = check.clone();
    Reply::json(200, &fake.check(&state, &check))
}

pub(super) fn annotations(fake: &Inner, call: &Call) -> Reply {
    let Some(check) = find(fake, call) else { return not_found() };
    let shown = |one: &Value| {
        let member = |name: &str| one.get(name).cloned().unwrap_or(Value::Null);
        let path = one["path"].as_str().unwrap_or_default();
        json!({
            "path": path, "start_line": member("start_line"), "end_line": member("end_line"),
            "start_column": member("start_column"), "end_column": member("end_column"),
            "annotation_level": member("annotation_level"), "title": member("title"),
            "message": member("message"), "raw_details": member("raw_details"),
            "blob_href": format!("{}/{}/blob/{}/{path}", fake.web_url, check.repository, check.sha),
        })
    };
    Page::of(fake, call, check.annotations.iter().map(shown).collect()).list()
}

pub(super) fn of_commit(fake: &Inner, call: &Call) -> Reply {
    let Some(sha) = fake.host.git.resolve(&full_name(call), call.parameter("ref")) else {
        return message(422, &format!("No commit found for SHA: {}", call.parameter("ref")));
    };
    let state = fake.state();
    let meant = |one: &&Check| {
        one.sha == sha
            && one.repository.eq_ignore_ascii_case(&full_name(call))
            && call.query("check_name").is_none_or(|name| name == one.name)
            && call.query("status").is_none_or(|status| status == one.status)
            && call.query("app_id").is_none_or(|id| id == fake.app.id.to_string())
    };
    let mut all: Vec<&Check> = state.checks.values().filter(meant).collect();
    if call.query("filter") != Some("all") {
        // The latest run of each name.
        let newest: std::collections::BTreeMap<&str, u64> =
            all.iter().map(|one| (one.name.as_str(), one.id)).collect();
        all.retain(|one| newest.get(one.name.as_str()) == Some(&one.id));
    }
    let all = all.into_iter().rev().map(|one| fake.check(&state, one)).collect();
    Page::of(fake, call, all).counted("check_runs")
}
