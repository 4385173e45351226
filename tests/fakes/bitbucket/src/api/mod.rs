//! The REST API: the operations and their handlers.

mod comments;
mod commits;
mod contents;
pub(crate) mod fields;
mod filter;
pub(crate) mod forms;
mod hooks;
mod page;
mod pulls;
mod reports;
mod repositories;
mod restrictions;
mod statuses;
mod users;

use palisade_fake_host::Route;

use crate::Inner;
use crate::access::{
    ADMIN_REPOSITORY, Caller, DELETE_WEBHOOK, PROJECT, PULL, REPOSITORY, Role, USER, WEBHOOK, WORKSPACE,
    WRITE_PULL, WRITE_REPOSITORY, WRITE_WEBHOOK,
};
use crate::reply::{Answer, Refused, no_repository, not_found};
use crate::state::{Repository, State};

/// A request that passed every check.
pub(crate) type Call = palisade_fake_host::Call<Caller>;

type Handler = fn(&Inner, &Call) -> Answer;

/// What carries an operation out.
#[derive(Debug)]
pub(crate) struct Target {
    /// The scopes of API tokens that it requires.
    pub(crate) scopes: &'static [&'static str],
    /// The permission that the user needs; none if the operation answers everyone.
    pub(crate) role: Option<Role>,
    /// Whether it returns pages of a list.
    pub(crate) is_list: bool,
    /// Whether its body is a form.
    pub(crate) is_form: bool,
    pub(crate) handler: Handler,
}

type Entry = Route<Target>;

const fn route(
    method: &'static str,
    template: &'static str,
    scopes: &'static [&'static str],
    role: Role,
    handler: Handler,
) -> Entry {
    Route {
        method,
        template,
        target: Target { scopes, role: Some(role), is_list: false, is_form: false, handler },
    }
}

/// An operation that returns pages.
const fn list(
    template: &'static str,
    scopes: &'static [&'static str],
    role: Role,
    handler: Handler,
) -> Entry {
    let target = Target { scopes, role: Some(role), is_list: true, is_form: false, handler };
    Route { method: "GET", template, target }
}

/// An operation for which the user needs no permission.
const fn open(
    template: &'static str,
    scopes: &'static [&'static str],
    is_list: bool,
    handler: Handler,
) -> Entry {
    Route { method: "GET", template, target: Target { scopes, role: None, is_list, is_form: false, handler } }
}

/// An operation whose body is a form.
const fn form(
    template: &'static str,
    scopes: &'static [&'static str],
    role: Role,
    handler: Handler,
) -> Entry {
    let target = Target { scopes, role: Some(role), is_list: false, is_form: true, handler };
    Route { method: "POST", template, target }
}

/// The parameters of paths that may contain slashes: names of branches, paths of files, and ranges of commits, in which
/// links of pull requests name the source repository.
pub(crate) const SPANNING: &[&str] = &["name", "path", "spec", "revspec"];

macro_rules! repository {
    ($rest:literal) => {
        concat!("/repositories/{workspace}/{repo_slug}", $rest)
    };
}

macro_rules! commit {
    ($rest:literal) => {
        concat!("/repositories/{workspace}/{repo_slug}/commit/{commit}", $rest)
    };
}

macro_rules! pull {
    ($rest:literal) => {
        concat!("/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}", $rest)
    };
}

const HOOK: &[&str] = &[WEBHOOK, WRITE_WEBHOOK];
const ANNOTATION: &str = commit!("/reports/{reportId}/annotations/{annotationId}");

/// All operations that the fake implements.
pub(crate) const ROUTES: &[Entry] = &[
    open("/user", &[USER], false, users::user),
    open("/user/workspaces", &[WORKSPACE], true, users::workspaces),
    open("/user/workspaces/{workspace}/permission", &[WORKSPACE], false, users::permission),
    list(
        "/user/workspaces/{workspace}/permissions/repositories",
        &[REPOSITORY],
        Role::Read,
        users::repositories,
    ),
    route("GET", "/workspaces/{workspace}", &[WORKSPACE], Role::Read, users::workspace),
    list("/workspaces/{workspace}/projects", &[PROJECT], Role::Read, users::projects),
    list("/workspaces/{workspace}/hooks", &[WEBHOOK], Role::Admin, hooks::list),
    route("POST", "/workspaces/{workspace}/hooks", HOOK, Role::Admin, hooks::create),
    route("GET", "/workspaces/{workspace}/hooks/{uid}", &[WEBHOOK], Role::Admin, hooks::one),
    route("PUT", "/workspaces/{workspace}/hooks/{uid}", HOOK, Role::Admin, hooks::update),
    route("DELETE", "/workspaces/{workspace}/hooks/{uid}", &[DELETE_WEBHOOK], Role::Admin, hooks::delete),
    open("/hook_events", &[], false, hooks::subjects),
    open("/hook_events/{subject_type}", &[], true, hooks::events),
    open("/repositories/{workspace}", &[REPOSITORY], true, repositories::list),
    route("GET", repository!(""), &[REPOSITORY], Role::Read, repositories::one),
    list(repository!("/refs"), &[REPOSITORY], Role::Read, repositories::branches),
    list(repository!("/refs/branches"), &[REPOSITORY], Role::Read, repositories::branches),
    route(
        "POST",
        repository!("/refs/branches"),
        &[REPOSITORY, WRITE_REPOSITORY],
        Role::Write,
        repositories::create_branch,
    ),
    route("GET", repository!("/refs/branches/{name}"), &[REPOSITORY], Role::Read, repositories::branch),
    route(
        "DELETE",
        repository!("/refs/branches/{name}"),
        &[WRITE_REPOSITORY],
        Role::Write,
        repositories::delete_branch,
    ),
    list(repository!("/hooks"), &[WEBHOOK], Role::Admin, hooks::list),
    route("POST", repository!("/hooks"), HOOK, Role::Admin, hooks::create),
    route("GET", repository!("/hooks/{uid}"), &[WEBHOOK], Role::Admin, hooks::one),
    route("PUT", repository!("/hooks/{uid}"), HOOK, Role::Admin, hooks::update),
    route("DELETE", repository!("/hooks/{uid}"), &[DELETE_WEBHOOK], Role::Admin, hooks::delete),
    list(repository!("/src"), &[REPOSITORY], Role::Read, contents::root),
    list(repository!("/src/{commit}/{path}"), &[REPOSITORY], Role::Read, contents::source),
    form(repository!("/src"), &[WRITE_REPOSITORY], Role::Write, contents::create),
    list(repository!("/filehistory/{commit}/{path}"), &[REPOSITORY], Role::Read, contents::history),
    list(repository!("/diffstat/{spec}"), &[REPOSITORY], Role::Read, commits::diffstat),
    route("GET", repository!("/diff/{spec}"), &[REPOSITORY], Role::Read, commits::diff),
    route("GET", repository!("/merge-base/{revspec}"), &[REPOSITORY], Role::Read, commits::merge_base),
    list(repository!("/branch-restrictions"), &[ADMIN_REPOSITORY], Role::Admin, restrictions::list),
    route(
        "POST",
        repository!("/branch-restrictions"),
        &[ADMIN_REPOSITORY],
        Role::Admin,
        restrictions::create,
    ),
    route(
        "GET",
        repository!("/branch-restrictions/{id}"),
        &[ADMIN_REPOSITORY],
        Role::Admin,
        restrictions::one,
    ),
    route(
        "PUT",
        repository!("/branch-restrictions/{id}"),
        &[ADMIN_REPOSITORY],
        Role::Admin,
        restrictions::update,
    ),
    route(
        "DELETE",
        repository!("/branch-restrictions/{id}"),
        &[ADMIN_REPOSITORY],
        Role::Admin,
        restrictions::delete,
    ),
    route("GET", commit!(""), &[REPOSITORY], Role::Read, commits::one),
    list(commit!("/pullrequests"), &[PULL], Role::Read, pulls::of_commit),
    list(commit!("/statuses"), &[REPOSITORY], Role::Read, statuses::of_commit),
    route("POST", commit!("/statuses/build"), &[REPOSITORY], Role::Read, statuses::create),
    route("GET", commit!("/statuses/build/{key}"), &[REPOSITORY], Role::Read, statuses::one),
    route("PUT", commit!("/statuses/build/{key}"), &[REPOSITORY], Role::Read, statuses::update),
    list(commit!("/reports"), &[REPOSITORY], Role::Read, reports::list),
    route("PUT", commit!("/reports/{reportId}"), &[REPOSITORY], Role::Read, reports::put),
    route("GET", commit!("/reports/{reportId}"), &[REPOSITORY], Role::Read, reports::one),
    route("DELETE", commit!("/reports/{reportId}"), &[REPOSITORY], Role::Read, reports::delete),
    list(commit!("/reports/{reportId}/annotations"), &[REPOSITORY], Role::Read, reports::annotations),
    route("POST", commit!("/reports/{reportId}/annotations"), &[REPOSITORY], Role::Read, reports::upload),
    route("GET", ANNOTATION, &[REPOSITORY], Role::Read, reports::annotation),
    route("PUT", ANNOTATION, &[REPOSITORY], Role::Read, reports::put_annotation),
    route("DELETE", ANNOTATION, &[REPOSITORY], Role::Read, reports::delete_annotation),
    list(repository!("/pullrequests"), &[PULL], Role::Read, pulls::list),
    route("POST", repository!("/pullrequests"), &[PULL, WRITE_PULL], Role::Read, pulls::create),
    route("GET", pull!(""), &[PULL], Role::Read, pulls::one),
    route("PUT", pull!(""), &[PULL, WRITE_PULL], Role::Write, pulls::update),
    route("GET", pull!("/diff"), &[PULL], Role::Read, pulls::diff),
    route("GET", pull!("/diffstat"), &[PULL], Role::Read, pulls::diffstat),
    list(pull!("/commits"), &[PULL], Role::Read, pulls::commits),
    list(pull!("/statuses"), &[PULL], Role::Read, statuses::of_pull),
    list(pull!("/comments"), &[PULL], Role::Read, comments::list),
    route("POST", pull!("/comments"), &[PULL], Role::Read, comments::create),
    route("GET", pull!("/comments/{comment_id}"), &[PULL], Role::Read, comments::one),
    route("PUT", pull!("/comments/{comment_id}"), &[PULL], Role::Read, comments::update),
    route("DELETE", pull!("/comments/{comment_id}"), &[PULL], Role::Read, comments::delete),
    route("POST", pull!("/comments/{comment_id}/resolve"), &[PULL], Role::Read, comments::resolve),
    route("DELETE", pull!("/comments/{comment_id}/resolve"), &[PULL], Role::Read, comments::reopen),
];

/// The requested repository.
fn repository<'a>(state: &'a State, call: &Call) -> Result<&'a Repository, Refused> {
    let found = state.find(call.parameter("workspace"), call.parameter("repo_slug"));
    found.ok_or_else(|| no_repository().into())
}

/// The requested repository and its commit that the path names by its hash, abbreviated or not, or by a branch. The
/// commits of a fork do not exist in the repository that it was forked from.
fn commit(fake: &Inner, call: &Call) -> Result<(Repository, String), Refused> {
    let one = repository(&fake.state(), call)?.clone();
    let sha = fake.host.git.resolve(&one.full_name, call.parameter("commit"));
    Ok((one, sha.ok_or_else(|| Refused::from(not_found("Commit")))?))
}

#[cfg(test)]
mod test {
    use palisade_fake_host::{Gate, Specification};
    use serde_json::Value;

    use super::*;
    use crate::{Options, description, lacking};

    /// The description of a path, if the file is available.
    fn described() -> Option<Value> {
        let path = description(&Options::default());
        let Ok(bytes) = std::fs::read(&path) else {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", path.display());
            println!("skipped: {} is absent", path.display());
            return None;
        };
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    #[test]
    fn every_route_is_described_and_every_description_has_a_route() {
        let Some(document) = described() else { return };
        let own = lacking::operations();
        let all = [&document, &own].into_iter().flat_map(|one| one["paths"].as_object().unwrap());
        let mut all: Vec<String> = all
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (path, method)))
            .filter(|(_, method)| *method != "parameters")
            .map(|(path, method)| format!("{} {path}", method.to_uppercase()))
            .collect();
        let mut ours: Vec<String> =
            ROUTES.iter().map(|route| format!("{} {}", route.method, route.template)).collect();
        all.sort();
        ours.sort();
        assert_eq!(ours, all);
    }

    #[test]
    fn scopes_are_those_of_the_description() {
        let Some(document) = described() else { return };
        for route in ROUTES.iter().filter(|route| !route.template.contains("/merge-base/")) {
            let operation = &document["paths"][route.template][route.method.to_lowercase()];
            let mut scopes: Vec<&str> = operation["x-atlassian-oauth2-scopes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| one["scopes"].as_array())
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let mut ours = route.target.scopes.to_vec();
            scopes.sort_unstable();
            ours.sort_unstable();
            assert_eq!(ours, scopes, "{} {}", route.method, route.template);
        }
    }

    #[test]
    fn the_longer_route_wins() {
        let path = description(&Options::default());
        let specification = Specification::read_existing(&[path], SPANNING).unwrap();
        let gate = Gate { routes: ROUTES, spanning: SPANNING, specification };
        let check = |path: &str, template: &str| {
            assert_eq!(gate.find("GET", path).unwrap().route.template, template);
        };
        check("/repositories/a/b/refs/branches/c/d", repository!("/refs/branches/{name}"));
        check("/repositories/a/b/src/c/", repository!("/src/{commit}/{path}"));
        check("/repositories/a/b/src/c/d/e.tf", repository!("/src/{commit}/{path}"));
        check("/repositories/a/b/diffstat/c/d:12%0D34", repository!("/diffstat/{spec}"));
        check("/repositories/a/b/commit/1/statuses/build/k", commit!("/statuses/build/{key}"));
        assert!(gate.find("GET", "/repositories/a/b/pipelines").is_err());
        assert!(gate.find("PATCH", "/user").is_err());
    }
}
