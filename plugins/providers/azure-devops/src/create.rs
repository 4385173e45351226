//! New branches, commits and pull requests.

use data_encoding::BASE64;
use palisade_sdk::CallError;
use palisade_sdk::provider::comment::inert;
use palisade_sdk::provider::json::{first_text, flag, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{FileEdit, Method, NewCommit, NewPull, Pull};
use serde_json::{Value, json};

use crate::api::{Api, git, web};
use crate::pulls::pull_of;
use crate::repositories::head;

/// The id of an object that does not exist.
const NONE: &str = "0000000000000000000000000000000000000000";

/// The limit of the description of a pull request, in characters.
/// <https://learn.microsoft.com/rest/api/azure/devops/git/pull-requests/create>
const DESCRIPTION: usize = 4_000;

pub(crate) fn branch(api: &Api<'_>, repository: &str, branch: &str, commit: &str) -> Result<(), CallError> {
    let body =
        json!([{ "name": format!("refs/heads/{branch}"), "oldObjectId": NONE, "newObjectId": commit }]);
    let answer = api.write(Method::Post, &format!("{}/refs", git(repository)?), &body)?;
    let answer = api.good(answer, &format!("the branch `{branch}` of `{repository}`"))?;
    // The status of the response is a success also if the reference was not changed.
    let update = answer.list("value").first().unwrap_or(&Value::Null);
    if flag(update, "/success") || head(api, repository, branch)?.as_deref() == Some(commit) {
        return Ok(());
    }
    Err(CallError::InvalidInput(format!(
        "Azure DevOps refuses the branch `{branch}` of `{repository}`: {}",
        text(update, "/updateStatus")
    )))
}

/// A change of a file. A push distinguishes new files from existing ones.
fn change(api: &Api<'_>, repository: &str, parent: &str, file: &FileEdit) -> Result<Value, CallError> {
    let path = format!("/{}", file.path.trim_start_matches('/'));
    let Some(content) = &file.content else {
        return Ok(json!({ "changeType": "delete", "item": { "path": path } }));
    };
    let place = format!(
        "{}/items?scopePath={}&recursionLevel=none&versionDescriptor.version={}&versionDescriptor.versionType=commit",
        git(repository)?,
        part(&path),
        part(parent)
    );
    let exists = api.found(api.get(&place)?, &format!("`{path}` of `{repository}`"))?.is_some();
    Ok(json!({
        "changeType": if exists { "edit" } else { "add" },
        "item": { "path": path },
        "newContent": { "content": BASE64.encode(content), "contentType": "base64Encoded" },
    }))
}

/// A push that names the parent as the old head of the branch, so that it is refused if the branch has moved.
/// <https://learn.microsoft.com/rest/api/azure/devops/git/pushes/create>
pub(crate) fn commit(api: &Api<'_>, repository: &str, new: &NewCommit) -> Result<String, CallError> {
    let changes: Result<Vec<Value>, CallError> =
        new.files.iter().map(|file| change(api, repository, &new.parent, file)).collect();
    let body = json!({
        "refUpdates": [{ "name": format!("refs/heads/{}", new.branch), "oldObjectId": new.parent }],
        "commits": [{ "comment": new.message, "changes": changes? }],
    });
    let answer = api.write(Method::Post, &format!("{}/pushes", git(repository)?), &body)?;
    if answer.status == 409 {
        return Err(CallError::InvalidInput(format!(
            "the head of branch `{}` of `{repository}` is not {} ({})",
            new.branch,
            new.parent,
            text(&answer.body, "/message")
        )));
    }
    let answer = api.good(answer, &format!("a commit on branch `{}` of `{repository}`", new.branch))?;
    match first_text(&answer.body, &["/commits/0/commitId", "/refUpdates/0/newObjectId"]) {
        "" => Err(CallError::Other("Azure DevOps names no commit of the push".to_owned())),
        id => Ok(id.to_owned()),
    }
}

pub(crate) fn pull(api: &Api<'_>, repository: &str, new: &NewPull) -> Result<Pull, CallError> {
    let (source, target) = (format!("refs/heads/{}", new.head_ref), format!("refs/heads/{}", new.base_ref));
    let body = json!({
        "sourceRefName": source,
        "targetRefName": target,
        "title": new.title,
        "description": cut(&inert(&new.body), DESCRIPTION),
    });
    let place = format!("{}/pullrequests", git(repository)?);
    let answer = api.write(Method::Post, &place, &body)?;
    let created = if answer.status == 409 {
        // An open pull request of these branches exists: an earlier attempt may have created it.
        let query = format!(
            "{place}?searchCriteria.status=active&searchCriteria.sourceRefName={}&searchCriteria.targetRefName={}",
            part(&source),
            part(&target)
        );
        let open = api.good(api.get(&query)?, &format!("the pull requests of `{repository}`"))?;
        let first = open.list("value").first().cloned();
        first.ok_or_else(|| api.refusal(&answer, &format!("a pull request of `{repository}`")))?
    } else {
        api.good(answer, &format!("a pull request of `{repository}`"))?.body
    };
    let mut pull = pull_of(&created, repository, &web(api, repository)?);
    // The merge that finds the head may not have run yet.
    if pull.head_sha.is_empty() {
        pull.head_sha = head(api, repository, &new.head_ref)?.unwrap_or_default();
    }
    Ok(pull)
}
