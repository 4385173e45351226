//! A status of each pull request, on the iteration whose source commit is the head.
//!
//! <https://learn.microsoft.com/azure/devops/repos/git/pull-request-status>. A status belongs to an iteration, so that
//! the state of an older head never counts for a newer one. A new status of the same context replaces the older one. The
//! conclusion is written last: an interrupted attempt is still pending, and is continued at the next one.

use palisade_sdk::CallError;
use palisade_sdk::provider::comment::code;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::pull_number;
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{Check, CheckLimits, CheckState, Conclusion, Method, Published};
use serde_json::{Value, json};

use crate::api::{Api, User, git, user_name, web};
use crate::pulls::{iteration_id, iterations};
use crate::threads;
use crate::words::{STATE, word};

/// The genre of our statuses.
pub(crate) const GENRE: &str = "palisade";

/// Characters of the description of a status.
const DESCRIPTION: usize = 255;

/// The limits of a check. A comment has at most 150,000 characters; each annotation is a thread, which takes a request.
pub(crate) const LIMITS: CheckLimits =
    CheckLimits { title: 255, summary: 65_535, message: 30_000, annotations: 100 };

/// A pull request with the iteration of a head.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    pull: String,
    iteration: u64,
    /// Whether no later iteration exists: the threads are those of the latest head.
    is_latest: bool,
    /// Whether the pull request has this head now. Otherwise it may be closed or deleted.
    is_current: bool,
}

/// The handle of a check: a pull request and an iteration, separated by a slash, for each pull request.
fn handle(targets: &[Target]) -> String {
    let all: Vec<String> = targets.iter().map(|it| format!("{}/{}", it.pull, it.iteration)).collect();
    all.join(" ")
}

/// The pull requests and iterations of a handle.
fn of_handle(handle: Option<&str>) -> Vec<(String, u64)> {
    let entry = |it: &str| {
        let (pull, iteration) = it.split_once('/')?;
        Some((pull_number(pull).ok()?.to_owned(), iteration.parse().ok()?))
    };
    handle.unwrap_or_default().split(' ').filter_map(entry).collect()
}

/// The iteration of a head, and whether it is the latest one. A new target branch makes an iteration with the same head.
fn iteration_of(all: &[Value], head: &str) -> Option<(u64, bool)> {
    let last = all.last().map(iteration_id)?;
    let found = all.iter().rev().find(|it| text(it, "/sourceRefCommit/commitId") == head)?;
    Some((iteration_id(found), iteration_id(found) == last))
}

/// The places of a check: the open pull requests with its head, and those where it was published before, whose head may
/// be another one now.
fn targets(api: &Api<'_>, repository: &str, check: &Check) -> Result<Vec<Target>, CallError> {
    let published = of_handle(check.previous_handle.as_deref());
    let is_superseded = check.state == CheckState::Superseded;
    let mut targets = Vec::new();
    for pull in &check.pulls {
        // With another target branch, the head has a later iteration, which belongs to a newer check.
        if is_superseded && published.iter().any(|(known, _)| known == pull) {
            continue;
        }
        match iteration_of(&iterations(api, repository, pull)?, &check.head_sha) {
            Some((iteration, is_latest)) => {
                targets.push(Target { pull: pull.clone(), iteration, is_latest, is_current: true });
            }
            None if is_superseded => {}
            // A new push does not make an iteration at once.
            None => {
                return Err(CallError::Unavailable(format!(
                    "pull request {pull} of `{repository}` has no iteration with commit {} yet",
                    check.head_sha
                )));
            }
        }
    }
    for (pull, iteration) in published {
        if is_superseded || !check.pulls.contains(&pull) {
            targets.push(Target { pull, iteration, is_latest: false, is_current: false });
        }
    }
    Ok(targets)
}

/// The state of a status. `notApplicable` would let a policy pass.
fn state(check: &Check) -> Result<&'static str, CallError> {
    match (check.state, check.conclusion) {
        (CheckState::Queued | CheckState::Running, _) => Ok("pending"),
        (CheckState::Completed, Some(Conclusion::Success)) => Ok("succeeded"),
        (CheckState::Completed, Some(Conclusion::Failure)) => Ok("failed"),
        (CheckState::Completed, None) => {
            Err(CallError::InvalidInput("a completed check has a conclusion".to_owned()))
        }
        (CheckState::Superseded, _) => Ok("error"),
    }
}

fn description(check: &Check) -> String {
    let title = if check.title.is_empty() { &check.name } else { &check.title };
    cut(title, DESCRIPTION)
}

/// The latest status of a check that counts for an iteration: of the iteration, or of the pull request as a whole.
fn current<'a>(all: &'a [Value], name: &str, iteration: u64) -> Option<&'a Value> {
    let counts = |it: &&Value| {
        let of = it.get("iterationId").and_then(Value::as_u64).unwrap_or(0);
        text(it, "/context/genre") == GENRE
            && text(it, "/context/name") == name
            && (of == 0 || of == iteration)
    };
    all.iter().filter(counts).max_by_key(|it| it.get("id").and_then(Value::as_u64))
}

/// The statuses of a pull request, of all its iterations.
fn statuses(api: &Api<'_>, repository: &str, pull: &str) -> Result<Vec<Value>, CallError> {
    let place = format!("{}/pullRequests/{}/statuses", git(repository)?, pull_number(pull)?);
    let what = format!("the statuses of pull request {pull} of `{repository}`");
    let answer = api.found(api.get(&place)?, &what)?;
    let answer = answer.ok_or_else(|| CallError::InvalidInput(format!("{what} were not found")))?;
    Ok(answer.list("value").to_vec())
}

/// Whether a status is the requested one, written by us.
fn is_written(status: &Value, user: &User, check: &Check, state: &str) -> bool {
    user.is(status, "/createdBy/id")
        && word(status, "/state", STATE) == state
        && text(status, "/description") == description(check)
        && text(status, "/targetUrl") == check.details_url
}

/// Whether a superseded check must be visible: its status is still that of the iteration, or an older iteration has
/// none. The status of another check is left as it is.
fn replaces(current: Option<&Value>, user: &User, check: &Check, target: &Target) -> bool {
    match current {
        Some(status) => !user.is(status, "/createdBy/id") || text(status, "/targetUrl") == check.details_url,
        None => !target.is_latest,
    }
}

fn write_status(
    api: &Api<'_>,
    repository: &str,
    target: &Target,
    user: &User,
    check: &Check,
) -> Result<(), CallError> {
    let state = state(check)?;
    let all = statuses(api, repository, &target.pull)?;
    let current = current(&all, &check.name, target.iteration);
    if current.is_some_and(|it| is_written(it, user, check, state))
        || (check.state == CheckState::Superseded && !replaces(current, user, check, target))
    {
        return Ok(());
    }
    let mut body = json!({
        "state": state,
        "description": description(check),
        "context": { "name": check.name, "genre": GENRE },
    });
    if let Some(fields) = body.as_object_mut()
        && !check.details_url.is_empty()
    {
        fields.insert("targetUrl".to_owned(), check.details_url.as_str().into());
    }
    let place =
        format!("{}/pullRequests/{}/iterations/{}/statuses", git(repository)?, target.pull, target.iteration);
    let what = format!("a status of pull request {} of `{repository}`", target.pull);
    api.good(api.write(Method::Post, &place, &body)?, &what).map(drop)
}

pub(crate) fn publish(api: &Api<'_>, repository: &str, check: &Check) -> Result<Published, CallError> {
    state(check)?;
    let targets = targets(api, repository, check)?;
    let user = if targets.is_empty() { None } else { Some(api.user()?) };
    for (target, user) in targets.iter().zip(user.iter().cycle()) {
        if target.is_latest && check.state == CheckState::Completed {
            threads::publish(api, repository, &target.pull, user, check)?;
        }
        match write_status(api, repository, target, user, check) {
            // A closed or deleted pull request has nothing to replace.
            Err(CallError::InvalidInput(_)) if !target.is_current => {}
            other => other?,
        }
    }
    let page = web(api, repository)?;
    let web_url = match targets.first() {
        Some(first) => format!("{page}/pullrequest/{}", first.pull),
        None => format!("{page}/commit/{}", check.head_sha),
    };
    let shown = if targets.iter().any(|it| it.is_latest) { check.annotations.len() } else { 0 };
    Ok(Published { handle: handle(&targets), accepted: u32::try_from(shown).unwrap_or(u32::MAX), web_url })
}

/// Whether our latest status on an iteration is that of another check of the same name.
fn is_replaced(all: &[Value], user: &User, check: &Check, iteration: u64) -> bool {
    let ours: Vec<Value> = all.iter().filter(|it| user.is(it, "/createdBy/id")).cloned().collect();
    current(&ours, &check.name, iteration).is_some_and(|it| text(it, "/targetUrl") != check.details_url)
}

/// What others have changed in the status on an iteration.
fn inspect_status(all: &[Value], user: &User, check: &Check, iteration: u64) -> Option<String> {
    let short = cut(&check.head_sha, 8);
    match current(all, &check.name, iteration) {
        None => Some(format!("the status of `{short}` was deleted")),
        Some(status) if !user.is(status, "/createdBy/id") => Some(format!(
            "the status of `{short}` was set to `{}` by {}",
            word(status, "/state", STATE),
            code(user_name(status, "/createdBy"))
        )),
        Some(_) => None,
    }
}

pub(crate) fn inspect(api: &Api<'_>, repository: &str, check: &Check) -> Result<Vec<String>, CallError> {
    let published = of_handle(check.previous_handle.as_deref());
    let mut found = Vec::new();
    let user = if check.pulls.is_empty() { None } else { Some(api.user()?) };
    for (pull, user) in check.pulls.iter().zip(user.iter().cycle()) {
        let iteration = match published.iter().find(|(known, _)| known == pull) {
            Some((_, iteration)) => Some(*iteration),
            None => iteration_of(&iterations(api, repository, pull)?, &check.head_sha).map(|(id, _)| id),
        };
        // Without an iteration, the check was not published there yet.
        let Some(iteration) = iteration else { continue };
        let all = statuses(api, repository, pull)?;
        if is_replaced(&all, user, check, iteration) {
            continue;
        }
        found.extend(inspect_status(&all, user, check, iteration));
        if check.state == CheckState::Completed {
            found.extend(threads::inspect(api, repository, pull, user, check)?);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(state: CheckState) -> Check {
        Check {
            external_id: "e".to_owned(),
            owner: "o".to_owned(),
            pulls: vec!["1".to_owned()],
            head_sha: "0123456789abcdef".to_owned(),
            name: "Check".to_owned(),
            state,
            conclusion: None,
            details_url: "https://p.example/checks/1".to_owned(),
            title: "title".to_owned(),
            summary: String::new(),
            annotations: Vec::new(),
            previous_handle: None,
        }
    }

    fn status(id: u64, iteration: Option<u64>, user: &str, state: &str, url: &str) -> Value {
        json!({
            "id": id, "iterationId": iteration, "state": state, "description": "title", "targetUrl": url,
            "context": { "genre": "palisade", "name": "Check" },
            "createdBy": { "id": user, "uniqueName": format!("{user}@example.com") },
        })
    }

    #[test]
    fn a_handle_names_iterations() {
        let target = |pull: &str, iteration| Target {
            pull: pull.to_owned(),
            iteration,
            is_latest: true,
            is_current: true,
        };
        let written = handle(&[target("7", 2), target("9", 1)]);
        assert_eq!(written, "7/2 9/1");
        assert_eq!(of_handle(Some(&written)), [("7".to_owned(), 2), ("9".to_owned(), 1)]);
        for other in ["", "7", "x/1", "7/x", "/", "7/1/2"] {
            assert_eq!(of_handle(Some(other)), [], "{other}");
        }
    }

    #[test]
    fn the_latest_iteration_of_a_head() {
        let all: Vec<Value> = [(1, "a"), (2, "b"), (3, "b"), (4, "c")]
            .map(|(id, head)| json!({ "id": id, "sourceRefCommit": { "commitId": head } }))
            .into();
        for (head, expected) in
            [("a", Some((1, false))), ("b", Some((3, false))), ("c", Some((4, true))), ("d", None)]
        {
            assert_eq!(iteration_of(&all, head), expected, "{head}");
        }
        assert_eq!(iteration_of(&[], "a"), None);
    }

    #[test]
    fn a_superseded_check_leaves_the_status_of_another_check() {
        let user = User { id: "me".to_owned(), name: String::new() };
        let check = check(CheckState::Superseded);
        let (own, other) = ("https://p.example/checks/1", "https://p.example/checks/2");
        for (what, status, is_latest, expected) in [
            ("its own", Some(status(1, Some(2), "me", "pending", own)), true, true),
            ("of a newer check", Some(status(1, Some(2), "me", "succeeded", other)), true, false),
            ("of another user", Some(status(1, Some(2), "mallory", "succeeded", other)), false, true),
            ("none on an older iteration", None, false, true),
            ("none on the latest iteration", None, true, false),
        ] {
            let target = Target { pull: "1".to_owned(), iteration: 2, is_latest, is_current: true };
            assert_eq!(replaces(status.as_ref(), &user, &check, &target), expected, "{what}");
        }
    }

    #[test]
    fn the_latest_status_counts() {
        let user = User { id: "me".to_owned(), name: String::new() };
        let check = check(CheckState::Running);
        let url = "https://p.example/checks/1";
        let ours = status(1, Some(2), "me", "pending", url);
        for (what, all, expected) in [
            ("unchanged", vec![ours.clone()], None),
            (
                "of another iteration",
                vec![ours.clone(), status(2, Some(3), "mallory", "succeeded", "")],
                None,
            ),
            (
                "overwritten",
                vec![ours.clone(), status(2, Some(2), "mallory", "succeeded", "")],
                Some("the status of `01234567` was set to `succeeded` by `mallory@example.com`"),
            ),
            (
                "of the pull request as a whole",
                vec![status(2, None, "mallory", "succeeded", ""), ours.clone()],
                Some("the status of `01234567` was set to `succeeded` by `mallory@example.com`"),
            ),
            ("deleted", vec![], Some("the status of `01234567` was deleted")),
        ] {
            assert_eq!(inspect_status(&all, &user, &check, 2).as_deref(), expected, "{what}");
        }
        let newer = status(2, Some(2), "me", "succeeded", "https://p.example/checks/2");
        assert!(is_replaced(&[ours.clone(), newer], &user, &check, 2));
        let other = status(2, Some(2), "mallory", "succeeded", "");
        assert!(!is_replaced(&[ours.clone(), other], &user, &check, 2));
        assert!(is_written(&ours, &user, &check, "pending"));
        assert!(!is_written(&ours, &user, &check, "succeeded"));
    }
}
