//! Build statuses of a commit.

use std::collections::BTreeSet;

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{Check, CheckState, Conclusion, Method};
use serde_json::{Value, json};

use crate::api::{Api, good, repository};
use crate::names;

/// The maximum number of characters of a name and a description.
const TEXT: usize = 255;

/// The state of a check. A stopped build is not a successful one, so that it does not let a pull request pass.
pub(crate) fn state(check: &Check) -> Result<&'static str, CallError> {
    Ok(match (check.state, check.conclusion) {
        (CheckState::Queued | CheckState::Running, _) => "INPROGRESS",
        (CheckState::Superseded, _) => "STOPPED",
        (CheckState::Completed, Some(Conclusion::Success)) => "SUCCESSFUL",
        (CheckState::Completed, Some(Conclusion::Failure)) => "FAILED",
        (CheckState::Completed, None) => {
            return Err(CallError::InvalidInput("a completed check has a conclusion".to_owned()));
        }
    })
}

/// The statuses of a check at a commit; none if the repository does not have the commit.
pub(crate) fn of_check(api: &Api<'_>, place: &str, check: &Check) -> Result<Option<Vec<Value>>, CallError> {
    let path = format!("{}/commit/{}/statuses?pagelen=100", repository(place), part(&check.head_sha));
    let all = api.every_found(&path, &format!("the build statuses of {} of `{place}`", check.head_sha))?;
    let prefix = format!("{}-", names::report(check));
    Ok(all.map(|all| all.into_iter().filter(|it| text(it, "/key").starts_with(&prefix)).collect()))
}

/// The status of a check for a branch; an empty name is for all branches.
fn wanted(check: &Check, url: &str, branch: &str) -> Result<Value, CallError> {
    let body = json!({
        "key": names::status(check, branch),
        "state": state(check)?,
        "name": cut(&check.name, TEXT),
        "description": cut(&check.title, TEXT),
        "url": url,
    });
    let Value::Object(mut body) = body else { return Ok(body) };
    if !branch.is_empty() {
        body.insert("refname".to_owned(), branch.into());
    }
    Ok(Value::Object(body))
}

/// Whether an existing status is the wanted one.
fn is_same(existing: &Value, wanted: &Value) -> bool {
    ["/key", "/state", "/name", "/description", "/url", "/refname"]
        .iter()
        .all(|field| text(existing, field) == text(wanted, field))
}

/// The branches that have a status, and those that need one. Statuses cannot be deleted, so all of a check are updated.
fn branches(check: &Check, existing: &[Value], sources: &BTreeSet<String>) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = existing.iter().map(|it| text(it, "/refname").to_owned()).collect();
    all.extend(sources.iter().cloned());
    if all.is_empty() && check.state != CheckState::Superseded {
        all.insert(String::new());
    }
    all
}

/// Writes the statuses that differ. `sources` are the source branches of the pull requests with this head.
pub(crate) fn write(
    api: &Api<'_>,
    place: &str,
    check: &Check,
    url: &str,
    existing: &[Value],
    sources: &BTreeSet<String>,
) -> Result<(), CallError> {
    let path = format!("{}/commit/{}/statuses/build", repository(place), part(&check.head_sha));
    for branch in branches(check, existing, sources) {
        let body = wanted(check, url, &branch)?;
        if existing.iter().any(|it| is_same(it, &body)) {
            continue;
        }
        // A status with the same key is overwritten.
        let answer = api.write(Method::Post, &path, &body)?;
        good(answer, &format!("the build status of {} of `{place}`", check.head_sha))?;
    }
    Ok(())
}

/// What is not as published, without who changed it: Bitbucket does not record it.
pub(crate) fn changed(check: &Check, url: &str, existing: &[Value]) -> Result<Vec<String>, CallError> {
    let commit = names::short(&check.head_sha);
    if existing.is_empty() && check.state != CheckState::Superseded {
        return Ok(vec![format!("the build status of `{commit}` is missing")]);
    }
    let mut changes = Vec::new();
    for it in existing {
        let wanted = wanted(check, url, text(it, "/refname"))?;
        let field = |name: &str| text(it, name) != text(&wanted, name);
        if field("/state") {
            changes.push(format!(
                "the build status of `{commit}` was set to `{}` by another user, whom Bitbucket does not record",
                text(it, "/state")
            ));
        } else if field("/description") || field("/url") || field("/name") {
            changes.push(format!(
                "the text or the link of the build status of `{commit}` is not the published one; Bitbucket does not \
                 record who changed it"
            ));
        }
    }
    changes.dedup();
    Ok(changes)
}
