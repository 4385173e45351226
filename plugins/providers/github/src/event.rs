//! A delivery as an event, for detectors and the audit log.

use palisade_sdk::provider::json::{first_text, first_time, id, text};
use palisade_sdk::provider::{Actor, Event, properties};
use serde_json::Value;

/// Where an event has its time, the most reliable first.
const TIMES: [&str; 12] = [
    "/alert/updated_at",
    "/pull_request/updated_at",
    "/workflow_run/updated_at",
    "/check_run/completed_at",
    "/check_run/started_at",
    "/check_suite/updated_at",
    "/deployment/updated_at",
    "/release/published_at",
    "/build/updated_at",
    "/head_commit/timestamp",
    "/installation/updated_at",
    "/repository/updated_at",
];

/// Properties that only some events have, by name and JSON pointer.
const PROPERTIES: [(&str, &str); 12] = [
    ("pull", "/pull_request/number"),
    ("head", "/pull_request/head/sha"),
    ("base", "/pull_request/base/ref"),
    ("check", "/check_run/id"),
    ("suite", "/check_suite/id"),
    ("ref", "/ref"),
    ("before", "/before"),
    ("after", "/after"),
    ("member", "/member/login"),
    ("team", "/team/slug"),
    ("alert", "/alert/number"),
    ("rule", "/rule/name"),
];

/// The event of a delivery.
pub(crate) fn event(kind: &str, delivery: &str, body: &Value, payload: &str) -> Event {
    Event {
        id: delivery.to_owned(),
        provider: "github".to_owned(),
        kind: kind.to_owned(),
        action: text(body, "/action").to_owned(),
        actor: Actor {
            id: id(body, "/sender/id"),
            login: text(body, "/sender/login").to_owned(),
            kind: text(body, "/sender/type").to_ascii_lowercase(),
        },
        organization: first_text(body, &["/organization/login", "/repository/owner/login"]).to_owned(),
        repository: text(body, "/repository/full_name").to_owned(),
        public: body.pointer("/repository/private").and_then(Value::as_bool).map(|private| !private),
        occurred_ms: first_time(body, &TIMES),
        properties: properties(body, &PROPERTIES),
        payload: payload.to_owned(),
    }
}
