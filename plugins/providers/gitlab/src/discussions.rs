//! Discussions of a check on the lines of a merge request, and its summary.
//! <https://docs.gitlab.com/api/discussions/>, <https://docs.gitlab.com/api/notes/>

use palisade_sdk::CallError;
use palisade_sdk::provider::comment::{self, Comment};
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{Annotation, Check, Method};
use serde_json::{Value, json};

use crate::api::{Api, good, merge_request, reason};
use crate::position;

/// A discussion of this program.
pub(crate) struct Thread {
    /// Its comment, whose ID is the one of the note.
    pub(crate) comment: Comment,
    /// The ID of the discussion.
    id: String,
    /// The name of the user who resolved it; empty if it is not resolved.
    pub(crate) resolved_by: String,
}

/// A discussion of this integration; none if another user began it. Anyone can write the mark of one.
fn thread(it: &Value, owner: &str, user: &str) -> Option<Thread> {
    let first = it.pointer("/notes/0")?;
    let body = text(first, "/body");
    let key = comment::key(owner, body).filter(|_| id(first, "/author/id") == user)?;
    let notes = it.get("notes").and_then(Value::as_array).into_iter().flatten();
    let mut resolvable = notes.filter(|it| flag(it, "/resolvable")).peekable();
    let is_resolvable = resolvable.peek().is_some();
    Some(Thread {
        comment: Comment {
            id: id(first, "/id"),
            key: key.to_owned(),
            body: body.to_owned(),
            resolved: is_resolvable && resolvable.all(|it| flag(it, "/resolved")),
        },
        id: text(it, "/id").to_owned(),
        resolved_by: text(first, "/resolved_by/username").to_owned(),
    })
}

/// The discussions and the summary of an integration on a merge request.
pub(crate) fn read(
    api: &Api<'_>,
    repository: &str,
    number: &str,
    owner: &str,
    user: &str,
) -> Result<Vec<Thread>, CallError> {
    let path = format!("{}/discussions?per_page=100", merge_request(repository, number)?);
    let all = api.every(&path, &format!("the discussions of merge request {number} of `{repository}`"))?;
    Ok(all.iter().filter_map(|it| thread(it, owner, user)).collect())
}

/// A merge request to write to.
struct Writer<'a, 'b> {
    api: &'a Api<'b>,
    path: String,
    what: String,
}

impl Writer<'_, '_> {
    /// Creates a discussion on a line.
    fn create(&self, check: &Check, it: &Annotation, position: &Value) -> Result<(), CallError> {
        let body = json!({ "body": comment::discussion(&check.owner, it), "position": position });
        let answer = self.api.write(Method::Post, &format!("{}/discussions", self.path), &body)?;
        // GitLab has no lines of files whose diff is too large: the summary has this violation.
        if answer.status == 400 && reason(&answer).contains("line_code") {
            return Ok(());
        }
        good(answer, &format!("a discussion on {}", self.what)).map(drop)
    }

    /// Changes the text of a note.
    fn edit(&self, note: &str, body: &str) -> Result<(), CallError> {
        let path = format!("{}/notes/{}", self.path, part(note));
        let answer = self.api.write(Method::Put, &path, &json!({ "body": body }))?;
        good(answer, &format!("a comment on {}", self.what)).map(drop)
    }

    /// Resolves or reopens a discussion.
    fn resolve(&self, thread: &Thread, is_resolved: bool) -> Result<(), CallError> {
        let path = format!("{}/discussions/{}", self.path, part(&thread.id));
        let answer = self.api.write(Method::Put, &path, &json!({ "resolved": is_resolved }))?;
        good(answer, &format!("a discussion on {}", self.what)).map(drop)
    }
}

/// The annotations that have or can have a discussion, and the positions of those that have none yet. Without new ones,
/// the diff is not read.
fn placed(
    writer: &Writer<'_, '_>,
    merge: &Value,
    check: &Check,
    existing: &[Comment],
) -> Result<Vec<(Annotation, Value)>, CallError> {
    let has = |it: &Annotation| existing.iter().any(|comment| comment.key == it.key);
    if !comment::has_results(check) || check.annotations.iter().all(has) {
        return Ok(check.annotations.iter().map(|it| (it.clone(), Value::Null)).collect());
    }
    let refs = merge.get("diff_refs").unwrap_or(&Value::Null);
    if text(refs, "/head_sha") != check.head_sha {
        return Err(CallError::Unavailable(format!("GitLab still prepares the diff of {}", writer.what)));
    }
    let diffs = writer
        .api
        .every(&format!("{}/diffs?per_page=100", writer.path), &format!("the diff of {}", writer.what))?;
    let files = position::files(&diffs);
    let place = |it: &Annotation| {
        if has(it) {
            return Some((it.clone(), Value::Null));
        }
        position::position(&files, refs, it).map(|position| (it.clone(), position))
    };
    Ok(check.annotations.iter().filter_map(place).collect())
}

/// Gives a merge request the discussions and the summary of a completed check.
pub(crate) fn publish(
    api: &Api<'_>,
    repository: &str,
    merge: &Value,
    check: &Check,
    user: &str,
) -> Result<(), CallError> {
    let number = id(merge, "/iid");
    let threads = read(api, repository, &number, &check.owner, user)?;
    let existing: Vec<Comment> = threads.iter().map(|it| it.comment.clone()).collect();
    let writer = Writer {
        api,
        path: merge_request(repository, &number)?,
        what: format!("merge request {number} of `{repository}`"),
    };
    let (wanted, positions): (Vec<_>, Vec<_>) = placed(&writer, merge, check, &existing)?.into_iter().unzip();
    let plan = comment::plan(check, &wanted, &existing);
    let of = |comment: &Comment| threads.iter().find(|it| it.comment.id == comment.id);
    for it in &plan.create {
        let row = wanted.iter().position(|known| known.key == it.key);
        if let Some(position) = row.and_then(|row| positions.get(row)) {
            writer.create(check, it, position)?;
        }
    }
    for (comment, it) in &plan.update {
        writer.edit(&comment.id, &comment::discussion(&check.owner, it))?;
    }
    for thread in plan.reopen.iter().filter_map(|it| of(it)) {
        writer.resolve(thread, false)?;
    }
    for thread in plan.resolve.iter().filter_map(|it| of(it)) {
        writer.resolve(thread, true)?;
    }
    let summary = existing.iter().find(|it| it.key == comment::SUMMARY);
    match (comment::summary(check, summary), summary) {
        (None, _) => Ok(()),
        (Some(body), Some(summary)) => writer.edit(&summary.id, &body),
        (Some(body), None) => {
            let answer =
                api.write(Method::Post, &format!("{}/notes", writer.path), &json!({ "body": body }))?;
            good(answer, &format!("the summary on {}", writer.what)).map(drop)
        }
    }
}
