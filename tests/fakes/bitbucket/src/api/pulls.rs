//! Pull requests.

use palisade_fake_host::{Reply, clock};
use serde_json::Value;

use super::page::{Sizes, USUAL, page};
use super::{Call, commit, repository};
use crate::Inner;
use crate::fake::Opening;
use crate::reply::{Answer, Refused, error, not_found};
use crate::state::{Pull, Repository, text};

/// Pages of pull requests have 50 at most: with 100, Bitbucket responds with 400 and "Invalid pagelen" (GitHub,
/// jenkinsci/bitbucket-branch-source-plugin, pull request 1182).
const PULLS: Sizes = Sizes { most: 50, ..USUAL };

/// The named pull request and its repository.
pub(super) fn find(fake: &Inner, call: &Call) -> Result<(Repository, Pull), Refused> {
    let state = fake.state();
    let one = repository(&state, call)?;
    let pull = state.shown_pull(&one.full_name, call.number("pull_request_id"));
    let pull = pull.ok_or_else(|| Refused::from(not_found("Pull request")))?;
    Ok((one.clone(), pull.clone()))
}

/// The pull requests in some states, newest first; open ones unless the query or its filter names states.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let one = repository(&state, call)?;
    let mut states: Vec<&str> =
        call.query.iter().filter(|(name, _)| name == "state").map(|(_, state)| state.as_str()).collect();
    let filtered = call.query("q").is_some_and(|query| query.contains("state"));
    if states.is_empty() && !filtered {
        states.push("OPEN");
    }
    let mine = state.pulls.values().filter(|pull| pull.repository == one.full_name);
    let mine = mine.filter_map(|pull| state.shown_pull(&pull.repository, pull.number));
    let mine = mine.filter(|pull| states.is_empty() || states.contains(&pull.state));
    let mut all: Vec<Value> = mine.map(|pull| fake.pull(&state, pull)).collect();
    all.reverse();
    drop(state);
    page(fake, call, all, PULLS)
}

/// The pull requests that contain a commit, whatever their state. Until the repository is indexed, which needs the app
/// "Pull Request Commit Links", the list does not exist.
pub(super) fn of_commit(fake: &Inner, call: &Call) -> Answer {
    let (one, sha) = commit(fake, call)?;
    if !one.is_indexed {
        return Err(error(404, "Pull request commit links have not yet been indexed.").into());
    }
    let pulls: Vec<Pull> = {
        let state = fake.state();
        state.pulls.values().filter(|pull| pull.repository == one.full_name).cloned().collect()
    };
    let contains = |pull: &&Pull| pull.head_sha == sha || fake.commits_of(pull).1.contains(&sha);
    let found: Vec<&Pull> = pulls.iter().filter(contains).collect();
    let all: Vec<Value> = {
        let state = fake.state();
        found.into_iter().map(|pull| fake.pull(&state, pull)).collect()
    };
    page(fake, call, all, Sizes { default: 30, ..PULLS })
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (_, pull) = find(fake, call)?;
    Ok(Reply::json(200, &fake.pull(&fake.state(), &pull)))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let branch = |side: &str| Some(text(&call.body[side]["branch"], "name")).filter(|name| !name.is_empty());
    let source = Some(text(&call.body["source"]["repository"], "full_name")).filter(|name| !name.is_empty());
    let opening = Opening {
        repository: &one.full_name,
        source: source.unwrap_or(&one.full_name),
        head: branch("source").unwrap_or_default(),
        base: branch("destination").unwrap_or(&one.main_branch),
        title: text(&call.body, "title"),
        description: text(&call.body, "description"),
        author: &call.caller.nickname,
        draft: call.body["draft"] == true,
    };
    let number = fake.open(&opening).map_err(|why| Refused::from(error(400, &why.to_string())))?;
    let state = fake.state();
    let shown =
        state.shown_pull(&one.full_name, number).map(|pull| fake.pull(&state, pull)).unwrap_or_default();
    let address = shown["links"]["self"]["href"].as_str().unwrap_or_default().to_owned();
    Ok(Reply::json(201, &shown).header("location", address))
}

/// Changes title, description, draft or target of an open pull request.
pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let (one, pull) = find(fake, call)?;
    if pull.state != "OPEN" {
        return Err(error(400, "Only open pull requests can be mutated.").into());
    }
    let base = text(&call.body["destination"]["branch"], "name");
    let base_sha = fake.host.git.resolve(&one.full_name, &format!("refs/heads/{base}"));
    if !base.is_empty() && base_sha.is_none() {
        return Err(error(400, &format!("destination: branch {base} not found")).into());
    }
    let key = (one.full_name.clone(), pull.number);
    let mut state = fake.state();
    if let Some(pull) = state.pulls.get_mut(&key) {
        for (name, place) in [("title", &mut pull.title), ("description", &mut pull.description)] {
            if let Some(new) = call.body[name].as_str() {
                new.clone_into(place);
            }
        }
        if let Some(draft) = call.body["draft"].as_bool() {
            pull.draft = draft;
        }
        if let Some(sha) = base_sha {
            base.clone_into(&mut pull.base_branch);
            pull.base_sha = sha;
        }
        pull.updated_at = clock::now();
    }
    fake.pull_event(&state, "pullrequest:updated", &call.caller.nickname, &key);
    let shown = state.pulls.get(&key).map(|pull| fake.pull(&state, pull));
    Ok(Reply::json(200, &shown.unwrap_or_default()))
}

/// A redirect to the range of commits.
fn redirect(fake: &Inner, call: &Call, to: &str) -> Answer {
    let (_, pull) = find(fake, call)?;
    let shown = fake.pull(&fake.state(), &pull);
    let address = shown["links"][to]["href"].as_str().unwrap_or_default();
    Ok(Reply::empty(302).header("location", format!("{address}&topic=true")))
}

pub(super) fn diff(fake: &Inner, call: &Call) -> Answer {
    redirect(fake, call, "diff")
}

pub(super) fn diffstat(fake: &Inner, call: &Call) -> Answer {
    redirect(fake, call, "diffstat")
}

/// The commits of a pull request with their full hashes, newest first; those of a fork are commits of the fork.
pub(super) fn commits(fake: &Inner, call: &Call) -> Answer {
    let (one, pull) = find(fake, call)?;
    let (repository, mut all) = fake.commits_of(&pull);
    all.reverse();
    let source = fake.state().repository(&repository).cloned().unwrap_or(one);
    page(fake, call, all.iter().filter_map(|sha| fake.commit(&source, sha)).collect(), USUAL)
}
