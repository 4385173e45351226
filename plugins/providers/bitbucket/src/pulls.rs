//! The current state of pull requests, and full hashes of their commits.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{first_text, id, text};
use palisade_sdk::provider::rest::{part, pull_number};
use palisade_sdk::provider::{Page, Pull};
use serde_json::Value;

use crate::api::{Api, found, good, next, repository};

/// The number of characters of a full hash.
const FULL: usize = 40;
/// The minimum number of characters of an abbreviated hash.
const SHORTEST: usize = 7;
/// How long the full form of a hash is stored: 30 days, in seconds.
const KEEP: u32 = 2_592_000;

/// Whether a commit is the one with this hash, which may be abbreviated.
pub(crate) fn is_commit(commit: &str, hash: &str) -> bool {
    hash.len() >= SHORTEST && commit.starts_with(hash)
}

/// The full form of a hash: pull requests have hashes of 12 characters. The commit is looked up in the repositories in
/// their order; a hash that none of them has, for example of a deleted fork, stays abbreviated.
fn full(api: &Api<'_>, repositories: &[&str], hash: &str) -> Result<String, CallError> {
    if hash.is_empty() || hash.len() >= FULL {
        return Ok(hash.to_owned());
    }
    for (row, name) in repositories.iter().enumerate() {
        if name.is_empty() || repositories.iter().take(row).any(|it| it == name) {
            continue;
        }
        let key = format!("commit/{name}/{hash}");
        let kept = api.host().remember(&key).and_then(|it| String::from_utf8(it).ok());
        if let Some(kept) = kept.filter(|it| it.len() == FULL) {
            return Ok(kept);
        }
        let answer = api.get(&format!("{}/commit/{}", repository(name), part(hash)), None)?;
        // A fork may be private.
        if matches!(answer.status, 403 | 404) {
            continue;
        }
        let answer = good(answer, &format!("commit {hash} of `{name}`"))?;
        let whole = text(&answer.body, "/hash");
        if is_commit(whole, hash) {
            api.host().keep(&key, whole.as_bytes(), KEEP);
            return Ok(whole.to_owned());
        }
    }
    Ok(hash.to_owned())
}

pub(crate) fn pull_of(api: &Api<'_>, target: &str, it: &Value) -> Result<Pull, CallError> {
    // Null after the fork was deleted.
    let source = text(it, "/source/repository/full_name");
    Ok(Pull {
        id: id(it, "/id"),
        title: text(it, "/title").to_owned(),
        author: author(it),
        open: text(it, "/state") == "OPEN",
        head_ref: text(it, "/source/branch/name").to_owned(),
        head_sha: full(api, &[source, target], text(it, "/source/commit/hash"))?,
        head_repository: source.to_owned(),
        base_ref: text(it, "/destination/branch/name").to_owned(),
        base_sha: full(api, &[target], text(it, "/destination/commit/hash"))?,
        web_url: text(it, "/links/html/href").to_owned(),
    })
}

fn author(it: &Value) -> String {
    first_text(it, &["/author/nickname", "/author/username", "/author/display_name"]).to_owned()
}

/// The path of the open pull requests. A page has 50 at most.
fn open_path(target: &str) -> String {
    format!("{}/pullrequests?state=OPEN&pagelen=50", repository(target))
}

pub(crate) fn open(api: &Api<'_>, target: &str, cursor: Option<&str>) -> Result<Page<Pull>, CallError> {
    let answer = good(api.get(&open_path(target), cursor)?, &format!("the pull requests of `{target}`"))?;
    let items = answer.list("values").iter().map(|it| pull_of(api, target, it)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: next(&answer) })
}

/// The path of a pull request.
pub(crate) fn path(target: &str, number: &str) -> Result<String, CallError> {
    Ok(format!("{}/pullrequests/{}", repository(target), pull_number(number)?))
}

/// The pull request as Bitbucket returns it; none if it does not exist.
pub(crate) fn read(api: &Api<'_>, target: &str, number: &str) -> Result<Option<Value>, CallError> {
    let answer = api.get(&path(target, number)?, None)?;
    Ok(found(answer, &format!("pull request {number} of `{target}`"))?.map(|it| it.body))
}

pub(crate) fn pull(api: &Api<'_>, target: &str, number: &str) -> Result<Option<Pull>, CallError> {
    read(api, target, number)?.map(|it| pull_of(api, target, &it)).transpose()
}

/// All open pull requests whose head is a commit. They are filtered here: the list of a commit's pull requests needs an
/// app in the workspace, and lacks new ones until they are indexed.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/>
pub(crate) fn of_commit(api: &Api<'_>, target: &str, commit: &str) -> Result<Vec<Pull>, CallError> {
    let all = api.every(&open_path(target), &format!("the pull requests of `{target}`"))?;
    let ours = all.iter().filter(|it| is_commit(commit, text(it, "/source/commit/hash")));
    let pulls: Vec<Pull> = ours.map(|it| pull_of(api, target, it)).collect::<Result<_, _>>()?;
    Ok(pulls.into_iter().filter(|it| it.open && is_commit(commit, &it.head_sha)).collect())
}
