//! Build statuses.

use palisade_fake_host::{Reply, clock};
use serde_json::Value;

use super::page::{USUAL, page};
use super::{Call, commit, pulls};
use crate::Inner;
use crate::reply::{Answer, Refused, error, invalid, not_found};
use crate::state::{BuildStatus, Repository, text};

/// The longest key, in characters (GitHub, buildbot/buildbot, issue 7049, with the response).
const KEY: usize = 40;

/// The longest name and the longest address, in characters (GitHub, jenkinsci/bitbucket-branch-source-plugin, pull
/// request 928).
const NAME: usize = 255;
const URL: usize = 450;

/// Whether an address is accepted: the name of a host needs a point unless it is `localhost`. Otherwise the response is
/// "Enter a valid URL." (GitHub, nishio-dens/bitbucket-pullrequest-builder-plugin, issue 174).
fn is_address(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let host = url.host_str().unwrap_or_default();
    let is_web = ["http", "https"].contains(&url.scheme());
    is_web && (host == "localhost" || host.contains(['.', ':']))
}

fn check(body: &Value, key: &str) -> Result<(), Refused> {
    for (name, text, most) in
        [("key", key, KEY), ("name", text(body, "name"), NAME), ("url", text(body, "url"), URL)]
    {
        let length = text.chars().count();
        if length > most {
            let why = format!("{name}: Ensure this value has at most {most} characters (it has {length}).");
            return Err(invalid(&why));
        }
    }
    if key.is_empty() || text(body, "url").is_empty() {
        return Err(invalid("key, url: required key not provided"));
    }
    if !is_address(text(body, "url")) {
        // The address is one of the installation, so it is not an error of the program.
        return Err(error(400, "url: Enter a valid URL.").into());
    }
    Ok(())
}

/// Writes a status. One with the same key is overwritten, also that of another user.
fn write(fake: &Inner, call: &Call, one: &Repository, sha: &str, key: &str, status: u16) -> Answer {
    check(&call.body, key)?;
    let mut state = fake.state();
    let now = clock::now();
    let place = (one.full_name.clone(), sha.to_owned(), key.to_owned());
    let is_new = !state.statuses.contains_key(&place);
    let written = state.statuses.entry(place).or_insert_with(|| BuildStatus {
        key: key.to_owned(),
        state: String::new(),
        body: Value::Null,
        writers: Vec::new(),
        created_at: now.clone(),
        updated_at: String::new(),
    });
    text(&call.body, "state").clone_into(&mut written.state);
    written.body = call.body.clone();
    written.writers.push(call.caller.nickname.clone());
    written.updated_at = now;
    let shown = fake.status(one, sha, written);
    fake.status_event(&state, &call.caller.nickname, one, &shown, is_new);
    Ok(Reply::json(status, &shown))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    write(fake, call, &one, &sha, text(&call.body, "key"), 201)
}

fn find(fake: &Inner, call: &Call) -> Result<(Repository, String, BuildStatus), Refused> {
    let (one, sha) = commit(fake, call)?;
    let place = (one.full_name.clone(), sha.clone(), call.parameter("key").to_owned());
    let found = fake.state().statuses.get(&place).cloned();
    found.map(|status| (one, sha, status)).ok_or_else(|| not_found("Build status").into())
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (one, sha, status) = find(fake, call)?;
    Ok(Reply::json(200, &fake.status(&one, &sha, &status)))
}

pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let (one, sha, status) = find(fake, call)?;
    write(fake, call, &one, &sha, &status.key, 200)
}

/// The statuses of a commit, newest first.
fn all(fake: &Inner, one: &Repository, sha: &str) -> Vec<Value> {
    let state = fake.state();
    let mine = state.statuses.iter().filter(|((name, at, _), _)| *name == one.full_name && at == sha);
    let mut mine: Vec<&BuildStatus> = mine.map(|(_, status)| status).collect();
    mine.reverse();
    mine.into_iter().map(|status| fake.status(one, sha, status)).collect()
}

pub(super) fn of_commit(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    let mut all = all(fake, &one, &sha);
    if let Some(name) = call.query("refname") {
        all.retain(|status| status["refname"] == name);
    }
    page(fake, call, all, USUAL)
}

/// The statuses of the head of a pull request that name its source branch, or none. The statuses of a fork's commit are
/// in the fork, and are not those of the pull request.
pub(super) fn of_pull(fake: &Inner, call: &Call) -> Answer {
    let (one, pull) = pulls::find(fake, call)?;
    let mut all = all(fake, &one, &pull.head_sha);
    all.retain(|status| status["refname"].is_null() || status["refname"] == pull.head_branch);
    page(fake, call, all, USUAL)
}
