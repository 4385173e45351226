//! Responses in the format of Azure DevOps.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

/// The header with the token of the next page.
pub(crate) const CONTINUATION: &str = "x-ms-continuationtoken";

/// An error, with the name of its type.
pub(crate) fn error(status: u16, kind: &str, message: &str) -> Reply {
    let body = json!({
        "$id": "1", "innerException": null, "message": message,
        "typeName": format!("Microsoft.TeamFoundation.{kind}, Microsoft.TeamFoundation"),
        "typeKey": kind, "errorCode": 0, "eventId": 3000,
    });
    Reply::json(status, &body)
}

/// A list.
pub(crate) fn list(items: &[Value]) -> Reply {
    Reply::json(200, &json!({ "count": items.len(), "value": items }))
}

/// A page of a list from a position, with the header for the next one.
pub(crate) fn paged(all: Vec<Value>, from: usize, size: usize) -> Reply {
    let page = palisade_fake_host::Page::cut(all.into_iter().skip(from).collect(), 1, size);
    let reply = list(&page.items);
    if page.last() > 1 { reply.header(CONTINUATION, (from + size).to_string()) } else { reply }
}

/// A page of a list without an end: the first items, with the header for the next one.
pub(crate) fn endless(all: Vec<Value>, from: usize, size: usize) -> Reply {
    let page = palisade_fake_host::Page::endless(all, 1, size);
    list(&page.items).header(CONTINUATION, (from + size).to_string())
}

/// The sign-in page, which a request without valid credentials gets.
pub(crate) fn sign_in() -> Reply {
    let page = "<!DOCTYPE html><html lang=\"en-US\"><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>";
    Reply::with(203, "text/html; charset=utf-8", page)
}

/// A token that is not valid for the organisation, or lacks a scope.
pub(crate) fn unauthorized(user: &str) -> Reply {
    let why = format!("TF400813: The user '{user}' is not authorized to access this resource.");
    error(401, "UnauthorizedRequestException", &why)
}

/// An absent project.
pub(crate) fn no_project(name: &str) -> Reply {
    let why = format!(
        "TF200016: The following project does not exist: {name}. Verify that the name of the project is correct."
    );
    error(404, "ProjectDoesNotExistWithNameException", &why)
}

/// An absent repository.
pub(crate) fn no_repository(name: &str) -> Reply {
    let why = format!(
        "TF401019: The Git repository with name or identifier {name} does not exist or you do not have permissions for the operation."
    );
    error(404, "GitRepositoryNotFoundException", &why)
}

/// An absent pull request.
pub(crate) fn no_pull() -> Reply {
    error(404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found.")
}

/// An absent object of a pull request.
pub(crate) fn absent(what: &str) -> Reply {
    error(404, "GitObjectDoesNotExistException", &format!("{what} was not found."))
}

/// A request with a value that is refused.
pub(crate) fn invalid(why: &str) -> Reply {
    error(400, "VssPropertyValidationException", why)
}

/// A version of a repository that does not exist.
pub(crate) fn no_version(name: &str) -> Reply {
    let why = format!(
        "TF401175: The version descriptor <{name}> could not be resolved to a version in the repository."
    );
    error(404, "GitUnresolvableToCommitException", &why)
}

/// A permission that the user lacks.
pub(crate) fn forbidden(user: &str, permission: &str) -> Reply {
    let why = format!(
        "TF401027: You need the '{permission}' permission to perform this action. Details: identity '{user}'."
    );
    error(403, "AccessCheckException", &why)
}
