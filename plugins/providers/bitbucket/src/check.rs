//! Publishes a check: build statuses, a Code Insights report, and a summary on the pull request.

use std::collections::BTreeSet;

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::path;
use palisade_sdk::provider::{Check, CheckState, Published};
use serde_json::Value;

use crate::api::{self, Api, found};
use crate::{names, pulls, report, status, summary};

/// Where the commit of a check is: statuses and reports belong to a repository that has it.
struct Place {
    repository: String,
    /// The existing statuses of the check.
    statuses: Vec<Value>,
}

/// The page of a check, which a status must have.
fn url(api: &Api<'_>, repository: &str, check: &Check) -> String {
    if check.details_url.is_empty() { commit_url(api, repository, check) } else { check.details_url.clone() }
}

fn commit_url(api: &Api<'_>, repository: &str, check: &Check) -> String {
    format!("{}/{}/commits/{}", api.settings.web, path(repository), path(&check.head_sha))
}

/// The pull requests of a check that exist, with their numbers.
fn pulls<'a>(api: &Api<'_>, repository: &str, check: &'a Check) -> Result<Vec<(&'a str, Value)>, CallError> {
    let mut all = Vec::new();
    for number in &check.pulls {
        all.extend(pulls::read(api, repository, number)?.map(|it| (number.as_str(), it)));
    }
    Ok(all)
}

/// The repository that has the commit: the target, or the fork of a pull request. The target never gets the commits of a
/// fork, so that only the fork can have their statuses and reports.
fn place(api: &Api<'_>, target: &str, check: &Check, pulls: &[(&str, Value)]) -> Result<Place, CallError> {
    let forks: BTreeSet<&str> = pulls
        .iter()
        .map(|(_, it)| text(it, "/source/repository/full_name"))
        .filter(|it| *it != target)
        .collect();
    let commit = &check.head_sha;
    for repository in [target].into_iter().chain(forks.iter().copied().filter(|it| !it.is_empty())) {
        if let Some(statuses) = status::of_check(api, repository, check)? {
            return Ok(Place { repository: repository.to_owned(), statuses });
        }
    }
    for fork in forks {
        let exists = !fork.is_empty() && found(api.get(&api::repository(fork), None)?, fork)?.is_some();
        if !exists {
            let name = if fork.is_empty() { "deleted fork".to_owned() } else { format!("fork `{fork}`") };
            return Err(CallError::Denied(format!(
                "commit {commit} of `{target}` is in a {name} that the token has no access to, where its build status \
                 would be: give the token's account access to the fork, or push the branch to `{target}`"
            )));
        }
    }
    // A newly pushed commit does not reach all of Bitbucket's servers at once.
    Err(CallError::Unavailable(format!("Bitbucket does not find commit {commit} of `{target}` yet")))
}

pub(crate) fn publish(api: &Api<'_>, target: &str, check: &Check) -> Result<Published, CallError> {
    status::state(check)?;
    let pulls = pulls(api, target, check)?;
    let place = match place(api, target, check, &pulls) {
        // The commit that was superseded may no longer exist, and has no status then.
        Err(CallError::Denied(_)) if check.state == CheckState::Superseded => {
            let web_url = commit_url(api, target, check);
            return Ok(Published { handle: names::report(check), accepted: 0, web_url });
        }
        other => other?,
    };
    let url = url(api, target, check);
    // Those that have a newer head keep what is published for that.
    let current: Vec<&(&str, Value)> = pulls
        .iter()
        .filter(|(_, it)| pulls::is_commit(&check.head_sha, text(it, "/source/commit/hash")))
        .collect();
    let sources: BTreeSet<String> =
        current.iter().map(|(_, it)| text(it, "/source/branch/name").to_owned()).collect();
    // The conclusion is written last: an interrupted attempt leaves the status pending.
    let is_completed = check.state == CheckState::Completed;
    let statuses = |api| status::write(api, &place.repository, check, &url, &place.statuses, &sources);
    if !is_completed {
        statuses(api)?;
    }
    let accepted = report::write(api, &place.repository, check, &url)?;
    for (number, pull) in current {
        if text(pull, "/state") == "OPEN" {
            summary::write(api, target, number, check)?;
        }
    }
    if is_completed {
        statuses(api)?;
    }
    Ok(Published {
        handle: names::report(check),
        accepted: u32::try_from(accepted).unwrap_or(u32::MAX),
        web_url: commit_url(api, &place.repository, check),
    })
}

/// What others have changed: statuses and the report. Bitbucket does not record who writes them, and only the author of
/// a comment can change it.
pub(crate) fn inspect(api: &Api<'_>, target: &str, check: &Check) -> Result<Vec<String>, CallError> {
    let url = url(api, target, check);
    let place = match status::of_check(api, target, check)? {
        Some(statuses) => Place { repository: target.to_owned(), statuses },
        None => place(api, target, check, &pulls(api, target, check)?)?,
    };
    let mut changes = status::changed(check, &url, &place.statuses)?;
    changes.extend(report::changed(api, &place.repository, check, &url)?);
    Ok(changes)
}
