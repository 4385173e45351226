//! References and pushes.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::{Answer, Call, contributor, repository, text};
use crate::Inner;
use crate::reply::{CONTINUATION, error, invalid, list};
use crate::state::Repository;

/// The object ID that no object has: of a reference that is created or deleted.
const NONE: &str = "0000000000000000000000000000000000000000";

/// All references with their objects, by name.
fn all(fake: &Inner, one: &Repository) -> Vec<(String, String)> {
    let output = fake.host.git.run(&one.full_name, &["for-each-ref", "--format=%(objectname) %(refname)"]);
    let text = String::from_utf8_lossy(&output.unwrap_or_default()).into_owned();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(sha, name)| (name.to_owned(), sha.to_owned())).collect()
}

/// References by a prefix of their names, `heads/x` for `refs/heads/x…`. Without `$top` and `continuationToken` all of
/// them, otherwise 100 on a page by default and 1000 at most (REST API 7.1, "Refs - List").
pub(super) fn refs(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let one = repository(&state, call)?;
    let prefix = format!("refs/{}", call.query("filter").unwrap_or_default());
    let part = call.query("filterContains").unwrap_or_default();
    let meant = |name: &str| name.starts_with(&prefix) && name.contains(part);
    let mut found = all(fake, &one);
    found.retain(|(name, _)| meant(name));
    let (token, top) = (call.query("continuationToken"), call.query("$top"));
    if let Some(token) = token {
        found.retain(|(name, _)| name.as_str() >= token);
    }
    let mut next = None;
    if token.is_some() || top.is_some() {
        let size = top.and_then(|text| text.parse().ok()).unwrap_or(100);
        if !(1..=1000).contains(&size) {
            return Err(invalid("The value of $top must be between 1 and 1000."));
        }
        next = found.get(size).map(|(name, _)| name.clone());
        found.truncate(size);
    }
    let creator = fake.identity(state.user(crate::fake::DEVELOPER));
    let api = fake.repository_url(&one);
    let shown = |(name, sha): &(String, String)| {
        let filter = crate::render::segment(name.trim_start_matches("refs/"));
        json!({ "name": name, "objectId": sha, "creator": creator, "url": format!("{api}/refs?filter={filter}") })
    };
    let reply = list(&found.iter().map(shown).collect::<Vec<Value>>());
    Ok(match next {
        Some(next) => reply.header(CONTINUATION, next),
        None => reply,
    })
}

/// Changes one reference; the result is a word of `GitRefUpdateStatus`.
fn update(fake: &Inner, one: &Repository, user: &str, given: &Value) -> &'static str {
    let git = &fake.host.git;
    let (name, old, new) = (text(given, "name"), text(given, "oldObjectId"), text(given, "newObjectId"));
    let valid = git.run(&one.full_name, &["check-ref-format", name]).is_some();
    if !valid || !name.starts_with("refs/heads/") && !name.starts_with("refs/tags/") {
        return "invalidRefName";
    }
    let known = all(fake, one).into_iter().find(|(it, _)| it == name).map(|(_, sha)| sha);
    if known.as_deref().unwrap_or(NONE) != old {
        return "staleOldObjectId";
    }
    if new == NONE {
        return if git.run(&one.full_name, &["update-ref", "-d", name]).is_some() {
            "succeeded"
        } else {
            "unprocessed"
        };
    }
    if git.resolve(&one.full_name, new).is_none() {
        return "unresolvableToCommit";
    }
    git.point(&one.full_name, name, new);
    if let Some(branch) = name.strip_prefix("refs/heads/") {
        fake.moved(&one.id, branch, old, new, user);
    }
    "succeeded"
}

/// Creates, moves and deletes references, each with a result of its own (REST API 7.1, "Refs - Update Refs").
pub(super) fn update_refs(fake: &Inner, call: &Call) -> Answer {
    let one = {
        let state = fake.state();
        contributor(&state, call, "GenericContribute")?;
        repository(&state, call)?
    };
    let mut results = Vec::new();
    for given in call.body.as_array().into_iter().flatten() {
        let status = update(fake, &one, &call.caller.user, given);
        results.push(json!({
            "repositoryId": one.id, "name": given["name"], "oldObjectId": given["oldObjectId"],
            "newObjectId": given["newObjectId"], "isLocked": false, "updateStatus": status,
            "success": status == "succeeded",
        }));
    }
    Ok(list(&results))
}

/// The bytes of a file of a commit.
fn bytes(content: &Value) -> Result<Vec<u8>, Reply> {
    let given = text(content, "content");
    match text(content, "contentType") {
        "base64encoded" | "base64Encoded" => data_encoding::BASE64
            .decode(given.as_bytes())
            .map_err(|_| invalid("The content of the file is not base64.")),
        _ => Ok(given.as_bytes().to_vec()),
    }
}

/// Commits to one branch (REST API 7.1, "Pushes - Create"). The branch must be at `oldObjectId`; a file is added only if it
/// does not exist, and edited or deleted only if it does.
pub(super) fn push(fake: &Inner, call: &Call) -> Answer {
    let one = {
        let state = fake.state();
        contributor(&state, call, "GenericContribute")?;
        repository(&state, call)?
    };
    let git = &fake.host.git;
    let reference = &call.body["refUpdates"][0];
    let name = text(reference, "name");
    let Some(branch) = name.strip_prefix("refs/heads/") else {
        return Err(invalid("Only one branch can be pushed to."));
    };
    let before = git.resolve(&one.full_name, name).unwrap_or_else(|| NONE.to_owned());
    if before != text(reference, "oldObjectId") {
        let why = format!(
            "TF401028: The reference '{name}' has already been updated by another client, so you cannot update it. Please try again."
        );
        return Err(error(409, "GitReferenceStaleException", &why));
    }
    let mut commits = Vec::new();
    let mut head = before.clone();
    for commit in call.body["commits"].as_array().into_iter().flatten() {
        let parent = commit["parents"][0].as_str().unwrap_or(&head).to_owned();
        let known = git.tree(&one.full_name, &parent, true).unwrap_or_default();
        let mut files = Vec::new();
        for change in commit["changes"].as_array().into_iter().flatten() {
            let path = text(&change["item"], "path").trim_start_matches('/').to_owned();
            let exists = known.iter().any(|it| it.path == path && it.kind == "blob");
            let kind = text(change, "changeType").to_ascii_lowercase();
            let content = match (kind.as_str(), exists) {
                ("add", false) | ("edit", true) => Some(bytes(&change["newContent"])?),
                ("delete", true) => None,
                _ => {
                    let why =
                        format!("The change '{kind}' of the item '/{path}' is not valid: exists: {exists}.");
                    return Err(invalid(&why));
                }
            };
            files.push((path, content));
        }
        let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_deref())).collect();
        let from = (parent != NONE).then_some(parent.as_str());
        let made = git.commit_bytes(&one.full_name, branch, from, text(commit, "comment"), &files);
        head = made.map_err(|why| invalid(&why.to_string()))?;
        commits.push(fake.commit(&one, &head).unwrap_or_default());
    }
    fake.moved(&one.id, branch, &before, &head, &call.caller.user);
    let state = fake.state();
    let id = state.pushes;
    Ok(Reply::json(
        201,
        &json!({
            "commits": commits, "pushId": id, "date": palisade_fake_host::clock::now(),
            "refUpdates": [{ "repositoryId": one.id, "name": name, "oldObjectId": before, "newObjectId": head }],
            "repository": fake.repository(&state, &one), "pushedBy": fake.identity(state.user(&call.caller.user)),
            "url": format!("{}/pushes/{id}", fake.repository_url(&one)),
        }),
    ))
}
