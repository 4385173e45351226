//! Pull requests as they are now.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Page, Pull};
use serde_json::Value;

use crate::api::{Api, found, good, path};
use crate::json::{id, text};

fn pull_of(it: &Value) -> Pull {
    Pull {
        id: id(it, "/number"),
        title: text(it, "/title").to_owned(),
        author: text(it, "/user/login").to_owned(),
        open: text(it, "/state") == "open",
        head_ref: text(it, "/head/ref").to_owned(),
        head_sha: text(it, "/head/sha").to_owned(),
        // Null once the fork is gone.
        head_repository: text(it, "/head/repo/full_name").to_owned(),
        base_ref: text(it, "/base/ref").to_owned(),
        base_sha: text(it, "/base/sha").to_owned(),
        merge_base_sha: String::new(),
        web_url: text(it, "/html_url").to_owned(),
    }
}

pub(crate) fn open(api: &Api<'_>, repository: &str, cursor: Option<&str>) -> Result<Page<Pull>, CallError> {
    let answer = api.get(&format!("/repos/{}/pulls?state=open&per_page=100", path(repository)), cursor)?;
    let answer = good(answer, &format!("the pull requests of `{repository}`"))?;
    Ok(Page { items: answer.list("").iter().map(pull_of).collect(), next: answer.next() })
}

pub(crate) fn pull(api: &Api<'_>, repository: &str, number: &str) -> Result<Option<Pull>, CallError> {
    if number.is_empty() || !number.bytes().all(|it| it.is_ascii_digit()) {
        return Err(CallError::InvalidInput(format!("`{number}` is no number of a pull request")));
    }
    let what = format!("pull request {number} of `{repository}`");
    let answer = api.get(&format!("/repos/{}/pulls/{number}", path(repository)), None)?;
    let Some(answer) = found(answer, &what)? else { return Ok(None) };
    let mut pull = pull_of(&answer.body);
    if !pull.open || pull.head_sha.is_empty() {
        return Ok(Some(pull));
    }
    // By commits: a branch of a fork may have any name, and both commits are in this network of repositories. One
    // commit a page is all that is read of the comparison.
    let place =
        format!("/repos/{}/compare/{}...{}?per_page=1", path(repository), pull.base_sha, pull.head_sha);
    let compared = good(api.get(&place, None)?, &format!("the comparison for {what}"))?;
    text(&compared.body, "/merge_base_commit/sha").clone_into(&mut pull.merge_base_sha);
    if pull.merge_base_sha.is_empty() {
        return Err(CallError::Other(format!("GitHub names no merge base for {what}")));
    }
    Ok(Some(pull))
}
