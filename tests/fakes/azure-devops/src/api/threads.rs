//! Threads of pull requests, and their comments.

use palisade_fake_host::{Reply, clock};
use serde_json::{Map, Value, json};

use super::{Answer, Call, contributor, pull, text};
use crate::Inner;
use crate::payload::Event;
use crate::reply::{absent, forbidden, invalid, list as listed};
use crate::state::{Comment, Pull, Thread};

/// The number of characters that a comment may have. It is not documented: the number is that of reports about refused
/// comments.
const LONGEST: usize = 150_000;

/// The statuses of a thread (REST API 7.1, "Pull Request Threads - Create", `CommentThreadStatus`).
const STATUSES: &[&str] = &["unknown", "active", "fixed", "wontFix", "closed", "byDesign", "pending"];

fn find<'a>(pull: &'a mut Pull, call: &Call) -> Result<&'a mut Thread, Reply> {
    let id = call.number("threadId");
    pull.threads.iter_mut().find(|one| one.id == id).ok_or_else(|| absent("The thread"))
}

fn content(body: &Value) -> Result<&str, Reply> {
    let content = text(body, "content");
    if content.trim().is_empty() {
        return Err(invalid("The comment has no content."));
    }
    if content.chars().count() > LONGEST {
        return Err(invalid(&format!("The comment must not have more than {LONGEST} characters.")));
    }
    Ok(content)
}

/// The comment of a body; `id` is its number.
fn comment_of(body: &Value, id: u64, author: &str) -> Result<Comment, Reply> {
    Ok(Comment {
        id,
        parent: body["parentCommentId"].as_u64().unwrap_or(0),
        author: author.to_owned(),
        content: content(body)?.to_owned(),
        deleted: false,
        created_at: clock::now(),
        updated_at: clock::now(),
    })
}

/// Properties in the form of responses: each value with the name of its type (REST API 7.1, "Pull Request Threads -
/// List", the sample response).
fn properties(given: &Value) -> Map<String, Value> {
    let member = |(name, value): (&String, &Value)| {
        let value = value.get("$value").unwrap_or(value);
        let kind = match value {
            Value::Number(_) => "System.Int32",
            Value::Bool(_) => "System.Boolean",
            _ => "System.String",
        };
        let value = if kind == "System.String" && !value.is_string() {
            json!(value.to_string())
        } else {
            value.clone()
        };
        (name.clone(), json!({ "$type": kind, "$value": value }))
    };
    given.as_object().into_iter().flatten().map(member).collect()
}

/// The place of a thread: a path from the root, and lines and offsets from 1.
fn place(context: &Value) -> Result<(), Reply> {
    if context.is_null() {
        return Ok(());
    }
    if !text(context, "filePath").starts_with('/') {
        return Err(invalid("The path of the file must begin with a slash."));
    }
    for side in ["left", "right"] {
        let position = |end: &str| &context[format!("{side}File{end}")];
        let (start, end) = (position("Start"), position("End"));
        if start.is_null() && end.is_null() {
            continue;
        }
        let at = |one: &Value| {
            one["line"].as_u64().zip(one["offset"].as_u64()).filter(|(line, offset)| *line > 0 && *offset > 0)
        };
        match (at(start), at(end)) {
            (Some(start), Some(end)) if start <= end => {}
            _ => return Err(invalid("The lines and offsets of the position are not valid.")),
        }
    }
    Ok(())
}

fn status(body: &Value) -> Result<Option<String>, Reply> {
    match &body["status"] {
        Value::Null => Ok(None),
        Value::String(name) if STATUSES.contains(&name.as_str()) => Ok(Some(name.clone())),
        Value::Number(number) => {
            let known = number.as_u64().and_then(|it| STATUSES.get(usize::try_from(it).ok()?));
            known.map(|name| Some((*name).to_owned())).ok_or_else(|| invalid("The status is not known."))
        }
        _ => Err(invalid("The status is not known.")),
    }
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let found = pull(&mut state, call)?.clone();
    Ok(listed(&found.threads.iter().map(|one| fake.thread(&state, &found, one)).collect::<Vec<_>>()))
}

/// The response with a thread.
fn shown(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let mut found = pull(&mut state, call)?.clone();
    let thread = find(&mut found, call)?.clone();
    Ok(Reply::json(200, &fake.thread(&state, &found, &thread)))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    shown(fake, call)
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let body = &call.body;
    let author = &call.caller.user;
    place(&body["threadContext"])?;
    let comments = body["comments"].as_array().into_iter().flatten();
    let comments: Vec<Comment> =
        comments.zip(1..).map(|(one, id)| comment_of(one, id, author)).collect::<Result<_, _>>()?;
    if comments.is_empty() {
        return Err(invalid("The thread has no comment."));
    }
    let status = status(body)?.unwrap_or_else(|| "unknown".to_owned());
    let (reply, id, thread) = {
        let mut state = fake.state();
        contributor(&state, call, "PullRequestContribute")?;
        let thread = state.next();
        let found = pull(&mut state, call)?;
        found.threads.push(Thread {
            id: thread,
            status,
            comments,
            context: body["threadContext"].clone(),
            pull_context: body["pullRequestThreadContext"].clone(),
            properties: properties(&body["properties"]),
            created_at: clock::now(),
            updated_at: clock::now(),
        });
        let found = found.clone();
        let reply = Reply::json(200, &fake.thread(&state, &found, &found.threads[found.threads.len() - 1]));
        (reply, found.id, thread)
    };
    fake.emit(&Event::Comment {
        pull: id,
        thread,
        comment: 1,
        action: "commented on",
        actor: author.clone(),
    });
    Ok(reply)
}

/// Status and properties can be changed. Anyone who may contribute to pull requests may change the status of any thread
/// (learn.microsoft.com, "Review pull requests", section "Use comments").
pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let status = status(&call.body)?;
    {
        let mut state = fake.state();
        contributor(&state, call, "PullRequestContribute")?;
        let thread = find(pull(&mut state, call)?, call)?;
        if let Some(status) = status {
            thread.status = status;
        }
        thread.properties.extend(properties(&call.body["properties"]));
        thread.updated_at = clock::now();
    }
    shown(fake, call)
}

pub(super) fn comments(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let thread = find(pull(&mut state, call)?, call)?.clone();
    Ok(listed(&thread.comments.iter().map(|one| fake.comment(&state, one)).collect::<Vec<_>>()))
}

pub(super) fn comment(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let thread = find(pull(&mut state, call)?, call)?.clone();
    let found = thread.comments.iter().find(|one| one.id == call.number("commentId"));
    let found = found.ok_or_else(|| absent("The comment"))?;
    Ok(Reply::json(200, &fake.comment(&state, found)))
}

pub(super) fn reply(fake: &Inner, call: &Call) -> Answer {
    let author = call.caller.user.clone();
    let (reply, event) = {
        let mut state = fake.state();
        contributor(&state, call, "PullRequestContribute")?;
        let found = pull(&mut state, call)?;
        let id = found.id;
        let thread = find(found, call)?;
        let new = comment_of(&call.body, thread.comments.len() as u64 + 1, &author)?;
        thread.comments.push(new.clone());
        thread.updated_at = clock::now();
        let (thread, comment) = (thread.id, new.id);
        let event = Event::Comment { pull: id, thread, comment, action: "commented on", actor: author };
        (Reply::json(200, &fake.comment(&state, &new)), event)
    };
    fake.emit(&event);
    Ok(reply)
}

/// Changes a comment of the caller: those of others cannot be edited or deleted (learn.microsoft.com, "Review pull
/// requests", section "Use comments").
fn change(fake: &Inner, call: &Call, what: impl FnOnce(&mut Comment)) -> Result<(Comment, u64, u64), Reply> {
    let mut state = fake.state();
    let user = contributor(&state, call, "PullRequestContribute")?;
    let found = pull(&mut state, call)?;
    let id = found.id;
    let thread = find(found, call)?;
    let number = call.number("commentId");
    let comment = thread.comments.iter_mut().find(|one| one.id == number && !one.deleted);
    let comment = comment.ok_or_else(|| absent("The comment"))?;
    if comment.author != user.name {
        return Err(forbidden(&user.id, "EditComment"));
    }
    what(comment);
    comment.updated_at = clock::now();
    let comment = comment.clone();
    thread.updated_at = clock::now();
    Ok((comment, id, thread.id))
}

pub(super) fn edit(fake: &Inner, call: &Call) -> Answer {
    let new = content(&call.body)?.to_owned();
    let (comment, pull, thread) = change(fake, call, |one| one.content = new)?;
    let reply = Reply::json(200, &fake.comment(&fake.state(), &comment));
    let actor = call.caller.user.clone();
    fake.emit(&Event::Comment { pull, thread, comment: comment.id, action: "edited a comment on", actor });
    Ok(reply)
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    change(fake, call, |one| one.deleted = true)?;
    Ok(Reply::empty(200))
}
