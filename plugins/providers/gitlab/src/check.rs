//! One commit status, one summary and discussions for each check.
//!
//! The conclusion is written last: an interrupted attempt leaves the status pending, and the next attempt reads what
//! exists and adds the rest.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::{Check, CheckLimits, CheckState, Published};
use serde_json::Value;

use crate::api::Api;
use crate::{discussions, external, pulls, status};

/// The limits of a check. A comment has at most 1,000,000 characters, and text of others may double when it is made
/// inert; the rest is left to the other parts. A user may create 300 comments a minute. <https://docs.gitlab.com/administration/instance_limits/>,
/// <https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/>
pub(crate) const LIMITS: CheckLimits =
    CheckLimits { title: 255, summary: 450_000, message: 65_535, annotations: 250 };

/// The merge requests of a check that exist.
pub(crate) fn merges(api: &Api<'_>, repository: &str, check: &Check) -> Result<Vec<Value>, CallError> {
    let all = check.pulls.iter().map(|it| pulls::raw(api, repository, it));
    Ok(all.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Whether the head of a merge request is still the commit of a check.
pub(crate) fn is_current(merge: &Value, check: &Check) -> bool {
    text(merge, "/sha") == check.head_sha
}

pub(crate) fn publish(api: &Api<'_>, repository: &str, check: &Check) -> Result<Published, CallError> {
    let state = status::state(check)?;
    let user = api.user_id()?;
    let merges = merges(api, repository, check)?;
    // The results of an older head do not replace those of the newer one.
    let current = || merges.iter().filter(|it| is_current(it, check));
    if check.state == CheckState::Completed {
        for merge in current() {
            discussions::publish(api, repository, merge, check, &user)?;
        }
    }
    for merge in current() {
        external::respond(api, repository, &id(merge, "/iid"), check, state)?;
    }
    let mut handle = String::new();
    for place in status::places(repository, check, &merges) {
        handle = status::set(api, &place, check, state, &user)?;
    }
    let commit = || format!("{}/{repository}/-/commit/{}", api.settings.web, check.head_sha);
    Ok(Published {
        handle,
        // The summary has those that are outside of the diff.
        accepted: u32::try_from(check.annotations.len()).unwrap_or(u32::MAX),
        web_url: merges.first().map_or_else(commit, |it| text(it, "/web_url").to_owned()),
    })
}
