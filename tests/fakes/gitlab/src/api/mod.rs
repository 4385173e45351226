//! The REST API: the operations and their handlers.

mod checks;
mod commits;
mod contents;
mod discussions;
mod hooks;
mod notes;
mod projects;
mod pulls;
mod statuses;
mod user;

use palisade_fake_host::{Reply, Route};

use crate::Inner;
use crate::state::{DEVELOPER, MAINTAINER, OWNER, REPORTER};

pub(crate) use hooks::FLAGS;
pub(crate) use pulls::Opened;
pub(crate) use statuses::{Posted, add_pipeline};

/// The sender of a request, and the object that the path begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) user: u64,
    pub(crate) token: u64,
    /// The project, or 0.
    pub(crate) project: u64,
    /// The group, or 0.
    pub(crate) group: u64,
}

/// A request that passed every check.
pub(crate) type Call = palisade_fake_host::Call<Caller>;

/// A response; an error ends a handler.
pub(crate) type Answer = Result<Reply, Reply>;

/// What carries an operation out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// The scopes of which a token needs one; empty for any token (docs.gitlab.com, "Personal access tokens", section
    /// "Personal access token scopes").
    pub(crate) scopes: &'static [&'static str],
    /// The role in the project or group that is required; 0 for none.
    pub(crate) level: u8,
    pub(crate) handler: fn(&Inner, &Call) -> Answer,
}

/// The scopes for reading.
const READ: &[&str] = &["api", "read_api"];

/// The scopes for reading the user.
const USER: &[&str] = &["api", "read_api", "read_user"];

/// The scopes for reading files.
const FILES: &[&str] = &["api", "read_api", "read_repository"];

/// The scope for everything else.
const API: &[&str] = &["api"];

type Handler = fn(&Inner, &Call) -> Answer;

const fn route(
    method: &'static str,
    template: &'static str,
    scopes: &'static [&'static str],
    level: u8,
    handler: Handler,
) -> Route<Target> {
    Route { method, template, target: Target { scopes, level, handler } }
}

const fn read(template: &'static str, handler: Handler) -> Route<Target> {
    route("GET", template, READ, REPORTER, handler)
}

const fn write(method: &'static str, template: &'static str, level: u8, handler: Handler) -> Route<Target> {
    route(method, template, API, level, handler)
}

/// The parameters of paths that may contain slashes: none, as GitLab requires `%2F`.
pub(crate) const SPANNING: &[&str] = &[];

/// All operations that the fake implements, with the roles that they require (docs.gitlab.com, "Roles and permissions",
/// section "Project permissions").
pub(crate) const ROUTES: &[Route<Target>] = &[
    route("GET", "/api/v4/version", USER, 0, user::version),
    route("GET", "/api/v4/metadata", USER, 0, user::metadata),
    route("GET", "/api/v4/user", USER, 0, user::user),
    route("GET", "/api/v4/personal_access_tokens/self", &[], 0, user::token),
    route("GET", "/api/v4/groups", READ, 0, user::groups),
    route("GET", "/api/v4/groups/{id}", READ, 0, user::group),
    route("GET", "/api/v4/groups/{id}/projects", READ, 0, user::projects),
    route("GET", "/api/v4/projects", READ, 0, projects::list),
    route("GET", "/api/v4/projects/{id}", READ, 0, projects::one),
    route("GET", "/api/v4/projects/{id}/members/all/{user_id}", READ, 0, projects::member),
    read("/api/v4/projects/{id}/protected_branches", projects::protected),
    read("/api/v4/projects/{id}/protected_branches/{name}", projects::protected_branch),
    read("/api/v4/projects/{id}/repository/branches", projects::branches),
    read("/api/v4/projects/{id}/repository/branches/{branch}", projects::branch),
    write("POST", "/api/v4/projects/{id}/repository/branches", DEVELOPER, projects::create_branch),
    write("DELETE", "/api/v4/projects/{id}/repository/branches/{branch}", DEVELOPER, projects::delete_branch),
    read("/api/v4/projects/{id}/repository/tree", contents::tree),
    route("GET", "/api/v4/projects/{id}/repository/files/{file_path}", FILES, REPORTER, contents::file),
    route("GET", "/api/v4/projects/{id}/repository/files/{file_path}/raw", FILES, REPORTER, contents::raw),
    route("GET", "/api/v4/projects/{id}/repository/archive", FILES, REPORTER, contents::archive),
    route("GET", "/api/v4/projects/{id}/repository/archive.tar.gz", FILES, REPORTER, contents::archive),
    read("/api/v4/projects/{id}/repository/compare", commits::compare),
    read("/api/v4/projects/{id}/repository/merge_base", commits::merge_base),
    read("/api/v4/projects/{id}/repository/commits", commits::list),
    read("/api/v4/projects/{id}/repository/commits/{sha}", commits::one),
    read("/api/v4/projects/{id}/repository/commits/{sha}/diff", commits::diff),
    read("/api/v4/projects/{id}/repository/commits/{sha}/refs", commits::references),
    read("/api/v4/projects/{id}/repository/commits/{sha}/merge_requests", pulls::of_commit),
    read("/api/v4/projects/{id}/repository/commits/{sha}/statuses", statuses::list),
    write("POST", "/api/v4/projects/{id}/repository/commits", DEVELOPER, commits::create),
    write("POST", "/api/v4/projects/{id}/statuses/{sha}", DEVELOPER, statuses::create),
    read("/api/v4/projects/{id}/pipelines", statuses::pipelines),
    read("/api/v4/projects/{id}/pipelines/{pipeline_id}", statuses::pipeline),
    read("/api/v4/projects/{id}/merge_requests", pulls::list),
    write("POST", "/api/v4/projects/{id}/merge_requests", DEVELOPER, pulls::create),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}", pulls::one),
    write("PUT", "/api/v4/projects/{id}/merge_requests/{merge_request_iid}", DEVELOPER, pulls::update),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/diffs", pulls::diffs_in_pages),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/changes", pulls::changes),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/versions", pulls::versions),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/versions/{version_id}", pulls::version),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/commits", pulls::commits),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/pipelines", pulls::pipelines),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/notes", notes::list),
    write("POST", "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/notes", REPORTER, notes::create),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/notes/{note_id}", notes::one),
    write(
        "PUT",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/notes/{note_id}",
        REPORTER,
        notes::edit,
    ),
    write(
        "DELETE",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/notes/{note_id}",
        REPORTER,
        notes::delete,
    ),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions", discussions::list),
    write(
        "POST",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions",
        REPORTER,
        discussions::create,
    ),
    read(
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}",
        discussions::one,
    ),
    write(
        "PUT",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}",
        REPORTER,
        discussions::resolve,
    ),
    write(
        "POST",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}/notes",
        REPORTER,
        discussions::reply,
    ),
    write(
        "PUT",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}/notes/{note_id}",
        REPORTER,
        discussions::edit,
    ),
    write(
        "DELETE",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}/notes/{note_id}",
        REPORTER,
        notes::delete,
    ),
    read("/api/v4/projects/{id}/external_status_checks", checks::list),
    read("/api/v4/projects/{id}/merge_requests/{merge_request_iid}/status_checks", checks::of_pull),
    write(
        "POST",
        "/api/v4/projects/{id}/merge_requests/{merge_request_iid}/status_check_responses",
        DEVELOPER,
        checks::respond,
    ),
    route("GET", "/api/v4/projects/{id}/hooks", READ, MAINTAINER, hooks::list),
    write("POST", "/api/v4/projects/{id}/hooks", MAINTAINER, hooks::create),
    route("GET", "/api/v4/projects/{id}/hooks/{hook_id}", READ, MAINTAINER, hooks::one),
    write("PUT", "/api/v4/projects/{id}/hooks/{hook_id}", MAINTAINER, hooks::update),
    write("DELETE", "/api/v4/projects/{id}/hooks/{hook_id}", MAINTAINER, hooks::delete),
    route("GET", "/api/v4/projects/{id}/hooks/{hook_id}/events", READ, MAINTAINER, hooks::events),
    write(
        "POST",
        "/api/v4/projects/{id}/hooks/{hook_id}/events/{hook_log_id}/resend",
        MAINTAINER,
        hooks::resend,
    ),
    write("POST", "/api/v4/projects/{id}/hooks/{hook_id}/test/{trigger}", MAINTAINER, hooks::test),
    route("GET", "/api/v4/groups/{id}/hooks", READ, OWNER, hooks::list),
    write("POST", "/api/v4/groups/{id}/hooks", OWNER, hooks::create),
    route("GET", "/api/v4/groups/{id}/hooks/{hook_id}", READ, OWNER, hooks::one),
    write("PUT", "/api/v4/groups/{id}/hooks/{hook_id}", OWNER, hooks::update),
    write("DELETE", "/api/v4/groups/{id}/hooks/{hook_id}", OWNER, hooks::delete),
    route("GET", "/api/v4/groups/{id}/hooks/{hook_id}/events", READ, OWNER, hooks::events),
    write("POST", "/api/v4/groups/{id}/hooks/{hook_id}/events/{hook_log_id}/resend", OWNER, hooks::resend),
    write("POST", "/api/v4/groups/{id}/hooks/{hook_id}/test/{trigger}", OWNER, hooks::test),
];

#[cfg(test)]
mod test {
    use palisade_fake_host::{Gate, Specification};

    use super::*;

    #[test]
    fn every_route_is_described() {
        let path = crate::shared(&crate::Options::default()).join(crate::fake::DESCRIPTION);
        if !path.is_file() {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", path.display());
            println!("skipped: {} is absent", path.display());
            return;
        }
        let described = Specification::read(&[path], SPANNING).unwrap().extend(crate::fake::more()).unwrap();
        for route in ROUTES {
            let found = described.find(route.method, route.template).map(|one| one.template);
            assert_eq!(found.as_deref(), Some(route.template), "{} {}", route.method, route.template);
        }
    }

    #[test]
    fn fixed_segments_win() {
        let gate = Gate { routes: ROUTES, spanning: SPANNING, specification: None };
        let check = |path: &str, template: &str| {
            assert_eq!(gate.find("GET", path).unwrap().route.template, template);
        };
        check("/api/v4/projects/acme%2Fshop", "/api/v4/projects/{id}");
        check(
            "/api/v4/projects/1/repository/archive.tar.gz",
            "/api/v4/projects/{id}/repository/archive.tar.gz",
        );
        check(
            "/api/v4/projects/1/repository/branches/a%2Fb",
            "/api/v4/projects/{id}/repository/branches/{branch}",
        );
        assert!(gate.find("GET", "/api/v4/projects/acme/shop").is_err());
        assert!(gate.find("PATCH", "/api/v4/user").is_err());
    }
}
