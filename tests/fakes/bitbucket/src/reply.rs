//! Responses in Bitbucket's format (developer.atlassian.com, "REST APIs", section "Standardized error responses").

use palisade_fake_host::Reply;
use serde_json::json;

/// An error.
pub(crate) fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "type": "error", "error": { "message": message } }))
}

/// The error of a repository that does not exist, or that the user must not see.
pub(crate) fn no_repository() -> Reply {
    error(
        404,
        "You may not have access to this repository or it no longer exists in this workspace. If you think this \
         repository exists and you have access, make sure you are authenticated.",
    )
}

/// The error of another object that does not exist.
pub(crate) fn not_found(what: &str) -> Reply {
    error(404, &format!("{what} not found"))
}

/// The error of a token that lacks a scope.
pub(crate) fn lacks_scope(required: &[String], granted: &[String]) -> Reply {
    let message = "Your credentials lack one or more required privilege scopes.";
    let detail = json!({ "required": required, "granted": granted });
    Reply::json(403, &json!({ "type": "error", "error": { "message": message, "detail": detail } }))
}

/// What a handler returns.
pub(crate) type Answer = Result<Reply, Refused>;

/// A request that a handler refuses.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) reply: Reply,
    pub(crate) why: String,
    /// Whether it is an error of the program under test.
    pub(crate) is_violation: bool,
}

impl From<Reply> for Refused {
    fn from(reply: Reply) -> Self {
        Self { reply, why: String::new(), is_violation: false }
    }
}

/// A request that exceeds a documented limit or lacks a documented field: an error of the program under test.
pub(crate) fn invalid(why: &str) -> Refused {
    Refused { reply: error(400, why), why: why.to_owned(), is_violation: true }
}
