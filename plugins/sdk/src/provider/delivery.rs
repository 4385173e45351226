//! A delivery of a webhook, and its meaning.

use serde_json::Value;

use super::json;
use crate::CallError;

/// A delivery of a webhook that the host has verified.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Names in their original case, and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// The signed bytes.
    pub body: &'a [u8],
}

impl<'a> Delivery<'a> {
    /// The value of a header; the case of its name is ignored.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The value of a header that is not empty.
    ///
    /// # Errors
    /// [`CallError::InvalidInput`] if the header is missing or empty.
    pub fn required(&self, name: &str) -> Result<&'a str, CallError> {
        let value = self.header(name).filter(|it| !it.is_empty());
        value.ok_or_else(|| CallError::InvalidInput(format!("missing header `{name}`")))
    }

    /// The body as text, and as a JSON object. `fix` is the remediation for another body.
    ///
    /// # Errors
    /// [`CallError::InvalidInput`] if the body is not UTF-8, not JSON or not an object.
    pub fn object(&self, fix: &str) -> Result<(&'a str, Value), CallError> {
        let wrong = |what: &str| CallError::InvalidInput(format!("the body is not {what}: {fix}"));
        let text = str::from_utf8(self.body).map_err(|_| wrong("UTF-8"))?;
        let body: Value = serde_json::from_str(text).map_err(|_| wrong("valid JSON"))?;
        if body.is_object() { Ok((text, body)) } else { Err(wrong("a JSON object")) }
    }
}

/// The meaning of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// The integration, as the provider identifies it; empty for each integration of the connection.
    pub account: String,
    /// What the host must look at again.
    pub hints: Vec<Hint>,
    /// What happened, for detectors.
    pub events: Vec<Event>,
}

/// What the host must look at again. The host requests the current state from the provider, so the order and the
/// content of deliveries do not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A pull request may have a new head or base, or be closed.
    Pull {
        /// The full name of the target repository.
        repository: String,
        /// Its number.
        id: String,
        /// Its head in the delivery, which may be abbreviated; empty if missing.
        head_sha: String,
        /// Its target branch in the delivery; empty if missing.
        base_ref: String,
    },
    /// A merge queue requests the check of a commit before it is merged.
    MergeGroup {
        /// The full name of the repository.
        repository: String,
        /// The commit.
        head_sha: String,
        /// The head of the branch without it; empty if missing.
        base_sha: String,
        /// The branch.
        base_ref: String,
    },
    /// A user requests the checks of a commit again.
    Rerun {
        /// The full name of the repository.
        repository: String,
        /// The commit.
        head_sha: String,
        /// Our id of the check; none for all checks.
        external_id: Option<String>,
    },
    /// A user requests the check of a pull request again, by a comment.
    Recheck {
        /// The full name of the target repository.
        repository: String,
        /// Its number.
        id: String,
    },
    /// The integration was created, suspended or removed, or its permissions changed.
    Integration,
    /// The list or the names of the repositories changed.
    Repositories,
}

/// The actor of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The provider's id.
    pub id: String,
    /// The name.
    pub login: String,
    /// `user`, `bot`, `organization`, in lower case; other values are possible.
    pub kind: String,
}

/// An event, in the terms of the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The delivery's id.
    pub id: String,
    /// The name of the provider.
    pub provider: String,
    /// Such as `repository`.
    pub kind: String,
    /// Such as `publicized`; empty for a kind without actions.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// The organization.
    pub organization: String,
    /// The full name of the repository; empty if the event belongs to none.
    pub repository: String,
    /// Whether the repository is public, if known.
    pub public: Option<bool>,
    /// Unix time in milliseconds; 0 if the provider does not report it.
    pub occurred_ms: u64,
    /// Names and values for detectors and users.
    pub properties: Vec<(String, String)>,
    /// The provider's own JSON.
    pub payload: String,
}

/// The properties of an event, from names and JSON pointers: the first value of a name that is present.
pub fn properties<'a>(
    body: &Value,
    table: impl IntoIterator<Item = &'a (&'a str, &'a str)>,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, pointer) in table {
        let value = json::id(body, pointer);
        if !value.is_empty() && all.iter().all(|(known, _)| known != name) {
            all.push(((*name).to_owned(), value));
        }
    }
    all
}
