//! The REST API: the operations and their handlers.

mod app;
mod checks;
mod contents;
mod deliveries;
mod page;
mod pulls;
mod repositories;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Inner;
use crate::reply::Reply;
use crate::spec::matches;

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// Anyone: the operation is public.
    Anyone,
    /// The App itself.
    App,
    /// An installation, with the repositories that its token is restricted to; empty for all.
    Installation(u64, Vec<String>),
}

/// A request that passed every check.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) caller: Caller,
}

impl Call {
    /// A parameter of the path.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter of the path as a number; 0, which no object has, if it is not a number.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.parameter(name).parse().unwrap_or(0)
    }

    /// A parameter of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// `owner/name` of the requested repository, as it was written.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.parameter("owner"), self.parameter("repo"))
    }
}

type Handler = fn(&Inner, &Call) -> Reply;

/// The kind of credentials that an operation requires.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// None.
    Open,
    /// An assertion of the App.
    App,
    /// A token of an installation.
    Installation,
}

/// An operation that the fake implements.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: Handler,
}

const fn route(method: &'static str, template: &'static str, access: Access, handler: Handler) -> Route {
    Route { method, template, access, handler }
}

/// All operations that the fake implements.
pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/rate_limit", Access::Open, app::rate_limit),
    route("GET", "/meta", Access::Open, app::meta),
    route("GET", "/app", Access::App, app::app),
    route("GET", "/app/installations", Access::App, app::installations),
    route("GET", "/app/installations/{installation_id}", Access::App, app::installation),
    route("POST", "/app/installations/{installation_id}/access_tokens", Access::App, app::token),
    route("GET", "/orgs/{org}/installation", Access::App, app::of_organisation),
    route("GET", "/repos/{owner}/{repo}/installation", Access::App, app::of_repository),
    route("DELETE", "/installation/token", Access::Installation, app::revoke),
    route("GET", "/app/hook/config", Access::App, deliveries::config),
    route("PATCH", "/app/hook/config", Access::App, deliveries::configure),
    route("GET", "/app/hook/deliveries", Access::App, deliveries::list),
    route("GET", "/app/hook/deliveries/{delivery_id}", Access::App, deliveries::one),
    route("POST", "/app/hook/deliveries/{delivery_id}/attempts", Access::App, deliveries::again),
    route("GET", "/installation/repositories", Access::Installation, repositories::list),
    route("GET", "/repos/{owner}/{repo}", Access::Installation, repositories::one),
    route("GET", "/repos/{owner}/{repo}/branches", Access::Installation, repositories::branches),
    route("GET", "/repos/{owner}/{repo}/branches/{branch}", Access::Installation, repositories::branch),
    route("GET", "/repos/{owner}/{repo}/contents/{path}", Access::Installation, contents::contents),
    route("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", Access::Installation, contents::tree),
    route("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", Access::Installation, contents::blob),
    route(
        "GET",
        "/repos/{owner}/{repo}/git/commits/{commit_sha}",
        Access::Installation,
        contents::git_commit,
    ),
    route("GET", "/repos/{owner}/{repo}/git/ref/{ref}", Access::Installation, contents::reference),
    route("GET", "/repos/{owner}/{repo}/tarball/{ref}", Access::Installation, contents::tarball),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}", Access::Installation, contents::commit),
    route("GET", "/repos/{owner}/{repo}/compare/{basehead}", Access::Installation, contents::compare),
    route("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", Access::Installation, repositories::rules),
    route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", Access::Installation, pulls::of_commit),
    route("GET", "/repos/{owner}/{repo}/pulls", Access::Installation, pulls::list),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", Access::Installation, pulls::one),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", Access::Installation, pulls::files),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", Access::Installation, pulls::commits),
    route("POST", "/repos/{owner}/{repo}/check-runs", Access::Installation, checks::create),
    route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}", Access::Installation, checks::one),
    route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", Access::Installation, checks::update),
    route(
        "GET",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
        Access::Installation,
        checks::annotations,
    ),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", Access::Installation, checks::of_commit),
];

/// The operation that a request names, with the parameters of its path.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, BTreeMap<String, String>)> {
    let hits = ROUTES.iter().filter(|route| route.method == method);
    let hits = hits.filter_map(|route| Some((route, matches(route.template, path)?)));
    // `…/commits/{ref}` spans slashes and would also match `…/commits/{ref}/check-runs`: the longer template wins.
    hits.max_by_key(|(route, _)| (fixed(route.template), route.template.len()))
}

/// The number of fixed segments of a template, those that are not parameters.
pub(crate) fn fixed(template: &str) -> usize {
    template.split('/').filter(|part| !part.starts_with('{')).count()
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn every_route_is_described() {
        let path = crate::shared(&crate::Options::default());
        let path = path.join("contracts/github/patched/openapi.api.github.com.json");
        if !path.is_file() {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", path.display());
            println!("skipped: {} is absent", path.display());
            return;
        }
        let described = crate::spec::Specification::read(&path).unwrap();
        for route in ROUTES {
            let found = described.find(route.method, route.template).map(|one| one.template);
            assert_eq!(found.as_deref(), Some(route.template), "{} {}", route.method, route.template);
        }
    }

    #[test]
    fn the_longer_route_wins() {
        let check = |path: &str, template: &str| assert_eq!(find("GET", path).unwrap().0.template, template);
        check("/repos/a/b/commits/heads/x", "/repos/{owner}/{repo}/commits/{ref}");
        check("/repos/a/b/commits/heads/x/check-runs", "/repos/{owner}/{repo}/commits/{ref}/check-runs");
        check("/repos/a/b/installation", "/repos/{owner}/{repo}/installation");
        check("/repos/a/b/pulls/1/files", "/repos/{owner}/{repo}/pulls/{pull_number}/files");
        assert!(find("GET", "/repos/a").is_none());
        assert!(find("PUT", "/app").is_none());
    }
}
