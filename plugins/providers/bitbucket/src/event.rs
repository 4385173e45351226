//! A delivery as an event, for detectors and the audit log.

use palisade_sdk::provider::json::{first_text, first_time, text};
use palisade_sdk::provider::{Actor, Event, properties};
use serde_json::Value;

/// Where an event has its time, the most reliable first.
const TIMES: [&str; 8] = [
    "/comment/updated_on",
    "/comment/created_on",
    "/approval/date",
    "/commit_status/updated_on",
    "/pullrequest/updated_on",
    "/push/changes/0/new/target/date",
    "/issue/updated_on",
    "/repository/updated_on",
];

/// Properties that only some events have, by name and JSON pointer.
const PROPERTIES: [(&str, &str); 15] = [
    ("pull", "/pullrequest/id"),
    ("head", "/pullrequest/source/commit/hash"),
    ("base", "/pullrequest/destination/branch/name"),
    ("comment", "/comment/id"),
    ("status", "/commit_status/key"),
    ("state", "/commit_status/state"),
    ("ref", "/push/changes/0/new/name"),
    ("ref_type", "/push/changes/0/new/type"),
    ("before", "/push/changes/0/old/target/hash"),
    ("after", "/push/changes/0/new/target/hash"),
    ("deleted_ref", "/push/changes/0/old/name"),
    ("fork", "/fork/full_name"),
    ("old_name", "/changes/full_name/old"),
    ("new_name", "/changes/full_name/new"),
    ("previous_owner", "/previous_workspace/slug"),
];

/// The event of a delivery. Its key is the kind and the action: `pullrequest:created`.
pub(crate) fn event(key: &str, delivery: &str, body: &Value, payload: &str) -> Event {
    let (kind, action) = key.split_once(':').unwrap_or((key, ""));
    let repository = text(body, "/repository/full_name");
    let workspace = first_text(body, &["/repository/workspace/slug", "/repository/owner/username"]);
    let owner = repository.split_once('/').map_or("", |(owner, _)| owner);
    let moved = body.pointer("/push/changes/0/new").is_some_and(Value::is_object);
    let known = PROPERTIES.iter().filter(|(name, _)| !(*name == "deleted_ref" && moved));
    Event {
        id: delivery.to_owned(),
        provider: "bitbucket".to_owned(),
        kind: kind.to_owned(),
        action: action.to_owned(),
        actor: Actor {
            id: first_text(body, &["/actor/uuid", "/actor/account_id"]).to_owned(),
            login: first_text(body, &["/actor/nickname", "/actor/username", "/actor/display_name"])
                .to_owned(),
            kind: text(body, "/actor/type").to_ascii_lowercase(),
        },
        organization: if workspace.is_empty() { owner } else { workspace }.to_owned(),
        repository: repository.to_owned(),
        public: body.pointer("/repository/is_private").and_then(Value::as_bool).map(|private| !private),
        occurred_ms: first_time(body, &TIMES),
        properties: properties(body, known),
        payload: payload.to_owned(),
    }
}
