//! The status of the connection, and its only account: the organization.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::id;
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{Account, Health, Method, Page, Permission, StatusText, Step, describe};
use serde_json::{Value, json};

use crate::api::{Api, TITLE};
use crate::hooks;

/// The id of the security namespace of service hooks, and its bits.
/// <https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference>
const HOOKS: &str = "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046";
const VIEW: u8 = 1;
const EDIT: u8 = 2;

/// Where scopes are set.
const SCOPES: &str = "User settings, Personal access tokens, Scopes, Custom defined";
/// Where permissions of subscriptions are set: the pages of Azure DevOps do not show them.
const SUBSCRIPTIONS: &str =
    "az devops security permission update, namespace ServiceHooks, token PublisherSecurity";

const READ: &str = "Code: Read";
const WRITE: &str = "Code: Write";
const STATUS: &str = "Code: Status";
const VIEW_HOOKS: &str = "Service hooks: View subscriptions";
const EDIT_HOOKS: &str = "Service hooks: Edit subscriptions";

/// Scopes and permissions: name, place, purpose, and whether they are required.
const PERMISSIONS: [(&str, &str, &str, bool); 7] = [
    (
        READ,
        SCOPES,
        "to list repositories, to read what a pull request changes, and to create service hooks",
        true,
    ),
    (
        WRITE,
        SCOPES,
        "to write comments on pull requests, and to create branches and pull requests with fixes",
        true,
    ),
    (STATUS, SCOPES, "to publish checks", true),
    ("Extensions: Read", SCOPES, "no request needs it; older instructions list it", false),
    (VIEW_HOOKS, SUBSCRIPTIONS, "to find service hooks", true),
    (EDIT_HOOKS, SUBSCRIPTIONS, "to create, repair and delete service hooks", true),
    // The permission is not used any more: the one to edit includes it.
    // <https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference>
    ("Service hooks: Delete subscriptions", SUBSCRIPTIONS, "to delete service hooks on older servers", false),
];

/// The steps at Azure DevOps that precede the settings.
pub(crate) fn steps() -> Vec<Step> {
    vec![
        describe::step(
            "Create an account",
            "Sign in to your organization and create a designated account. Give it access to the projects and \
             repositories: add it to each project as a member of *Contributors*.",
        ),
        describe::step(
            "Assign the subscription permissions",
            "The account needs *View*, *Edit* and *Delete* of subscriptions. With the Azure CLI and its extension \
             `azure-devops`:\n\n\
             1. List the namespaces, and record the ID of the namespace `ServiceHooks`:\n\n   \
             `az devops security permission namespace list --output table`\n\n\
             2. Allow the permissions (1 *View*, 2 *Edit*, 4 *Delete*):\n\n   \
             `az devops security permission update --allow-bit 7 --namespace-id {{ServiceHooks namespace Id}} \
             --subject {{accountUserEmail}} --token PublisherSecurity --output table`\n\n\
             Azure DevOps no longer uses *Delete*: *Edit* includes it.",
        ),
        describe::step(
            "Create a personal access token",
            "Signed in as the account, under *User settings*, *Personal access tokens*, *New Token*. *Organization*: \
             your organization. Tokens for *All accessible organizations* cannot be used: Microsoft retired them on 1 \
             December 2026. *Scopes*: *Custom defined*; *Code*: *Read*, *Write* and *Status*. Older instructions also \
             list *Extensions*: *Read*; no request needs it. Record the token, which is shown once, and its \
             expiration date.",
        ),
    ]
}

/// The scopes and permissions of the token.
pub(crate) fn permissions() -> Vec<Permission> {
    describe::permissions(&PERMISSIONS)
}

/// The titles of statuses.
pub(crate) fn statuses() -> Vec<StatusText> {
    describe::statuses(&describe::ACTIVE_OR_ERROR)
}

/// Whether the user of the token has a permission of service hooks; none if that cannot be read.
/// <https://learn.microsoft.com/rest/api/azure/devops/security/permissions/has-permissions>
fn has_hook_permission(api: &Api<'_>, bit: u8, project: &str) -> Result<Option<bool>, CallError> {
    let token = if project.is_empty() { String::new() } else { format!("/{}", project.to_ascii_lowercase()) };
    let token = part(&format!("PublisherSecurity{token}"));
    let answer = api.get(&format!("/_apis/permissions/{HOOKS}/{bit}?tokens={token}"))?;
    let first = answer.list("value").first().and_then(Value::as_bool);
    Ok(first.filter(|_| answer.status == 200))
}

/// Whether the service hooks of a project may be listed, or of the organization without one. True if that cannot be
/// read.
pub(crate) fn may_view_hooks(api: &Api<'_>, project: &str) -> Result<bool, CallError> {
    Ok(has_hook_permission(api, VIEW, project)?.unwrap_or(true))
}

/// Whether the token has a scope, from the status of a request that needs it.
fn is_refused(status: u16) -> bool {
    status == 401 || status == 403
}

/// Adds the scopes that are missing. A token does not name its scopes, so requests that change nothing are sent: an
/// empty list of changes to references, and the removal of a status of a pull request that does not exist.
fn add_missing(api: &Api<'_>, health: &mut Health, project: &Value) -> Result<(), CallError> {
    let place = format!("/{}/_apis/git/repositories", part(&id(project, "/id")));
    let mut missing = |name: &str| health.missing.push(name.to_owned());
    let repositories = api.get(&place)?;
    if is_refused(repositories.status) {
        missing(READ);
    } else if let Some(first) = repositories.list("value").first() {
        let place = format!("{place}/{}", part(&id(first, "/id")));
        if is_refused(api.write(Method::Post, &format!("{place}/refs"), &json!([]))?.status) {
            missing(WRITE);
        }
        if is_refused(api.delete(&format!("{place}/pullRequests/0/statuses/0"))?.status) {
            missing(STATUS);
        }
    }
    for (bit, name) in [(VIEW, VIEW_HOOKS), (EDIT, EDIT_HOOKS)] {
        if has_hook_permission(api, bit, &id(project, "/id"))? == Some(false) {
            missing(name);
        }
    }
    Ok(())
}

/// A status with the reason of a refusal.
fn failed(api: &Api<'_>, reason: String) -> Health {
    Health {
        status: "error".to_owned(),
        account: api.settings.organization.clone(),
        reason,
        ..Health::default()
    }
}

/// The status of the connection, or of the integration in the settings.
pub(crate) fn test(api: &Api<'_>) -> Result<Health, CallError> {
    match check(api) {
        Err(CallError::Denied(reason)) => Ok(failed(api, reason)),
        other => other,
    }
}

fn check(api: &Api<'_>) -> Result<Health, CallError> {
    let organization = &api.settings.organization;
    let account = &api.settings.account;
    let user = api.user()?;
    if !account.is_empty() && !account.eq_ignore_ascii_case(organization) {
        return Ok(failed(
            api,
            format!(
                "the integration is for the organization `{account}`, but the token and the settings are for \
                 `{organization}`: set the organization `{account}` and a token of it"
            ),
        ));
    }
    let mut health = Health {
        status: "active".to_owned(),
        account: organization.clone(),
        details: vec![
            ("organization".to_owned(), organization.clone()),
            ("user".to_owned(), user.name),
            ("page".to_owned(), api.settings.base.clone()),
            ("token expiration".to_owned(), format!("shown by {TITLE} only: {SCOPES}")),
        ],
        ..Health::default()
    };
    let projects = api.get("/_apis/projects?$top=1")?;
    let projects = api.good(projects, "the projects")?;
    match projects.list("value").first() {
        Some(project) => add_missing(api, &mut health, project)?,
        None => health.warnings.push(format!(
            "the account of the token has no access to a project of `{organization}`: add it to the projects"
        )),
    }
    if health.missing.is_empty() {
        health.warnings.extend(hooks::disabled(api)?);
        return Ok(health);
    }
    "error".clone_into(&mut health.status);
    let fixes = PERMISSIONS.iter().filter(|it| health.missing.iter().any(|name| name == it.0));
    let fixes: Vec<String> =
        fixes.map(|(name, place, why, _)| format!("`{name}`, {why} ({place})")).collect();
    health.reason = format!("the token lacks {}: add what is missing", fixes.join("; "));
    Ok(health)
}

/// The organization.
pub(crate) fn accounts(api: &Api<'_>) -> Page<Account> {
    let organization = &api.settings.organization;
    let account = Account {
        id: organization.clone(),
        name: organization.clone(),
        status: "active".to_owned(),
        web_url: api.settings.base.clone(),
    };
    Page { items: vec![account], next: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_have_the_commands() {
        let all: String = steps().into_iter().map(|it| it.text).collect();
        for command in [
            "az devops security permission namespace list --output table",
            "az devops security permission update --allow-bit 7 --namespace-id {{ServiceHooks namespace Id}} --subject \
             {{accountUserEmail}} --token PublisherSecurity --output table",
            "1 December 2026",
        ] {
            assert!(all.contains(command), "{command}");
        }
    }

    #[test]
    fn what_may_be_missing_is_declared() {
        let declared: Vec<String> = permissions().into_iter().map(|it| it.name).collect();
        for name in [READ, WRITE, STATUS, VIEW_HOOKS, EDIT_HOOKS] {
            assert!(declared.iter().any(|it| it == name), "{name}");
        }
    }
}
