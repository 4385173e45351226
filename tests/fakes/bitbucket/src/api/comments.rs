//! Comments on pull requests.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::page::{USUAL, page};
use super::{Call, pulls};
use crate::Inner;
use crate::access::Role;
use crate::reply::{Answer, Refused, error, invalid, not_found};
use crate::state::{Comment, Pull, text};

/// The longest comment, in characters. Bitbucket Cloud refuses longer ones with 400 and documents no limit (GitHub,
/// runatlantis/atlantis, issue 1251); this one is that of Data Center (GitHub, jfrog/froggit-go, pull request 133).
const LONGEST: usize = 32_768;

/// The text of a comment.
fn raw(body: &Value) -> Result<&str, Refused> {
    let raw = text(&body["content"], "raw");
    match raw.chars().count() {
        0 => Err(invalid("content: it must not be empty")),
        length if length > LONGEST => Err(invalid("content: it is longer than 32768 characters")),
        _ => Ok(raw),
    }
}

/// The comments of a pull request, oldest first; deleted ones are marked.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let (one, pull) = pulls::find(fake, call)?;
    let state = fake.state();
    let mine = state.comments.values();
    let mine = mine.filter(|comment| comment.repository == one.full_name && comment.pull == pull.number);
    let all: Vec<Value> = mine.map(|comment| fake.comment(&state, comment)).collect();
    drop(state);
    page(fake, call, all, USUAL)
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let (one, pull) = pulls::find(fake, call)?;
    let raw = raw(&call.body)?;
    let mut state = fake.state();
    let parent = call.body["parent"]["id"].as_u64();
    let known = |id: &u64| state.comments.get(id).is_some_and(|parent| parent.pull == pull.number);
    if parent.is_some_and(|id| !known(&id)) {
        return Err(error(400, "parent: the comment does not exist").into());
    }
    let id = state.comment((&one.full_name, pull.number), &call.caller.nickname, raw);
    if let Some(comment) = state.comments.get_mut(&id) {
        comment.parent = parent;
        comment.inline = call.body.get("inline").cloned().unwrap_or(Value::Null);
    }
    fake.comment_event(&state, "pullrequest:comment_created", &call.caller.nickname, id);
    let shown = state.comments.get(&id).map(|comment| fake.comment(&state, comment));
    Ok(Reply::json(201, &shown.unwrap_or_default()))
}

/// The named comment, if it is one of the named pull request.
fn find(fake: &Inner, call: &Call) -> Result<(Pull, Comment), Refused> {
    let (one, pull) = pulls::find(fake, call)?;
    let state = fake.state();
    let found = state.comments.get(&call.number("comment_id"));
    let found = found.filter(|comment| comment.repository == one.full_name && comment.pull == pull.number);
    found.map(|comment| (pull, comment.clone())).ok_or_else(|| not_found("Comment").into())
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (_, comment) = find(fake, call)?;
    Ok(Reply::json(200, &fake.comment(&fake.state(), &comment)))
}

/// Changes a comment; returns it.
fn change(fake: &Inner, id: u64, act: impl FnOnce(&mut Comment)) -> Value {
    let mut state = fake.state();
    if let Some(comment) = state.comments.get_mut(&id) {
        act(comment);
        comment.updated_at = clock::now();
    }
    state.comments.get(&id).map(|comment| fake.comment(&state, comment)).unwrap_or_default()
}

/// Only the author can change a comment.
pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let (_, comment) = find(fake, call)?;
    let raw = raw(&call.body)?;
    if comment.author != call.caller.nickname || comment.deleted {
        return Err(error(403, "You do not have permission to edit this comment.").into());
    }
    let shown = change(fake, comment.id, |comment| raw.clone_into(&mut comment.raw));
    fake.comment_event(&fake.state(), "pullrequest:comment_updated", &call.caller.nickname, comment.id);
    Ok(Reply::json(200, &shown))
}

/// The author and administrators can delete a comment.
pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let (pull, comment) = find(fake, call)?;
    let role = fake.state().role(&call.caller.nickname, &pull.repository);
    if comment.author != call.caller.nickname && role != Some(Role::Admin) {
        return Err(error(403, "You do not have permission to delete this comment.").into());
    }
    change(fake, comment.id, |comment| comment.deleted = true);
    fake.comment_event(&fake.state(), "pullrequest:comment_deleted", &call.caller.nickname, comment.id);
    Ok(Reply::empty(204))
}

/// Resolves the thread of a comment on a line of the diff.
pub(super) fn resolve(fake: &Inner, call: &Call) -> Answer {
    let (_, comment) = find(fake, call)?;
    if comment.parent.is_some() || comment.inline.is_null() {
        return Err(error(403, "Only top-level comments on the diff can be resolved.").into());
    }
    if comment.resolution.is_some() {
        return Err(error(409, "The comment thread is already resolved.").into());
    }
    let (by, at) = (call.caller.nickname.clone(), clock::now());
    let shown = change(fake, comment.id, |comment| comment.resolution = Some((by, at)));
    fake.comment_event(&fake.state(), "pullrequest:comment_resolved", &call.caller.nickname, comment.id);
    Ok(Reply::json(200, &json!(shown["resolution"])))
}

pub(super) fn reopen(fake: &Inner, call: &Call) -> Answer {
    let (_, comment) = find(fake, call)?;
    change(fake, comment.id, |comment| comment.resolution = None);
    fake.comment_event(&fake.state(), "pullrequest:comment_reopened", &call.caller.nickname, comment.id);
    Ok(Reply::empty(204))
}
