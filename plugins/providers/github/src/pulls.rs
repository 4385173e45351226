//! The current state of pull requests.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::{part, path, pull_number};
use palisade_sdk::provider::{Page, Pull};
use serde_json::Value;

use crate::api::{Api, found, good};

pub(crate) fn pull_of(it: &Value) -> Pull {
    Pull {
        id: id(it, "/number"),
        title: text(it, "/title").to_owned(),
        author: text(it, "/user/login").to_owned(),
        open: text(it, "/state") == "open",
        head_ref: text(it, "/head/ref").to_owned(),
        head_sha: text(it, "/head/sha").to_owned(),
        // Null after the fork was deleted.
        head_repository: text(it, "/head/repo/full_name").to_owned(),
        base_ref: text(it, "/base/ref").to_owned(),
        base_sha: text(it, "/base/sha").to_owned(),
        web_url: text(it, "/html_url").to_owned(),
    }
}

pub(crate) fn open(api: &Api<'_>, repository: &str, cursor: Option<&str>) -> Result<Page<Pull>, CallError> {
    let answer = api.get(&format!("/repos/{}/pulls?state=open&per_page=100", path(repository)), cursor)?;
    let answer = good(answer, &format!("the pull requests of `{repository}`"))?;
    Ok(Page { items: answer.list("").iter().map(pull_of).collect(), next: answer.next() })
}

pub(crate) fn pull(api: &Api<'_>, repository: &str, number: &str) -> Result<Option<Pull>, CallError> {
    let number = pull_number(number)?;
    let what = format!("pull request {number} of `{repository}`");
    let answer = api.get(&format!("/repos/{}/pulls/{number}", path(repository)), None)?;
    Ok(found(answer, &what)?.map(|it| pull_of(&it.body)))
}

/// All open pull requests whose head is a commit. GitHub returns each one that contains it.
pub(crate) fn of_commit(api: &Api<'_>, repository: &str, commit: &str) -> Result<Vec<Pull>, CallError> {
    let place = format!("/repos/{}/commits/{}/pulls?per_page=100", path(repository), part(commit));
    let all = api.every(&place, &format!("the pull requests of commit {commit} of `{repository}`"))?;
    Ok(all.iter().map(pull_of).filter(|it| it.open && it.head_sha == commit).collect())
}

/// Compares commits, not branches: a branch of a fork may have any name, and both commits are in the same fork network.
pub(crate) fn merge_base(
    api: &Api<'_>,
    repository: &str,
    head: &str,
    base: &str,
) -> Result<Option<String>, CallError> {
    // Only the merge base is read, so one commit per page is enough.
    let place = format!("/repos/{}/compare/{}...{}?per_page=1", path(repository), part(base), part(head));
    let answer = api.get(&place, None)?;
    if answer.status == 404 {
        let message = text(&answer.body, "/message");
        if message.starts_with("No common ancestor") {
            return Ok(None);
        }
        // A newly pushed commit does not reach all of GitHub's servers at once.
        let why = format!("GitHub cannot compare {base} with {head} of `{repository}` yet ({message})");
        return Err(CallError::Unavailable(why));
    }
    let compared = good(answer, &format!("the comparison of {base} with {head}"))?;
    match text(&compared.body, "/merge_base_commit/sha") {
        "" => Err(CallError::Other(format!("GitHub names no merge base of {base} and {head}"))),
        sha => Ok(Some(sha.to_owned())),
    }
}
