//! A delivery as an event, for detectors and the audit log.
//! <https://docs.gitlab.com/user/project/integrations/webhook_events/>

use palisade_sdk::provider::json::{first_text, id, text, time};
use palisade_sdk::provider::{Actor, Event, properties};
use serde_json::Value;

/// Where an event has its time, the most reliable first.
const TIMES: [&str; 8] = [
    "/object_attributes/updated_at",
    "/object_attributes/finished_at",
    "/object_attributes/created_at",
    "/status_changed_at",
    "/build_finished_at",
    "/build_started_at",
    "/updated_at",
    "/created_at",
];

/// Properties that only some events have, by name and JSON pointer.
const PROPERTIES: [(&str, &str); 18] = [
    ("pull", "/object_attributes/iid"),
    ("pull", "/merge_request/iid"),
    ("head", "/object_attributes/last_commit/id"),
    ("head", "/object_attributes/sha"),
    ("base", "/object_attributes/target_branch"),
    ("ref", "/ref"),
    ("ref", "/object_attributes/ref"),
    ("before", "/before"),
    ("after", "/after"),
    ("group", "/group/full_path"),
    ("group", "/group_path"),
    ("group", "/full_path"),
    ("member", "/user_username"),
    ("access", "/group_access"),
    ("access", "/access_level"),
    ("status", "/object_attributes/status"),
    ("status", "/status"),
    ("environment", "/environment"),
];

/// Events whose `user_` fields are the actor. In events of members they are the member.
const PUSHES: [&str; 3] = ["push", "tag_push", "repository_update"];

/// A commit that does not exist, in a push that creates or deletes a branch.
fn is_none(commit: &str) -> bool {
    !commit.is_empty() && commit.bytes().all(|it| it == b'0')
}

/// Unix milliseconds. GitLab writes `2016-08-12 15:23:28 UTC` and `2021-04-28 21:50:00 +0200` beside RFC 3339.
fn when(body: &Value, pointer: &str) -> Option<u64> {
    let written = text(body, pointer);
    let normal = match written.split(' ').collect::<Vec<_>>()[..] {
        [day, time, "UTC"] => format!("{day}T{time}Z"),
        [day, time, zone] if zone.len() == 5 => {
            let (hours, minutes) = zone.split_at_checked(3)?;
            format!("{day}T{time}{hours}:{minutes}")
        }
        _ => return time(body, pointer),
    };
    time(&Value::from(normal), "")
}

fn actor(kind: &str, body: &Value) -> Actor {
    let (number, names) = if PUSHES.contains(&kind) {
        ("/user_id", ["/user_username", "/user_name"])
    } else {
        ("/user/id", ["/user/username", "/user/name"])
    };
    let login = first_text(body, &names);
    // Names of the users of group and project access tokens.
    // <https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects>
    let is_bot = (login.starts_with("project_") || login.starts_with("group_")) && login.contains("_bot");
    let kind = if login.is_empty() {
        ""
    } else if is_bot {
        "bot"
    } else {
        "user"
    };
    Actor { id: id(body, number), login: login.to_owned(), kind: kind.to_owned() }
}

/// The full name of the project.
pub(crate) fn repository(body: &Value) -> &str {
    let pointers = ["/project/path_with_namespace", "/project_path_with_namespace", "/path_with_namespace"];
    first_text(body, &pointers)
}

/// The name of the group at the top.
fn organization(body: &Value) -> &str {
    let pointers = ["/group/full_path", "/group/group_path", "/full_path", "/group_path"];
    let group = first_text(body, &pointers);
    let whole = if group.is_empty() { repository(body) } else { group };
    whole.split_once('/').map_or(group, |(first, _)| first)
}

fn is_public(body: &Value) -> Option<bool> {
    let level = |pointer: &str| body.pointer(pointer).and_then(Value::as_u64);
    // 0 is private, 10 internal, 20 public. <https://docs.gitlab.com/api/projects/#project-visibility-level>
    if let Some(level) = level("/project/visibility_level") {
        return Some(level == 20);
    }
    let named = text(body, "/project_visibility");
    (!named.is_empty()).then(|| named.ends_with("public"))
}

fn action<'a>(kind: &str, body: &'a Value) -> &'a str {
    let action = text(body, "/object_attributes/action");
    let name = text(body, "/event_name");
    if !action.is_empty() {
        action
    } else if PUSHES.contains(&kind) && is_none(text(body, "/before")) {
        "created"
    } else if PUSHES.contains(&kind) && is_none(text(body, "/after")) {
        "deleted"
    } else if name == kind {
        ""
    } else {
        name
    }
}

/// The event of a delivery.
pub(crate) fn event(kind: &str, delivery: &str, body: &Value, payload: &str) -> Event {
    // `iid` and `user_username` have other meanings in other kinds.
    let has = |(name, pointer): &&(&str, &str)| match *name {
        "pull" if pointer.starts_with("/object_attributes") => kind == "merge_request",
        "member" => !PUSHES.contains(&kind),
        _ => true,
    };
    Event {
        id: delivery.to_owned(),
        provider: "gitlab".to_owned(),
        kind: kind.to_owned(),
        action: action(kind, body).to_owned(),
        actor: actor(kind, body),
        organization: organization(body).to_owned(),
        repository: repository(body).to_owned(),
        public: is_public(body),
        occurred_ms: TIMES.iter().find_map(|pointer| when(body, pointer)).unwrap_or(0),
        properties: properties(body, PROPERTIES.iter().filter(has)),
        payload: payload.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_of_all_forms() {
        for (written, expected) in [
            ("2016-08-12T15:23:28Z", Some(1_471_015_408_000)),
            ("2016-08-12 15:23:28 UTC", Some(1_471_015_408_000)),
            ("2016-08-12 17:23:28 +0200", Some(1_471_015_408_000)),
            ("2016-08-12T17:23:28+02:00", Some(1_471_015_408_000)),
            ("2016-08-12 15:23:28 äöü", None),
            ("x y UTC", None),
            ("", None),
        ] {
            assert_eq!(when(&json!({"at": written}), "/at"), expected, "{written}");
        }
    }
}
