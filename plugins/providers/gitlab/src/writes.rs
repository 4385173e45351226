//! New branches, commits and merge requests.

use data_encoding::BASE64;
use palisade_sdk::CallError;
use palisade_sdk::provider::comment::inert;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{FileEdit, Method, NewCommit, NewPull, Pull};
use serde_json::{Value, json};

use crate::api::{Api, found, good, project, refusal};
use crate::{pulls, repositories};

/// A branch that exists at the commit was created by an earlier attempt.
/// <https://docs.gitlab.com/api/branches/#create-repository-branch>
pub(crate) fn create_branch(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    commit: &str,
) -> Result<(), CallError> {
    let path = format!("{}/repository/branches", project(repository));
    let answer = api.write(Method::Post, &path, &json!({ "branch": branch, "ref": commit }))?;
    if answer.status == 400 && repositories::branch(api, repository, branch)?.as_deref() == Some(commit) {
        return Ok(());
    }
    good(answer, &format!("branch `{branch}` of `{repository}`")).map(drop)
}

/// The action for a file. GitLab refuses to change a file that was changed after `last_commit_id`.
fn action(api: &Api<'_>, repository: &str, parent: &str, it: &FileEdit) -> Result<Value, CallError> {
    let Some(content) = &it.content else {
        return Ok(json!({ "action": "delete", "file_path": it.path, "last_commit_id": parent }));
    };
    let content = BASE64.encode(content);
    let path = format!("{}/repository/files/{}?ref={}", project(repository), part(&it.path), part(parent));
    let known = found(api.get(&path, None)?, &format!("`{}` of `{repository}`", it.path))?;
    let mut action = json!({
        "action": if known.is_some() { "update" } else { "create" },
        "file_path": it.path,
        "content": content,
        "encoding": "base64",
    });
    if let (Some(_), Some(fields)) = (known, action.as_object_mut()) {
        fields.insert("last_commit_id".to_owned(), parent.into());
    }
    Ok(action)
}

/// GitLab creates a commit on any head of the branch, so the head is compared before, and the parent afterwards.
/// <https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions>
pub(crate) fn create_commit(
    api: &Api<'_>,
    repository: &str,
    commit: &NewCommit,
) -> Result<String, CallError> {
    let moved = |head: &str| {
        CallError::InvalidInput(format!(
            "the head of branch `{}` of `{repository}` is {head}, not {}",
            commit.branch, commit.parent
        ))
    };
    match repositories::branch(api, repository, &commit.branch)? {
        Some(head) if head == commit.parent => {}
        Some(head) => return Err(moved(&head)),
        None => {
            return Err(CallError::InvalidInput(format!(
                "branch `{}` not found in `{repository}`",
                commit.branch
            )));
        }
    }
    let actions = commit.files.iter().map(|it| action(api, repository, &commit.parent, it));
    let body = json!({
        "branch": commit.branch,
        "commit_message": commit.message,
        "actions": actions.collect::<Result<Vec<_>, _>>()?,
    });
    let path = format!("{}/repository/commits", project(repository));
    let created = good(
        api.write(Method::Post, &path, &body)?,
        &format!("a commit on branch `{}` of `{repository}`", commit.branch),
    )?;
    let parent = text(&created.body, "/parent_ids/0");
    if !parent.is_empty() && parent != commit.parent {
        return Err(moved(parent));
    }
    Ok(id(&created.body, "/id"))
}

/// An open merge request from this branch was created by an earlier attempt.
/// <https://docs.gitlab.com/api/merge_requests/#create-mr>
pub(crate) fn create_pull(api: &Api<'_>, repository: &str, pull: &NewPull) -> Result<Pull, CallError> {
    let body = json!({
        "source_branch": pull.head_ref,
        "target_branch": pull.base_ref,
        "title": pull.title,
        // Lines of the description can be commands too.
        "description": inert(&pull.body),
    });
    let path = format!("{}/merge_requests", project(repository));
    let what = format!("a merge request from `{}` of `{repository}`", pull.head_ref);
    let answer = api.write(Method::Post, &path, &body)?;
    if answer.status != 409 {
        return pulls::created(api, repository, &good(answer, &what)?.body);
    }
    let known = format!(
        "{path}?state=opened&source_branch={}&target_branch={}&per_page=100",
        part(&pull.head_ref),
        part(&pull.base_ref)
    );
    let all = api.every(&known, &what)?;
    let is_own = |it: &&Value| id(it, "/source_project_id") == id(it, "/target_project_id");
    match all.iter().find(is_own) {
        Some(it) => pulls::created(api, repository, it),
        None => Err(refusal(&answer, &what)),
    }
}
