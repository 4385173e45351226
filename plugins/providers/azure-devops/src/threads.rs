//! Threads of a pull request: one for each violation, and one summary.
//!
//! <https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads>

use palisade_sdk::CallError;
use palisade_sdk::provider::comment::{self, Comment, SUMMARY};
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{Annotation, Check, Method};
use serde_json::{Value, json};

use crate::api::{Api, User, git, user_name};
use crate::words::{THREAD, word};

/// Names of the properties of our threads.
const OWNER: &str = "palisade.owner";
const KEY: &str = "palisade.key";

/// A property of a thread: its value, or an object with its type and value.
fn property<'a>(thread: &'a Value, name: &str) -> &'a str {
    let value = thread.get("properties").and_then(|it| it.get(name)).unwrap_or(&Value::Null);
    match text(value, "") {
        "" => text(value, "/$value"),
        value => value,
    }
}

/// A thread of the integration; none for those of others, and for deleted ones. Only the author can edit a comment, so
/// its mark takes precedence over the properties.
fn ours(thread: &Value, user: &User, owner: &str) -> Option<Comment> {
    let first = thread.pointer("/comments/0")?;
    if flag(thread, "/isDeleted") || flag(first, "/isDeleted") || !user.is(first, "/author/id") {
        return None;
    }
    let body = text(first, "/content").replace("\r\n", "\n");
    let key = match comment::key(owner, &body) {
        Some(key) => key.to_owned(),
        None if property(thread, OWNER) == owner => property(thread, KEY).to_owned(),
        None => return None,
    };
    (!key.is_empty()).then(|| Comment {
        // The thread, and its first comment.
        id: format!("{}/comments/{}", id(thread, "/id"), id(first, "/id")),
        key,
        body,
        resolved: matches!(word(thread, "/status", THREAD), "fixed" | "wontFix" | "closed" | "byDesign"),
    })
}

/// The threads of the integration, with their responses.
fn read(
    api: &Api<'_>,
    repository: &str,
    pull: &str,
    user: &User,
    owner: &str,
) -> Result<Vec<(Comment, Value)>, CallError> {
    let place = format!("{}/pullRequests/{}/threads", git(repository)?, part(pull));
    let what = format!("the threads of pull request {pull} of `{repository}`");
    let answer = api.good(api.get(&place)?, &what)?;
    let all = answer.list("value").iter();
    Ok(all.filter_map(|it| ours(it, user, owner).map(|comment| (comment, it.clone()))).collect())
}

/// The thread id of a comment.
fn thread_of(comment: &Comment) -> &str {
    comment.id.split('/').next().unwrap_or_default()
}

/// A new thread with our properties.
fn thread(body: &str, owner: &str, key: &str) -> Value {
    json!({
        "comments": [{ "parentCommentId": 0, "content": body, "commentType": "text" }],
        "properties": { OWNER: owner, KEY: key },
    })
}

/// The thread of a violation, at the lines of the new file. Lines and offsets begin with 1.
fn discussion(owner: &str, it: &Annotation) -> Value {
    let mut thread = thread(&comment::discussion(owner, it), owner, &it.key);
    let line = it.line.max(1);
    if let Some(fields) = thread.as_object_mut() {
        fields.insert("status".to_owned(), "active".into());
        fields.insert(
            "threadContext".to_owned(),
            json!({
                "filePath": format!("/{}", it.path.trim_start_matches('/')),
                "rightFileStart": { "line": line, "offset": 1 },
                "rightFileEnd": { "line": it.end_line.max(line), "offset": 1 },
            }),
        );
    }
    thread
}

/// Writes the requested threads: what exists is read first, and only what differs is written.
pub(crate) fn publish(
    api: &Api<'_>,
    repository: &str,
    pull: &str,
    user: &User,
    check: &Check,
) -> Result<(), CallError> {
    let place = format!("{}/pullRequests/{}/threads", git(repository)?, part(pull));
    let what = format!("a thread of pull request {pull} of `{repository}`");
    let write = |method: Method, path: &str, body: &Value| -> Result<(), CallError> {
        api.good(api.write(method, path, body)?, &what).map(drop)
    };
    let existing = read(api, repository, pull, user, &check.owner)?;
    let comments: Vec<Comment> = existing.into_iter().map(|(comment, _)| comment).collect();
    let plan = comment::plan(check, &check.annotations, &comments);
    for it in plan.create {
        write(Method::Post, &place, &discussion(&check.owner, it))?;
    }
    for (comment, it) in plan.update {
        let body = json!({ "content": comment::discussion(&check.owner, it) });
        write(Method::Patch, &format!("{place}/{}", comment.id), &body)?;
    }
    for (comments, status) in [(plan.reopen, "active"), (plan.resolve, "fixed")] {
        for comment in comments {
            let body = json!({ "status": status });
            write(Method::Patch, &format!("{place}/{}", thread_of(comment)), &body)?;
        }
    }
    let there = comments.iter().find(|it| it.key == SUMMARY);
    if let Some(body) = comment::summary(check, there) {
        match there {
            Some(comment) => {
                write(Method::Patch, &format!("{place}/{}", comment.id), &json!({ "content": body }))?;
            }
            // Without a status, a thread does not count as an unresolved comment.
            None => write(Method::Post, &place, &thread(&body, &check.owner, SUMMARY))?,
        }
    }
    Ok(())
}

/// Who resolved a thread. The API does not report it, so the last other user in the thread is named as such.
fn resolver(thread: &Value, user: &User) -> String {
    let comments = thread.get("comments").and_then(Value::as_array);
    let mut others = comments.into_iter().flatten().filter(|it| !user.is(it, "/author/id"));
    match others.next_back().map(|it| user_name(it, "/author")) {
        None | Some("") => "another user (Azure DevOps does not report who)".to_owned(),
        Some(name) => format!("another user (the last one in the thread is {})", comment::code(name)),
    }
}

/// A violation in a sentence.
fn named(it: &Annotation) -> String {
    format!("{} at {} line {}", comment::code(&it.title), comment::code(&it.path), it.line)
}

/// What others have changed in the threads of a check, in Markdown.
pub(crate) fn inspect(
    api: &Api<'_>,
    repository: &str,
    pull: &str,
    user: &User,
    check: &Check,
) -> Result<Vec<String>, CallError> {
    let existing = read(api, repository, pull, user, &check.owner)?;
    let comments: Vec<Comment> = existing.iter().map(|(comment, _)| comment.clone()).collect();
    let plan = comment::plan(check, &check.annotations, &comments);
    let mut found = Vec::new();
    for it in &plan.create {
        found.push(format!("the thread for {} was deleted", named(it)));
    }
    for (_, it) in &plan.update {
        found.push(format!("the thread for {} was changed", named(it)));
    }
    for comment in &plan.reopen {
        let thread = existing.iter().find(|(it, _)| it.id == comment.id).map(|(_, thread)| thread);
        let title = check.annotations.iter().find(|it| it.key == comment.key).map(named);
        found.push(format!(
            "the thread for {} was set to `{}` by {} while the violation is present",
            title.unwrap_or_default(),
            thread.map(|it| word(it, "/status", THREAD)).unwrap_or_default(),
            thread.map(|it| resolver(it, user)).unwrap_or_default()
        ));
    }
    let there = comments.iter().find(|it| it.key == SUMMARY);
    if comment::summary(check, there).is_some() {
        let what = if there.is_some() { "changed" } else { "deleted" };
        found.push(format!("the summary of pull request {pull} was {what}"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_threads_of_our_user_are_ours() {
        let user = User { id: "u-1".to_owned(), name: String::new() };
        let body = "text\n\n[palisade]: # (o/k)";
        let typed =
            json!({ "palisade.owner": { "$type": "System.String", "$value": "o" }, "palisade.key": "k" });
        for (what, author, content, properties, status, deleted, expected) in [
            ("a mark", "U-1", body, json!({}), json!("active"), false, Some(("k", false))),
            ("a number", "u-1", body, json!({}), json!(2), false, Some(("k", true))),
            ("pending", "u-1", body, json!({}), json!("pending"), false, Some(("k", false))),
            ("properties", "u-1", "edited", typed.clone(), json!("closed"), false, Some(("k", true))),
            ("of another user", "u-2", body, typed, json!("active"), false, None),
            ("deleted", "u-1", body, json!({}), json!("active"), true, None),
            ("of another integration", "u-1", "[palisade]: # (p/k)", json!({}), json!("active"), false, None),
            ("another comment", "u-1", "text", json!(null), json!(null), false, None),
        ] {
            let thread = json!({
                "id": 5, "status": status, "properties": properties, "isDeleted": deleted,
                "comments": [{ "id": 1, "content": content, "author": { "id": author } }],
            });
            let found = ours(&thread, &user, "o");
            let found = found.as_ref().map(|it| (it.key.as_str(), it.resolved));
            assert_eq!(found, expected, "{what}");
        }
        assert_eq!(ours(&json!({ "comments": [] }), &user, "o"), None);
    }
}
