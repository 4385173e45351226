//! The current state of merge requests.

use std::collections::BTreeMap;

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{Page, Pull};
use serde_json::Value;

use crate::api::{Api, found, good, merge_request, project, reason};
use crate::repositories::branch;

/// Reads merge requests of a project; names of forks and heads of branches are requested once.
struct Reader<'a, 'b> {
    api: &'a Api<'b>,
    repository: &'a str,
    forks: BTreeMap<String, String>,
    heads: BTreeMap<String, String>,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(api: &'a Api<'b>, repository: &'a str) -> Reader<'a, 'b> {
        Reader { api, repository, forks: BTreeMap::new(), heads: BTreeMap::new() }
    }

    /// The full name of the project with the head: empty after a fork was deleted (its ID is null then), and its ID if
    /// the token's user has no access to it.
    fn head_repository(&mut self, it: &Value) -> Result<String, CallError> {
        let source = id(it, "/source_project_id");
        if source == id(it, "/target_project_id") {
            return Ok(self.repository.to_owned());
        }
        if source.is_empty() {
            return Ok(source);
        }
        if let Some(name) = self.forks.get(&source) {
            return Ok(name.clone());
        }
        let answer = self.api.get(&project(&source), None)?;
        let name = match answer.status {
            403 | 404 => source.clone(),
            _ => text(&good(answer, &format!("project {source}"))?.body, "/path_with_namespace").to_owned(),
        };
        self.forks.insert(source, name.clone());
        Ok(name)
    }

    /// The head of the target branch when the latest version of the merge request was created, or now: lists, and merge
    /// requests that GitLab still prepares, lack it.
    fn base_sha(&mut self, it: &Value) -> Result<String, CallError> {
        let start = text(it, "/diff_refs/start_sha");
        if !start.is_empty() {
            return Ok(start.to_owned());
        }
        let target = text(it, "/target_branch");
        if let Some(head) = self.heads.get(target) {
            return Ok(head.clone());
        }
        let head = branch(self.api, self.repository, target)?.unwrap_or_default();
        self.heads.insert(target.to_owned(), head.clone());
        Ok(head)
    }

    fn pull(&mut self, it: &Value) -> Result<Pull, CallError> {
        Ok(Pull {
            id: id(it, "/iid"),
            title: text(it, "/title").to_owned(),
            author: text(it, "/author/username").to_owned(),
            // `locked` is the state while GitLab merges.
            open: text(it, "/state") == "opened",
            head_ref: text(it, "/source_branch").to_owned(),
            head_sha: text(it, "/sha").to_owned(),
            head_repository: self.head_repository(it)?,
            base_ref: text(it, "/target_branch").to_owned(),
            base_sha: self.base_sha(it)?,
            web_url: text(it, "/web_url").to_owned(),
        })
    }
}

pub(crate) fn open(api: &Api<'_>, repository: &str, cursor: Option<&str>) -> Result<Page<Pull>, CallError> {
    let path = format!(
        "{}/merge_requests?state=opened&order_by=created_at&sort=asc&per_page=100",
        project(repository)
    );
    let answer = good(api.get(&path, cursor)?, &format!("the merge requests of `{repository}`"))?;
    let mut reader = Reader::new(api, repository);
    let items = answer.list("").iter().map(|it| reader.pull(it)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: answer.next() })
}

/// A merge request as GitLab returns it; none if it does not exist.
pub(crate) fn raw(api: &Api<'_>, repository: &str, number: &str) -> Result<Option<Value>, CallError> {
    let answer = api.get(&merge_request(repository, number)?, None)?;
    Ok(found(answer, &format!("merge request {number} of `{repository}`"))?.map(|it| it.body))
}

pub(crate) fn pull(api: &Api<'_>, repository: &str, number: &str) -> Result<Option<Pull>, CallError> {
    let raw = raw(api, repository, number)?;
    raw.map(|it| Reader::new(api, repository).pull(&it)).transpose()
}

/// The pull request in the response to its creation.
pub(crate) fn created(api: &Api<'_>, repository: &str, it: &Value) -> Result<Pull, CallError> {
    Reader::new(api, repository).pull(it)
}

/// All open merge requests whose head is a commit. GitLab returns each one that contains it, in any state.
pub(crate) fn of_commit(api: &Api<'_>, repository: &str, commit: &str) -> Result<Vec<Pull>, CallError> {
    let path =
        format!("{}/repository/commits/{}/merge_requests?per_page=100", project(repository), part(commit));
    let what = format!("the merge requests of commit {commit} of `{repository}`");
    let mut reader = Reader::new(api, repository);
    let all = api.every(&path, &what)?;
    let heads = all.iter().filter(|it| text(it, "/state") == "opened" && text(it, "/sha") == commit);
    heads.map(|it| reader.pull(it)).collect()
}

/// The head of a fork is in the target project too, as `refs/merge-requests/N/head`.
/// <https://docs.gitlab.com/api/repositories/#retrieve-the-merge-base>
pub(crate) fn merge_base(
    api: &Api<'_>,
    repository: &str,
    head: &str,
    base: &str,
) -> Result<Option<String>, CallError> {
    let path = format!(
        "{}/repository/merge_base?refs%5B%5D={}&refs%5B%5D={}",
        project(repository),
        part(head),
        part(base)
    );
    let answer = api.get(&path, None)?;
    let why = reason(&answer);
    match answer.status {
        404 if why.contains("Merge Base") => return Ok(None),
        // A newly pushed commit does not reach all of GitLab's servers at once.
        400 => {
            let why = format!("GitLab cannot compare {head} with {base} of `{repository}` yet ({why})");
            return Err(CallError::Unavailable(why));
        }
        _ => {}
    }
    let found = good(answer, &format!("the merge base of {head} and {base} of `{repository}`"))?;
    match text(&found.body, "/id") {
        "" => Err(CallError::Other(format!("GitLab names no merge base of {head} and {base}"))),
        sha => Ok(Some(sha.to_owned())),
    }
}
