//! A delivery as an event, for detectors and the audit log.

use palisade_sdk::provider::json::{flag, id, text, time};
use palisade_sdk::provider::{Actor, Event, properties};
use serde_json::Value;

use crate::api::{branch_name, full_name};

/// Where an event has its actor. The user who created a pull request is not the one who updates it, and an update does
/// not name its actor.
const ACTORS: [&str; 7] = [
    "/resource/initiatedBy",
    "/resource/pushedBy",
    "/resource/comment/author",
    "/resource/author",
    "/resource/closedBy",
    "/resource/requestedFor",
    "/resource/lastChangedBy",
];

/// Properties that only some events have, by name and JSON pointer.
const PROPERTIES: [(&str, &str); 14] = [
    ("pull", "/resource/pullRequestId"),
    ("pull", "/resource/pullRequest/pullRequestId"),
    ("status", "/resource/status"),
    ("head", "/resource/lastMergeSourceCommit/commitId"),
    ("head", "/resource/pullRequest/lastMergeSourceCommit/commitId"),
    ("base", "/resource/targetRefName"),
    ("base", "/resource/pullRequest/targetRefName"),
    ("ref", "/resource/refUpdates/0/name"),
    ("before", "/resource/refUpdates/0/oldObjectId"),
    ("after", "/resource/refUpdates/0/newObjectId"),
    ("comment", "/resource/comment/id"),
    ("old-name", "/resource/oldName"),
    ("new-name", "/resource/newName"),
    ("subscription", "/subscriptionId"),
];

/// Where an event has the URL of its organization, or a URL below it.
const ORGANIZATIONS: [&str; 6] = [
    "/resourceContainers/account/baseUrl",
    "/resourceContainers/collection/baseUrl",
    "/resource/repository/url",
    "/resource/pullRequest/repository/url",
    "/resource/project/url",
    "/resource/url",
];

/// The organization in a URL: the first folder, or the first label of the host in the older form
/// (<https://learn.microsoft.com/azure/devops/extend/develop/work-with-urls>).
fn organization(url: &str) -> &str {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else { return "" };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    match host.strip_suffix(".visualstudio.com") {
        Some(name) => name,
        None => path.split('/').next().filter(|it| !it.starts_with('_')).unwrap_or_default(),
    }
}

/// The repository of an event: of a push, of a pull request, of its comment, or the one that was deleted.
fn repository(body: &Value) -> String {
    let places = ["/resource/repository", "/resource/pullRequest/repository"];
    let found = places.iter().filter_map(|it| body.pointer(it)).map(full_name).find(|it| !it.is_empty());
    found.unwrap_or_else(|| {
        match (text(body, "/resource/project/name"), text(body, "/resource/repositoryName")) {
            ("", _) | (_, "") => String::new(),
            (project, name) => format!("{project}/{name}"),
        }
    })
}

/// Whether the project is public, if the event has its visibility.
fn is_public(body: &Value) -> Option<bool> {
    let places = [
        "/resource/repository/project/visibility",
        "/resource/pullRequest/repository/project/visibility",
        "/resource/project/visibility",
    ];
    places.iter().find_map(|it| match text(body, it) {
        "public" => Some(true),
        "private" | "organization" => Some(false),
        _ => None,
    })
}

fn actor(kind: &str, body: &Value) -> Actor {
    let created = (kind == "git.pullrequest.created").then_some("/resource/createdBy");
    let mut users = created.iter().chain(&ACTORS).filter_map(|it| body.pointer(it));
    let Some(user) = users.find(|it| !id(it, "/id").is_empty()) else { return Actor::default() };
    Actor {
        id: id(user, "/id"),
        login: crate::api::user_name(user, "").to_owned(),
        kind: if flag(user, "/isContainer") { "group" } else { "user" }.to_owned(),
    }
}

/// The event of a delivery.
pub(crate) fn event(kind: &str, body: &Value, payload: &str) -> Event {
    // A notification is numbered within its subscription.
    let delivery = match (text(body, "/subscriptionId"), id(body, "/notificationId")) {
        ("", _) => text(body, "/id").to_owned(),
        (_, number) if number.is_empty() => text(body, "/id").to_owned(),
        (subscription, number) => format!("{subscription}/{number}"),
    };
    let mut properties = properties(body, &PROPERTIES);
    for (_, value) in properties.iter_mut().filter(|(name, _)| name == "base") {
        *value = branch_name(value).to_owned();
    }
    let organizations = ORGANIZATIONS.iter().map(|it| organization(text(body, it)));
    Event {
        id: delivery,
        provider: "azure-devops".to_owned(),
        kind: kind.to_owned(),
        action: String::new(),
        actor: actor(kind, body),
        organization: organizations.into_iter().find(|it| !it.is_empty()).unwrap_or_default().to_owned(),
        repository: repository(body),
        public: is_public(body),
        occurred_ms: time(body, "/createdDate").unwrap_or(0),
        properties,
        payload: payload.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::organization;

    #[test]
    fn the_organization_of_a_url() {
        for (url, expected) in [
            ("https://dev.azure.com/fabrikam/", "fabrikam"),
            ("https://dev.azure.com/fabrikam", "fabrikam"),
            ("https://dev.azure.com/fabrikam/DefaultCollection/_apis/x", "fabrikam"),
            ("https://fabrikam.visualstudio.com/DefaultCollection/_git/F", "fabrikam"),
            ("https://tfs.example/Collection/_apis/x", "Collection"),
            ("https://tfs.example/_apis/x", ""),
            ("https://dev.azure.com", ""),
            ("vstfs:///x", ""),
            ("", ""),
        ] {
            assert_eq!(organization(url), expected, "{url}");
        }
    }
}
