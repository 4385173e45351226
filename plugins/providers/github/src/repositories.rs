//! Repositories, their branches and folders, and whether a branch requires a check.

use palisade_sdk::CallError;
use palisade_sdk::provider::rest::{part, path};
use palisade_sdk::provider::{Page, Repository, Requirement};
use serde_json::Value;

use crate::api::{Api, found, good};
use palisade_sdk::provider::json::{flag, id, text};

pub(crate) fn repositories(api: &Api<'_>, cursor: Option<&str>) -> Result<Page<Repository>, CallError> {
    let answer = api.get("/installation/repositories?per_page=100", cursor)?;
    let answer = good(answer, "the installation's repositories")?;
    let repository = |it: &Value| Repository {
        id: id(it, "/id"),
        full_name: text(it, "/full_name").to_owned(),
        default_branch: text(it, "/default_branch").to_owned(),
        web_url: text(it, "/html_url").to_owned(),
        archived: flag(it, "/archived"),
        private: flag(it, "/private"),
    };
    Ok(Page { items: answer.list("repositories").iter().map(repository).collect(), next: answer.next() })
}

pub(crate) fn branches(
    api: &Api<'_>,
    repository: &str,
    cursor: Option<&str>,
) -> Result<Page<String>, CallError> {
    let answer = api.get(&format!("/repos/{}/branches?per_page=100", path(repository)), cursor)?;
    let answer = good(answer, &format!("the branches of `{repository}`"))?;
    let names = answer.list("").iter().map(|it| text(it, "/name").to_owned());
    Ok(Page { items: names.collect(), next: answer.next() })
}

pub(crate) fn folders(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    folder: &str,
) -> Result<Option<Page<String>>, CallError> {
    let place = format!("/repos/{}/contents/{}?ref={}", path(repository), path(folder), part(branch));
    let answer = api.get(&place, None)?;
    let Some(answer) = found(answer, &format!("`{folder}` of `{repository}`"))? else { return Ok(None) };
    // A file is an object, a folder is an array.
    let Some(entries) = answer.body.as_array() else { return Ok(None) };
    let folders =
        entries.iter().filter(|it| text(it, "/type") == "dir").map(|it| text(it, "/path").to_owned());
    Ok(Some(Page { items: folders.collect(), next: None }))
}

fn branch_of(api: &Api<'_>, repository: &str, branch: &str) -> Result<Option<Value>, CallError> {
    let answer = api.get(&format!("/repos/{}/branches/{}", path(repository), part(branch)), None)?;
    Ok(found(answer, &format!("branch `{branch}` of `{repository}`"))?.map(|it| it.body))
}

pub(crate) fn branch(api: &Api<'_>, repository: &str, branch: &str) -> Result<Option<String>, CallError> {
    let mut branch = branch.to_owned();
    if branch.is_empty() {
        let answer = api.get(&format!("/repos/{}", path(repository)), None)?;
        let Some(answer) = found(answer, &format!("`{repository}`"))? else { return Ok(None) };
        text(&answer.body, "/default_branch").clone_into(&mut branch);
    }
    let branch = branch.as_str();
    Ok(branch_of(api, repository, branch)?.map(|it| text(&it, "/commit/sha").to_owned()))
}

/// The number of the App, by which branch protections refer to it.
fn app_number(api: &Api<'_>) -> Result<u64, CallError> {
    if let Ok(number) = api.settings.app.parse() {
        return Ok(number);
    }
    let app = good(api.app("/app", None)?, "the App")?;
    app.body
        .get("id")
        .and_then(Value::as_u64)
        .ok_or_else(|| CallError::Other("GitHub names no App".to_owned()))
}

/// The Apps that may write a required check: one entry for each rule that requires it, without an App if the rule
/// accepts any source.
fn writers(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    check: &str,
) -> Result<Vec<Option<u64>>, CallError> {
    let Some(it) = branch_of(api, repository, branch)? else {
        return Err(CallError::InvalidInput(format!("branch `{branch}` not found in `{repository}`")));
    };
    let mut all = Vec::new();
    let required = it.pointer("/protection/required_status_checks");
    let enforced = required.is_some_and(|it| text(it, "/enforcement_level") != "off");
    if let Some(required) = required.filter(|_| flag(&it, "/protected") && enforced) {
        let entries = |list: &str| required.get(list).and_then(Value::as_array).into_iter().flatten();
        all.extend(named(entries("checks"), check, "app_id"));
        // Older servers do not name the App.
        if all.is_empty() && entries("contexts").any(|it| it.as_str() == Some(check)) {
            all.push(None);
        }
    }
    // Rulesets exist in addition to branch protection; older servers have none.
    let place = format!("/repos/{}/rules/branches/{}?per_page=100", path(repository), part(branch));
    let rules = api.every_found(&place, &format!("the rules of `{branch}`"))?.unwrap_or_default();
    for rule in rules.iter().filter(|it| text(it, "/type") == "required_status_checks") {
        let entries = rule.pointer("/parameters/required_status_checks").and_then(Value::as_array);
        all.extend(named(entries.into_iter().flatten(), check, "integration_id"));
    }
    Ok(all)
}

/// The Apps of the entries that name a check.
fn named<'a>(
    entries: impl Iterator<Item = &'a Value>,
    check: &str,
    app: &str,
) -> impl Iterator<Item = Option<u64>> {
    entries.filter(move |it| text(it, "/context") == check).map(move |it| it.get(app).and_then(Value::as_u64))
}

/// Whether a branch rejects changes without a check that only this App can write. If any source may write the check, so
/// can a workflow of the pull request.
pub(crate) fn requirement(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    check: &str,
) -> Result<Requirement, CallError> {
    let writers = writers(api, repository, branch, check)?;
    let app = app_number(api)?;
    let page = format!("{}/{repository}/settings/rules", api.settings.web);
    let how = if writers.is_empty() {
        format!(
            "open {page}, edit the ruleset of `{branch}` or create one, choose \"Require status checks to pass\", add \
             \"{check}\", and choose the GitHub App as its source"
        )
    } else {
        format!(
            "\"{check}\" is required from any source or from another App, so that a workflow can write it: open {page} \
             (or {}/{repository}/settings/branches), and choose the GitHub App as its source",
            api.settings.web
        )
    };
    Ok(Requirement { required: writers.contains(&Some(app)), how })
}
