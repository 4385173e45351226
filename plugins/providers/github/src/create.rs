//! New branches, commits and pull requests.

use data_encoding::BASE64;
use palisade_sdk::CallError;
use palisade_sdk::provider::comment::inert;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::{part, path};
use palisade_sdk::provider::{Method, NewCommit, NewPull, Pull};
use serde_json::{Value, json};

use crate::api::{Api, good};
use crate::pulls::pull_of;

pub(crate) fn branch(api: &Api<'_>, repository: &str, branch: &str, commit: &str) -> Result<(), CallError> {
    let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": commit });
    let answer = api.write(Method::Post, &format!("/repos/{}/git/refs", path(repository)), &body)?;
    good(answer, &format!("the branch `{branch}` of `{repository}`")).map(drop)
}

/// Creates an object of Git's database, and returns its id.
fn object(api: &Api<'_>, repository: &str, kind: &str, body: &Value) -> Result<String, CallError> {
    let answer = api.write(Method::Post, &format!("/repos/{}/git/{kind}", path(repository)), body)?;
    let answer = good(answer, &format!("a new object of `{repository}`"))?;
    Ok(text(&answer.body, "/sha").to_owned())
}

/// Creates the blobs, the tree and the commit, and moves the branch to it. GitHub refuses the last step if the branch
/// has moved, since its head is not an ancestor then.
pub(crate) fn commit(api: &Api<'_>, repository: &str, new: &NewCommit) -> Result<String, CallError> {
    let mut tree = Vec::new();
    for file in &new.files {
        let sha = match &file.content {
            None => Value::Null,
            Some(content) => {
                let body = json!({ "content": BASE64.encode(content), "encoding": "base64" });
                object(api, repository, "blobs", &body)?.into()
            }
        };
        tree.push(json!({ "path": file.path, "mode": "100644", "type": "blob", "sha": sha }));
    }
    let place = format!("/repos/{}/git/commits/{}", path(repository), part(&new.parent));
    let parent = good(api.get(&place, None)?, &format!("commit {} of `{repository}`", new.parent))?;
    let body = json!({ "base_tree": text(&parent.body, "/tree/sha"), "tree": tree });
    let tree = object(api, repository, "trees", &body)?;
    let body = json!({ "message": new.message, "tree": tree, "parents": [new.parent] });
    let sha = object(api, repository, "commits", &body)?;
    let place = format!("/repos/{}/git/refs/heads/{}", path(repository), path(&new.branch));
    let answer = api.write(Method::Patch, &place, &json!({ "sha": sha, "force": false }))?;
    good(answer, &format!("the branch `{}` of `{repository}`", new.branch))?;
    Ok(sha)
}

pub(crate) fn pull(api: &Api<'_>, repository: &str, new: &NewPull) -> Result<Pull, CallError> {
    let body =
        json!({ "head": new.head_ref, "base": new.base_ref, "title": new.title, "body": inert(&new.body) });
    let answer = api.write(Method::Post, &format!("/repos/{}/pulls", path(repository)), &body)?;
    let answer = good(answer, &format!("a pull request of `{repository}`"))?;
    Ok(pull_of(&answer.body))
}
