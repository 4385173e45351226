//! The REST API: the operations and their handlers.

mod changes;
mod contents;
mod core;
mod hooks;
mod policies;
mod pulls;
mod statuses;
mod threads;
mod writes;

use palisade_fake_host::{Reply, Route};
use serde_json::Value;

pub(crate) use policies::{STATUS, is_blocked, name_of as policy_name};

use crate::Inner;
use crate::access::User;
use crate::reply::{forbidden, invalid, no_project, no_pull, no_repository};
use crate::state::{Project, Pull, Repository, State};

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Short name of the user.
    pub(crate) user: String,
    /// The organisation of the token.
    pub(crate) organization: String,
}

/// A request that passed every check.
pub(crate) type Call = palisade_fake_host::Call<Caller>;

/// A response, or a refusal.
type Answer = Result<Reply, Reply>;

type Handler = fn(&Inner, &Call) -> Answer;

/// What carries an operation out.
#[derive(Debug)]
pub(crate) struct Target {
    /// The scopes of which a token needs one; none if any token is accepted.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) handler: Handler,
}

const READ: &[&str] = &["vso.code"];
const WRITE: &[&str] = &["vso.code_write"];
const READ_STATUS: &[&str] = &["vso.code", "vso.code_status"];
const WRITE_STATUS: &[&str] = &["vso.code_write", "vso.code_status"];
const READ_THREADS: &[&str] = &["vso.code", "vso.threads_full"];
const WRITE_THREADS: &[&str] = &["vso.code_write", "vso.threads_full"];
/// The description lists the first two. A token with *Code* alone reads projects as well: products that document only that
/// scope list them (docs.sonarsource.com, "Azure DevOps integration").
const PROJECT: &[&str] = &["vso.profile", "vso.project", "vso.code"];
const HOOKS: &[&str] = &["vso.work", "vso.build", "vso.code"];

macro_rules! routes {
    ($($base:literal { $($method:literal $rest:literal $scopes:expr, $handler:path;)* })*) => {
        &[$($(Route {
            method: $method,
            template: concat!($base, $rest),
            target: Target { scopes: $scopes, handler: $handler },
        },)*)*]
    };
}

/// All operations that the fake implements.
pub(crate) const ROUTES: &[Route<Target>] = routes! {
    "/{organization}/_apis" {
        "GET" "/connectionData" &[], core::connection;
        "GET" "/permissions/{securityNamespaceId}/{permissions}" &[], core::permissions;
        "GET" "/projects" PROJECT, core::projects;
        "GET" "/projects/{projectId}" PROJECT, core::project;
        "GET" "/hooks/subscriptions" HOOKS, hooks::list;
        "POST" "/hooks/subscriptions" HOOKS, hooks::create;
        "POST" "/hooks/subscriptionsquery" HOOKS, hooks::query;
        "GET" "/hooks/subscriptions/{subscriptionId}" HOOKS, hooks::one;
        "PUT" "/hooks/subscriptions/{subscriptionId}" HOOKS, hooks::replace;
        "DELETE" "/hooks/subscriptions/{subscriptionId}" HOOKS, hooks::delete;
        "GET" "/hooks/subscriptions/{subscriptionId}/notifications" HOOKS, hooks::notifications;
    }
    "/{organization}/{project}/_apis" {
        "GET" "/git/repositories" READ, core::repositories;
        "GET" "/git/repositories/{repositoryNameOrId}/commits/{commitId}/mergebases" READ, changes::merge_bases;
        "GET" "/git/pullrequests" READ, pulls::of_project;
        "GET" "/git/pullrequests/{pullRequestId}" READ, pulls::one_of_project;
        "GET" "/git/policy/configurations" READ, policies::of_branch;
        "GET" "/policy/configurations" READ, policies::list;
        "POST" "/policy/configurations" WRITE, policies::create;
        "GET" "/policy/configurations/{configurationId}" READ, policies::one;
        "DELETE" "/policy/configurations/{configurationId}" WRITE, policies::delete;
        "GET" "/policy/types" READ, policies::types;
    }
    "/{organization}/{project}/_apis/git/repositories/{repositoryId}" {
        "GET" "" READ, core::repository;
        "GET" "/blobs/{sha1}" READ, contents::blob;
        "GET" "/trees/{sha1}" READ, contents::tree;
        "GET" "/items" READ, contents::items;
        "POST" "/itemsbatch" READ, contents::batch;
        "GET" "/commits/{commitId}" READ, changes::commit;
        "GET" "/diffs/commits" READ, changes::diff;
        "GET" "/refs" READ, writes::refs;
        "POST" "/refs" WRITE, writes::update_refs;
        "POST" "/pushes" WRITE, writes::push;
        "GET" "/pullrequests" READ, pulls::list;
        "POST" "/pullrequests" WRITE, pulls::create;
        "POST" "/pullrequestquery" READ, pulls::query;
        "GET" "/pullrequests/{pullRequestId}" READ, pulls::one;
        "PATCH" "/pullrequests/{pullRequestId}" WRITE, pulls::update;
    }
    "/{organization}/{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}" {
        "GET" "/iterations" READ, pulls::iterations;
        "GET" "/iterations/{iterationId}" READ, pulls::iteration;
        "GET" "/iterations/{iterationId}/changes" READ, changes::of_iteration;
        "GET" "/iterations/{iterationId}/statuses" READ_STATUS, statuses::list;
        "POST" "/iterations/{iterationId}/statuses" WRITE_STATUS, statuses::create;
        "PATCH" "/iterations/{iterationId}/statuses" WRITE_STATUS, statuses::update;
        "GET" "/statuses" READ_STATUS, statuses::list;
        "POST" "/statuses" WRITE_STATUS, statuses::create;
        "PATCH" "/statuses" WRITE_STATUS, statuses::update;
        "GET" "/statuses/{statusId}" READ_STATUS, statuses::one;
        "DELETE" "/statuses/{statusId}" WRITE_STATUS, statuses::delete;
        "GET" "/threads" READ_THREADS, threads::list;
        "POST" "/threads" WRITE_THREADS, threads::create;
        "GET" "/threads/{threadId}" READ_THREADS, threads::one;
        "PATCH" "/threads/{threadId}" WRITE_THREADS, threads::update;
        "GET" "/threads/{threadId}/comments" READ_THREADS, threads::comments;
        "POST" "/threads/{threadId}/comments" WRITE_THREADS, threads::reply;
        "GET" "/threads/{threadId}/comments/{commentId}" READ_THREADS, threads::comment;
        "PATCH" "/threads/{threadId}/comments/{commentId}" WRITE_THREADS, threads::edit;
        "DELETE" "/threads/{threadId}/comments/{commentId}" WRITE_THREADS, threads::delete;
    }
};

/// The project of a request.
fn project(state: &State, call: &Call) -> Result<Project, Reply> {
    let name = call.parameter("project");
    state.project(&call.caller.organization, name).cloned().ok_or_else(|| no_project(name))
}

/// The repository of a request, by name or GUID.
fn repository(state: &State, call: &Call) -> Result<Repository, Reply> {
    let found = listed(state, call)?;
    if found.disabled { Err(no_repository(&found.name)) } else { Ok(found) }
}

/// The same, even if it is disabled.
fn listed(state: &State, call: &Call) -> Result<Repository, Reply> {
    let project = project(state, call)?;
    let name = match call.parameter("repositoryId") {
        "" => call.parameter("repositoryNameOrId"),
        name => name,
    };
    let of = |one: &&Repository| {
        one.project == project.id
            && (one.name.eq_ignore_ascii_case(name) || one.id.eq_ignore_ascii_case(name))
    };
    state.repositories.iter().find(of).cloned().ok_or_else(|| no_repository(name))
}

/// The pull request of a request.
fn pull<'a>(state: &'a mut State, call: &Call) -> Result<&'a mut Pull, Reply> {
    let repository = repository(state, call)?;
    let found = state.pulls.get_mut(&call.number("pullRequestId"));
    found.filter(|one| one.repository == repository.id).ok_or_else(no_pull)
}

/// Refuses a user who is not a contributor.
fn contributor(state: &State, call: &Call, permission: &str) -> Result<User, Reply> {
    let user = state.user(&call.caller.user);
    if user.contributor { Ok(user.clone()) } else { Err(forbidden(&user.id, permission)) }
}

/// A parameter of the query that is a number.
fn number(call: &Call, name: &str, otherwise: usize) -> usize {
    call.query(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A position and a size, `$skip` and `$top`.
fn window(call: &Call, size: usize, limit: usize) -> (usize, usize) {
    (number(call, "$skip", 0), number(call, "$top", size).clamp(1, limit))
}

/// A position and a size, `continuationToken` and `$top`. The token is that of the previous page.
fn continued(call: &Call, size: usize, limit: usize) -> Result<(usize, usize), Reply> {
    let from = call.query("continuationToken").map_or(Ok(0), str::parse);
    let from = from.map_err(|_| invalid("The continuation token is not valid."))?;
    Ok((from, number(call, "$top", size).clamp(1, limit)))
}

/// A text of a body; empty if there is none.
fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod test {
    use palisade_fake_host::Specification;

    use super::*;

    #[test]
    fn every_route_is_described() {
        let files = crate::description(&crate::Options::default());
        let Some(described) = Specification::read_existing(&files, &[]).unwrap() else {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{files:?} are absent");
            println!("skipped: {files:?} are absent");
            return;
        };
        for route in ROUTES {
            let found = described.find(route.method, route.template).map(|one| one.template);
            assert_eq!(found.as_deref(), Some(route.template), "{} {}", route.method, route.template);
        }
    }
}
