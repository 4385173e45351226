//! The REST API: the operations and their handlers.

mod app;
mod checks;
mod contents;
mod create;
mod deliveries;
mod hooks;
mod page;
mod pulls;
mod repositories;

use palisade_fake_host::{Reply, Route};

use crate::Inner;

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
pub(crate) type Call = palisade_fake_host::Call<Caller>;

/// `owner/name` of the requested repository, as it was written.
pub(crate) fn full_name(call: &Call) -> String {
    format!("{}/{}", call.parameter("owner"), call.parameter("repo"))
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

/// What carries an operation out.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) access: Access,
    pub(crate) handler: Handler,
}

const fn route(
    method: &'static str,
    template: &'static str,
    access: Access,
    handler: Handler,
) -> Route<Target> {
    Route { method, template, target: Target { access, handler } }
}

/// The parameters of paths that may contain slashes: GitHub documents them as a path or the name of a reference.
pub(crate) const SPANNING: &[&str] = &["path", "ref", "branch", "basehead", "tree_sha"];

/// All operations that the fake implements.
pub(crate) const ROUTES: &[Route<Target>] = &[
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
    route("GET", "/orgs/{org}/hooks", Access::Installation, hooks::list),
    route("POST", "/orgs/{org}/hooks", Access::Installation, hooks::create),
    route("PATCH", "/orgs/{org}/hooks/{hook_id}", Access::Installation, hooks::update),
    route("DELETE", "/orgs/{org}/hooks/{hook_id}", Access::Installation, hooks::delete),
    route("POST", "/repos/{owner}/{repo}/git/refs", Access::Installation, create::reference),
    route("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}", Access::Installation, create::moved),
    route("POST", "/repos/{owner}/{repo}/git/blobs", Access::Installation, create::blob),
    route("POST", "/repos/{owner}/{repo}/git/trees", Access::Installation, create::tree),
    route("POST", "/repos/{owner}/{repo}/git/commits", Access::Installation, create::commit),
    route("POST", "/repos/{owner}/{repo}/pulls", Access::Installation, create::pull),
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

#[cfg(test)]
mod test {
    use palisade_fake_host::{Gate, Specification};

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
        let described = Specification::read(&[path], SPANNING).unwrap();
        for route in ROUTES {
            let found = described.find(route.method, route.template).map(|one| one.template);
            assert_eq!(found.as_deref(), Some(route.template), "{} {}", route.method, route.template);
        }
    }

    #[test]
    fn the_longer_route_wins() {
        let gate = Gate { routes: ROUTES, spanning: SPANNING, specification: None };
        let check = |path: &str, template: &str| {
            assert_eq!(gate.find("GET", path).unwrap().route.template, template);
        };
        check("/repos/a/b/commits/heads/x", "/repos/{owner}/{repo}/commits/{ref}");
        check("/repos/a/b/commits/heads/x/check-runs", "/repos/{owner}/{repo}/commits/{ref}/check-runs");
        check("/repos/a/b/installation", "/repos/{owner}/{repo}/installation");
        check("/repos/a/b/pulls/1/files", "/repos/{owner}/{repo}/pulls/{pull_number}/files");
        assert!(gate.find("GET", "/repos/a").is_err());
        assert!(gate.find("PUT", "/app").is_err());
    }
}
