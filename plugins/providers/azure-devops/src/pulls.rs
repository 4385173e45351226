//! The current state of pull requests, and the merge base of commits.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::{self, part, pull_number};
use palisade_sdk::provider::{Page, Pull};
use serde_json::Value;

use crate::api::{Api, branch_name, full_name, git, skip, user_name, web};
use crate::words::{PULL, word};

/// Pull requests of a page.
const TOP: usize = 100;

/// A pull request of a repository. The target repository has the commits of a fork too: the service keeps the head of
/// the fork as `refs/pull/ID/source` (`RefsPullForkSourceSuffix` of
/// `Microsoft.TeamFoundation.SourceControl.WebApi.GitConstants`), and the merge as `refs/pull/ID/merge`.
pub(crate) fn pull_of(it: &Value, repository: &str, page: &str) -> Pull {
    let number = id(it, "/pullRequestId");
    Pull {
        title: text(it, "/title").to_owned(),
        author: user_name(it, "/createdBy").to_owned(),
        open: word(it, "/status", PULL) == "active",
        head_ref: branch_name(text(it, "/sourceRefName")).to_owned(),
        head_sha: text(it, "/lastMergeSourceCommit/commitId").to_owned(),
        head_repository: match it.get("forkSource") {
            Some(fork @ Value::Object(_)) => full_name(fork.get("repository").unwrap_or(&Value::Null)),
            _ => repository.to_owned(),
        },
        base_ref: branch_name(text(it, "/targetRefName")).to_owned(),
        base_sha: text(it, "/lastMergeTargetCommit/commitId").to_owned(),
        web_url: format!("{page}/pullrequest/{number}"),
        id: number,
    }
}

pub(crate) fn open(api: &Api<'_>, repository: &str, cursor: Option<&str>) -> Result<Page<Pull>, CallError> {
    let skip = skip(cursor)?;
    let place =
        format!("{}/pullrequests?searchCriteria.status=active&$top={TOP}&$skip={skip}", git(repository)?);
    let answer = api.good(api.get(&place)?, &format!("the pull requests of `{repository}`"))?;
    let page = web(api, repository)?;
    let items: Vec<Pull> = answer.list("value").iter().map(|it| pull_of(it, repository, &page)).collect();
    let next = (items.len() >= TOP).then(|| skip.saturating_add(items.len()).to_string());
    Ok(Page { items, next })
}

pub(crate) fn pull(api: &Api<'_>, repository: &str, id: &str) -> Result<Option<Pull>, CallError> {
    let number = pull_number(id)?;
    let answer = api.get(&format!("{}/pullrequests/{number}", git(repository)?))?;
    let page = web(api, repository)?;
    let found = api.found(answer, &format!("pull request {number} of `{repository}`"))?;
    Ok(found.map(|it| pull_of(&it.body, repository, &page)))
}

/// All open pull requests whose head is a commit. The query by commit finds those that were merged with it, so the open
/// ones are read.
pub(crate) fn of_commit(api: &Api<'_>, repository: &str, commit: &str) -> Result<Vec<Pull>, CallError> {
    let all = rest::every(&format!("the pull requests of `{repository}`"), |cursor| {
        open(api, repository, cursor).map(|page| (page.items, page.next))
    })?;
    Ok(all.into_iter().filter(|it| it.open && it.head_sha == commit).collect())
}

/// The iterations of a pull request, one for each push and each new target branch, the latest last.
pub(crate) fn iterations(api: &Api<'_>, repository: &str, pull: &str) -> Result<Vec<Value>, CallError> {
    let place = format!("{}/pullRequests/{}/iterations", git(repository)?, pull_number(pull)?);
    let what = format!("the iterations of pull request {pull} of `{repository}`");
    let answer = api.good(api.get(&place)?, &what)?;
    let mut all = answer.list("value").to_vec();
    all.sort_by_key(iteration_id);
    Ok(all)
}

/// The number of an iteration; 0 if it is missing.
pub(crate) fn iteration_id(it: &Value) -> u64 {
    it.get("id").and_then(Value::as_u64).unwrap_or(0)
}

/// The merge base that an iteration of the pull request has, if it compares these commits.
fn of_iteration(
    api: &Api<'_>,
    repository: &str,
    head: &str,
    base: &str,
    pull: &str,
) -> Result<Option<String>, CallError> {
    let all = iterations(api, repository, pull)?;
    let compares = |it: &&Value| {
        text(it, "/sourceRefCommit/commitId") == head && text(it, "/targetRefCommit/commitId") == base
    };
    let common = all.iter().rev().find(compares).map(|it| text(it, "/commonRefCommit/commitId"));
    Ok(common.filter(|it| !it.is_empty()).map(str::to_owned))
}

/// <https://learn.microsoft.com/rest/api/azure/devops/git/merge-bases/list>
pub(crate) fn merge_base(
    api: &Api<'_>,
    repository: &str,
    head: &str,
    base: &str,
    pull: Option<&str>,
) -> Result<Option<String>, CallError> {
    let place =
        format!("{}/commits/{}/mergebases?otherCommitId={}", git(repository)?, part(head), part(base));
    let answer = api.get(&place)?;
    if answer.status == 404 {
        if let Some(pull) = pull
            && let Some(common) = of_iteration(api, repository, head, base, pull)?
        {
            return Ok(Some(common));
        }
        let message = text(&answer.body, "/message");
        return Err(CallError::Unavailable(format!(
            "Azure DevOps cannot compare {head} with {base} of `{repository}` yet ({message})"
        )));
    }
    let answer = api.good(answer, &format!("the merge base of {head} and {base}"))?;
    let first = answer.list("value").first().map(|it| text(it, "/commitId"));
    Ok(first.filter(|it| !it.is_empty()).map(str::to_owned))
}
