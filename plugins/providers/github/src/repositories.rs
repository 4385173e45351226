//! Repositories, their branches and folders, and whether a branch requires a check.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Page, Repository, Requirement};
use serde_json::Value;

use crate::api::{Api, found, good, part, path};
use crate::json::{flag, id, text};

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
    // A file is an object, a folder a list.
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

pub(crate) fn requirement(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    check: &str,
) -> Result<Requirement, CallError> {
    let Some(it) = branch_of(api, repository, branch)? else {
        return Err(CallError::InvalidInput(format!("`{repository}` has no branch `{branch}`")));
    };
    let required = it.pointer("/protection/required_status_checks");
    let enforced = required.is_some_and(|it| text(it, "/enforcement_level") != "off");
    let named = |list: &str, name: &str| {
        let entries = required.and_then(|it| it.get(list)).and_then(Value::as_array);
        entries.is_some_and(|entries| {
            entries.iter().any(|it| it.as_str().or_else(|| it.pointer(name)?.as_str()) == Some(check))
        })
    };
    let required =
        flag(&it, "/protected") && enforced && (named("contexts", "") || named("checks", "/context"));
    let page = format!("{}/{repository}/settings/branches", api.settings.web);
    let how = format!(
        "open {page}, edit the rule for `{branch}`, choose \"Require status checks to pass before merging\", and add \
         \"{check}\""
    );
    Ok(Requirement { required, how })
}
