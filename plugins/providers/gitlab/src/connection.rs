//! The status of the token, and the user that it belongs to.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{flag, id, text, time};
use palisade_sdk::provider::rest::invalid_cursor;
use palisade_sdk::provider::{Account, Health, Page, Permission, StatusText, Step, describe};
use serde_json::Value;

use crate::api::{Api, found, good};

/// Where scopes are set. A token's scopes cannot be changed.
const TOKENS: &str = "the token's scopes, when it is created (Edit profile, Access, Personal access tokens)";
/// Where roles are set.
const MEMBERS: &str = "the group or the project, Manage, Members";
/// The role that webhooks need. <https://docs.gitlab.com/user/project/integrations/webhooks/>
const ROLE: &str = "Maintainer";

/// The permissions: name, place, purpose, and whether they are required.
/// <https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes>
const PERMISSIONS: [(&str, &str, &str, bool); 4] = [
    ("api", TOKENS, "to read merge requests, to set statuses and comments, and to manage webhooks", true),
    ("read_repository", TOKENS, "to fetch what a merge request changes with Git", true),
    ("write_repository", TOKENS, "to push fixes with Git; everything else works without it", false),
    (ROLE, MEMBERS, "to create webhooks, and to set statuses of protected branches", true),
];

/// The steps at GitLab that precede the settings.
pub(crate) fn steps() -> Vec<Step> {
    let scopes = PERMISSIONS.iter().filter(|it| it.0 != ROLE).map(|(name, _, why, required)| {
        format!("- `{name}`, {why}{}\n", if *required { "" } else { " (optional)" })
    });
    vec![
        describe::step(
            "Create an account for this program",
            "Sign in to GitLab, and create a designated account. A group or project access token works too: GitLab \
             creates a bot user for it.",
        ),
        describe::step(
            "Give it access to projects",
            format!(
                "Under *Manage*, *Members* of each group or project, invite the account with the role {ROLE}: GitLab \
                 lets only maintainers create webhooks. Webhooks of a group need the role Owner and the plan Premium."
            ),
        ),
        describe::step(
            "Create an access token",
            format!(
                "As that account, under *Edit profile*, *Access*, *Personal access tokens*. Set a unique name, an \
                 expiration date (at most 365 days on GitLab.com), and these scopes:\n\n{}\nGitLab shows the token \
                 once.",
                scopes.collect::<String>()
            ),
        ),
    ]
}

/// The permissions that the token needs.
pub(crate) fn permissions() -> Vec<Permission> {
    describe::permissions(&PERMISSIONS)
}

/// The titles of statuses.
pub(crate) fn statuses() -> Vec<StatusText> {
    describe::statuses(&describe::ACTIVE_OR_ERROR)
}

/// The time at the start of a day, in Unix milliseconds.
fn day(text: &str) -> Option<u64> {
    time(&Value::from(format!("{text}T00:00:00Z")), "")
}

/// The reasons why a token itself does not work, and the scopes that it lacks.
fn read_token(health: &mut Health, token: &Value) -> Vec<String> {
    let mut reasons = Vec::new();
    health.expires_ms = day(text(token, "/expires_at"));
    let mut detail = |name: &str, value: String| {
        if !value.is_empty() {
            health.details.push((name.to_owned(), value));
        }
    };
    detail("token", text(token, "/name").to_owned());
    detail("expires", text(token, "/expires_at").to_owned());
    if flag(token, "/revoked") || token.get("active") == Some(&Value::Bool(false)) {
        reasons.push(
            "the token expired or was revoked: create another one, and set it in the integration".to_owned(),
        );
    }
    let Some(scopes) = token.get("scopes").and_then(Value::as_array) else { return reasons };
    let has = |name: &str| scopes.iter().any(|it| it.as_str() == Some(name));
    for (name, place, purpose, required) in PERMISSIONS.iter().filter(|it| it.0 != ROLE) {
        if !has(name) {
            health.missing.push((*name).to_owned());
            if *required {
                reasons.push(format!("the token lacks the scope `{name}`, {purpose}: set it in {place}"));
            }
        }
    }
    reasons
}

/// A status of a token that GitLab does not accept.
fn refused(mut health: Health, reasons: &[String]) -> Health {
    "error".clone_into(&mut health.status);
    health.reason = reasons.join("; ");
    health
}

/// The status of the token.
///
/// # Errors
/// If GitLab does not respond. A token that it refuses is a status.
pub(crate) fn test(api: &Api<'_>) -> Result<Health, CallError> {
    let mut health = Health { status: "active".to_owned(), ..Health::default() };
    match read(api, &mut health) {
        Ok(reasons) if reasons.is_empty() => Ok(health),
        Ok(reasons) => Ok(refused(health, &reasons)),
        Err(CallError::Denied(why)) => Ok(refused(health, &[why])),
        Err(other) => Err(other),
    }
}

/// Reads the token, its user and its projects. Returns why the integration does not work.
fn read(api: &Api<'_>, health: &mut Health) -> Result<Vec<String>, CallError> {
    // Every scope allows this request. Servers before 15.5 lack it.
    // <https://docs.gitlab.com/api/personal_access_tokens/#self-inform>
    let token = found(api.get("/personal_access_tokens/self", None)?, "the token")?;
    let mut reasons = token.map(|it| read_token(health, &it.body)).unwrap_or_default();
    if health.missing.iter().any(|it| it == "api") {
        return Ok(reasons);
    }
    let user = api.user()?;
    let (number, name) = (id(&user, "/id"), text(&user, "/username"));
    name.clone_into(&mut health.account);
    let expected = api.settings.account.as_str();
    if !expected.is_empty() && expected != number {
        reasons.push(format!(
            "the token belongs to `{name}` (user {number}), but the integration to user {expected}: set a token of user \
             {expected}, or add an integration for `{name}`"
        ));
        return Ok(reasons);
    }
    let version = api.get("/version", None)?;
    let version = text(&version.body, "/version");
    if !version.is_empty() {
        health.details.push(("version".to_owned(), version.to_owned()));
    }
    let projects =
        good(api.get(&format!("{PROJECTS}&per_page=1"), None)?, "the projects of the token's user")?;
    if projects.list("").is_empty() {
        health.missing.push(ROLE.to_owned());
        reasons.push(format!("`{name}` has the role {ROLE} in no project: set it in {MEMBERS}"));
    }
    Ok(reasons)
}

/// The projects in which the user may create webhooks.
pub(crate) const PROJECTS: &str =
    "/projects?membership=true&min_access_level=40&archived=false&simple=true&order_by=id&sort=asc";

/// The user of the token, which is the only account of a connection.
pub(crate) fn accounts(api: &Api<'_>, cursor: Option<&str>) -> Result<Page<Account>, CallError> {
    if cursor.is_some() {
        return Err(invalid_cursor());
    }
    let user = api.user()?;
    let account = Account {
        id: id(&user, "/id"),
        name: text(&user, "/username").to_owned(),
        status: if text(&user, "/state") == "blocked" { "error" } else { "active" }.to_owned(),
        web_url: text(&user, "/web_url").to_owned(),
    };
    Ok(Page { items: vec![account], next: None })
}
