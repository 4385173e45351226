//! The status of the App, and its installations.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Account, Health, Page, Permission, StatusText, Step, describe};
use serde_json::Value;

use crate::api::{Api, good, refusal};
use palisade_sdk::provider::json::{id, text};

/// The permissions that the App needs, and their purpose.
const PERMISSIONS: [(&str, &str, &str); 4] = [
    ("metadata", "read", "to list repositories"),
    ("contents", "read", "to read what a pull request changes"),
    ("pull_requests", "read", "to follow pull requests"),
    ("checks", "write", "to publish checks"),
];

/// Permissions without which the connection works.
const OPTIONAL: [(&str, &str, &str); 3] = [
    ("contents", "write", "to create branches and commits with fixes"),
    ("pull_requests", "write", "to create pull requests with fixes"),
    ("organization_hooks", "write", "to detect threats in the events of the organisation"),
];

/// Events that the App must subscribe to.
const EVENTS: [&str; 1] = ["pull_request"];

/// The steps at GitHub that precede the settings.
pub(crate) fn steps() -> Vec<Step> {
    let permissions =
        PERMISSIONS.map(|(name, level, why)| format!("- `{}`, {why}\n", permission(name, level)));
    let events = EVENTS.map(|it| format!("`{it}`")).join(", ");
    let optional = "`issue_comment`, so that the comment `/palisade recheck` requests a check again";
    vec![
        describe::step(
            "Create a GitHub App",
            format!(
                "In the organisation's settings, under *Developer settings*, *GitHub Apps*, *New GitHub App*. \
                 Repository permissions:\n\n{}\nEvents: {events}; and {optional}.",
                permissions.concat()
            ),
        ),
        describe::step(
            "Generate a private key",
            "On the App's page, under *Private keys*. GitHub shows it once, as a file in PEM.",
        ),
        describe::step(
            "Install the App",
            "On the App's page, under *Install App*, for each organisation, for all or for some of its repositories.",
        ),
    ]
}

/// The place where permissions are set.
const PLACE: &str = "the App's settings, Permissions & events, Repository permissions";

/// The name of a permission with its level.
fn permission(name: &str, level: &str) -> String {
    format!("{name}: {level}")
}

/// The permissions that the App needs.
pub(crate) fn permissions() -> Vec<Permission> {
    let all = PERMISSIONS.map(|it| (it, true)).into_iter().chain(OPTIONAL.map(|it| (it, false)));
    all.map(|((name, level, purpose), required)| Permission {
        name: permission(name, level),
        place: PLACE.to_owned(),
        purpose: purpose.to_owned(),
        required,
    })
    .collect()
}

/// The titles of statuses.
pub(crate) fn statuses() -> Vec<StatusText> {
    describe::statuses(&[
        ("active", "Active", ""),
        ("not-installed", "Not Installed", "install the GitHub App there"),
        ("suspended", "Suspended", "resume the GitHub App in the organisation's settings"),
        ("error", "Error", ""),
    ])
}

fn grants(permissions: &Value, name: &str, level: &str) -> bool {
    let has = permissions.get(name).and_then(Value::as_str).unwrap_or_default();
    has == level || has == "write" || has == "admin"
}

/// Adds what an App or its installation lacks.
fn add_missing(health: &mut Health, of: &Value) {
    if let Some(permissions) = of.get("permissions") {
        for (name, level, why) in PERMISSIONS {
            if !grants(permissions, name, level) {
                let permission = permission(name, level);
                health.warnings.push(format!(
                    "the App lacks the permission `{permission}`, which it needs {why}: add it in the App's settings, \
                     and have the organisation accept it"
                ));
                health.missing.push(permission);
            }
        }
    }
    if let Some(events) = of.get("events").and_then(Value::as_array) {
        for event in EVENTS {
            if !events.iter().any(|it| it.as_str() == Some(event)) {
                health.warnings.push(format!(
                    "the App is not subscribed to the event `{event}`: subscribe in the App's settings"
                ));
            }
        }
    }
}

/// The status of the connection, or of the installation in the settings.
pub(crate) fn test(api: &Api<'_>) -> Result<Health, CallError> {
    let app = good(api.app("/app", None)?, "the App")?;
    let slug = text(&app.body, "/slug").to_owned();
    let mut health = Health {
        status: "active".to_owned(),
        account: slug.clone(),
        details: vec![("app".to_owned(), slug)],
        ..Health::default()
    };
    if api.settings.account.is_empty() {
        add_missing(&mut health, &app.body);
        return Ok(health);
    }
    let found = api.app(&format!("/app/installations/{}", api.settings.account), None)?;
    if found.status == 404 {
        "not-installed".clone_into(&mut health.status);
        "the GitHub App is not installed: install it for the organisation".clone_into(&mut health.reason);
        return Ok(health);
    }
    let installation = good(found, "the installation")?.body;
    text(&installation, "/account/login").clone_into(&mut health.account);
    add_missing(&mut health, &installation);
    health.details.push(("kind".to_owned(), text(&installation, "/account/type").to_owned()));
    health.details.push(("repositories".to_owned(), text(&installation, "/repository_selection").to_owned()));
    health.details.push(("page".to_owned(), text(&installation, "/html_url").to_owned()));
    if !installation.pointer("/suspended_at").unwrap_or(&Value::Null).is_null() {
        "suspended".clone_into(&mut health.status);
        "the GitHub App is suspended: resume it in the organisation's settings"
            .clone_into(&mut health.reason);
        return Ok(health);
    }
    let repositories = api.get("/installation/repositories?per_page=1", None)?;
    if repositories.status != 200 {
        let CallError::Denied(why) = refusal(&repositories, "the installation's repositories") else {
            return Err(refusal(&repositories, "the installation's repositories"));
        };
        "error".clone_into(&mut health.status);
        health.reason = why;
    }
    Ok(health)
}

/// The installations of the App.
pub(crate) fn accounts(api: &Api<'_>, cursor: Option<&str>) -> Result<Page<Account>, CallError> {
    let answer = good(api.app("/app/installations?per_page=100", cursor)?, "the App's installations")?;
    let account = |it: &Value| Account {
        id: id(it, "/id"),
        name: text(it, "/account/login").to_owned(),
        status: match it.get("suspended_at") {
            None | Some(Value::Null) => "active".to_owned(),
            Some(_) => "suspended".to_owned(),
        },
        web_url: text(it, "/html_url").to_owned(),
    };
    Ok(Page { items: answer.list("").iter().map(account).collect(), next: answer.next() })
}
