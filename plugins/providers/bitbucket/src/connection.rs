//! The status of the token, and the workspace that it is for.

use std::collections::BTreeSet;

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::{self, Answer, part};
use palisade_sdk::provider::{Account, Health, Page, Permission, StatusText, describe};
use serde_json::Value;

use crate::api::{Api, entries, found, refusal, repository, scopes};

/// A scope of API tokens: its name, the scopes of access tokens that include it, its purpose, and whether the
/// connection needs it. API tokens have scopes that do not include each other.
/// <https://support.atlassian.com/bitbucket-cloud/docs/api-token-permissions/>,
/// <https://developer.atlassian.com/cloud/bitbucket/bitbucket-cloud-rest-api-scopes/>
pub(crate) struct Scope {
    pub(crate) name: &'static str,
    pub(crate) classic: &'static [&'static str],
    pub(crate) purpose: &'static str,
    pub(crate) required: bool,
}

impl Scope {
    /// Whether scopes of an API token or of an access token include this one.
    fn is_in(&self, all: &BTreeSet<String>) -> bool {
        all.contains(self.name) || self.classic.iter().any(|it| all.contains(*it))
    }
}

const fn scope(
    name: &'static str,
    classic: &'static [&'static str],
    purpose: &'static str,
    required: bool,
) -> Scope {
    Scope { name, classic, purpose, required }
}

/// The scopes, from the description of each operation that is used.
pub(crate) const SCOPES: [Scope; 10] = [
    scope("read:user:bitbucket", &["account"], "to recognise its own comments", true),
    scope("read:workspace:bitbucket", &["account"], "to read the workspace", true),
    scope(
        "read:repository:bitbucket",
        &["repository", "repository:write", "pullrequest", "pullrequest:write"],
        "to read what a pull request changes, and to publish build statuses and reports",
        true,
    ),
    scope(
        "read:pullrequest:bitbucket",
        &["pullrequest", "pullrequest:write"],
        "to follow pull requests, and to comment on them",
        true,
    ),
    scope("read:webhook:bitbucket", &["webhook"], "to check webhooks", true),
    scope("write:webhook:bitbucket", &["webhook"], "to create and repair webhooks", true),
    scope("delete:webhook:bitbucket", &["webhook"], "to remove webhooks", true),
    scope(
        "admin:repository:bitbucket",
        &["repository:admin"],
        "to check that branches require the build status",
        false,
    ),
    scope(
        "write:repository:bitbucket",
        &["repository:write", "pullrequest:write"],
        "to create branches and commits with fixes",
        false,
    ),
    scope("write:pullrequest:bitbucket", &["pullrequest:write"], "to create pull requests with fixes", false),
];

/// The scopes that only accounts have, not access tokens.
const OF_ACCOUNTS: [&str; 2] = ["read:user:bitbucket", "read:workspace:bitbucket"];

/// The scopes that the token needs.
pub(crate) fn permissions() -> Vec<Permission> {
    let all = SCOPES.iter().map(|it| {
        let access = if OF_ACCOUNTS.contains(&it.name) {
            "an access token does not need it".to_owned()
        } else {
            let name = it.classic.first().copied().unwrap_or_default();
            format!("in an access token: `{name}`")
        };
        Permission {
            name: it.name.to_owned(),
            place: format!(
                "Atlassian account settings, Security, Create and manage API tokens, Create API token with scopes, \
                 Bitbucket; {access}"
            ),
            purpose: it.purpose.to_owned(),
            required: it.required,
        }
    });
    all.collect()
}

/// The titles of statuses.
pub(crate) fn statuses() -> Vec<StatusText> {
    describe::statuses(&describe::ACTIVE_OR_ERROR)
}

/// What the answers reveal about the scopes of the token.
#[derive(Default)]
struct Known {
    /// All scopes, if an answer names them.
    granted: Option<BTreeSet<String>>,
    /// Scopes without which a request had not succeeded.
    proved: BTreeSet<&'static str>,
    /// Scopes for whose lack a request was refused.
    refused: BTreeSet<String>,
}

impl Known {
    /// Answers name the scopes of the token in the header `X-OAuth-Scopes`, refusals in the body.
    /// <https://support.atlassian.com/bitbucket-cloud/kb/how-to-fetch-the-scope-of-a-token-via-command-line/>
    fn learn(&mut self, answer: &Answer, needs: &'static str) {
        let mut granted: Vec<String> = Vec::new();
        if let Some(header) = answer.header("x-oauth-scopes") {
            granted.extend(header.split([',', ' ']).filter(|it| !it.is_empty()).map(str::to_owned));
        }
        if answer.status == 200 {
            self.proved.insert(needs);
        }
        if answer.status == 403 {
            granted.extend(scopes(answer, "granted"));
            self.refused.extend(scopes(answer, "required"));
        }
        if !granted.is_empty() {
            self.granted.get_or_insert_default().extend(granted);
        }
    }

    /// All scopes. Names that contradict a request that succeeded are not those that are known here.
    fn scopes(&self) -> Option<&BTreeSet<String>> {
        let explains = |all: &&BTreeSet<String>| {
            SCOPES.iter().filter(|it| self.proved.contains(it.name)).all(|it| it.is_in(all))
        };
        self.granted.as_ref().filter(explains)
    }

    fn lacks(&self, scope: &Scope) -> bool {
        match self.scopes() {
            Some(granted) => !scope.is_in(granted),
            None => scope.is_in(&self.refused),
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

fn fail(health: &mut Health, reason: String) {
    "error".clone_into(&mut health.status);
    if health.reason.is_empty() {
        health.reason = reason;
    }
}

/// Adds what the token lacks.
fn add_missing(health: &mut Health, known: &Known, has_account: bool) {
    let mut required = Vec::new();
    for scope in SCOPES.iter().filter(|it| has_account || !OF_ACCOUNTS.contains(&it.name)) {
        if !known.lacks(scope) {
            continue;
        }
        health.missing.push(scope.name.to_owned());
        if scope.required {
            required.push(scope.name.to_owned());
        } else {
            health.warnings.push(format!(
                "the token lacks the scope `{}`, which it needs {}: create a token with it",
                scope.name, scope.purpose
            ));
        }
    }
    if !required.is_empty() {
        let reason = format!(
            "the token lacks the scopes {}: create a token with them, since those of a token cannot be changed",
            quoted(&required)
        );
        fail(health, reason);
    }
}

/// Reads the account of an API token and its workspaces.
fn read_account(api: &Api<'_>, health: &mut Health, known: &mut Known) -> Result<(), CallError> {
    let workspace = &api.settings.workspace;
    let user = api.get("/user", None)?;
    known.learn(&user, "read:user:bitbucket");
    if user.status == 200 {
        health.details.push(("user".to_owned(), text(&user.body, "/display_name").to_owned()));
    } else if user.status != 403 {
        return Err(refusal(&user, "the account of the token"));
    }
    let what = "the workspaces of the token";
    let request = |cursor: Option<&str>| {
        let answer = api.get("/user/workspaces?pagelen=100", cursor)?;
        known.learn(&answer, "read:workspace:bitbucket");
        Ok(answer)
    };
    // The lack of the scope is reported with the others.
    let Ok(all) = rest::every_or(what, &[403], request, |answer| entries(answer, what))? else {
        return Ok(());
    };
    let slug = |it: &Value| text(it, "/workspace/slug").to_owned();
    let Some(ours) = all.iter().find(|it| slug(it).eq_ignore_ascii_case(workspace)) else {
        let others: Vec<String> = all.iter().map(slug).collect();
        let others =
            if others.is_empty() { "no workspace".to_owned() } else { format!("only {}", quoted(&others)) };
        let reason = format!(
            "the token's account has no access to the workspace `{workspace}`, but to {others}: check the Workspace \
             ID, or add the account to the workspace"
        );
        fail(health, reason);
        return Ok(());
    };
    if ours.get("administrator").and_then(Value::as_bool) == Some(false) {
        health.warnings.push(format!(
            "the token's account is not an administrator of the workspace `{workspace}`: threat detection needs a \
             webhook of the workspace, which only an administrator can create"
        ));
    }
    Ok(())
}

/// Reads one repository, and what the token is for there, if no answer has named its scopes.
fn read_repositories(api: &Api<'_>, health: &mut Health, known: &mut Known) -> Result<(), CallError> {
    let workspace = &api.settings.workspace;
    let answer = api.get(&format!("/repositories/{}?pagelen=1", part(workspace)), None)?;
    known.learn(&answer, "read:repository:bitbucket");
    match answer.status {
        200..300 => {}
        403 => {
            fail(
                health,
                reason_of(refusal(&answer, &format!("the repositories of the workspace `{workspace}`"))),
            );
            return Ok(());
        }
        404 | 410 => {
            let reason = format!(
                "the workspace `{workspace}` does not exist, or the token has no access to it: check the Workspace ID"
            );
            fail(health, reason);
            return Ok(());
        }
        _ => return Err(refusal(&answer, "the repositories")),
    }
    let Some(first) = answer.list("values").first() else {
        health.warnings.push(format!("the token has access to no repository of the workspace `{workspace}`"));
        return Ok(());
    };
    if known.scopes().is_none() {
        let at = repository(text(first, "/full_name"));
        for (list, needs) in [
            ("pullrequests", "read:pullrequest:bitbucket"),
            ("hooks", "read:webhook:bitbucket"),
            ("branch-restrictions", "admin:repository:bitbucket"),
        ] {
            known.learn(&api.get(&format!("{at}/{list}?pagelen=1"), None)?, needs);
        }
    }
    Ok(())
}

fn reason_of(error: CallError) -> String {
    match error {
        CallError::Denied(why)
        | CallError::InvalidInput(why)
        | CallError::Unavailable(why)
        | CallError::Other(why) => why,
        CallError::RateLimited(_) => "Bitbucket limits the rate of requests".to_owned(),
    }
}

fn read_all(api: &Api<'_>, health: &mut Health) -> Result<(), CallError> {
    let has_account = !api.settings.email.is_empty();
    let mut known = Known::default();
    if has_account {
        read_account(api, health, &mut known)?;
    }
    if health.status == "active" {
        read_repositories(api, health, &mut known)?;
    }
    // A lack of scopes is the cause of a refusal, so it comes first.
    let refusal = std::mem::take(&mut health.reason);
    add_missing(health, &known, has_account);
    if health.reason.is_empty() {
        health.reason = refusal;
    }
    Ok(())
}

/// The status of the connection, or of the integration in the settings. Bitbucket's API does not return when a token
/// expires.
pub(crate) fn test(api: &Api<'_>) -> Result<Health, CallError> {
    let settings = &api.settings;
    let kind = if settings.email.is_empty() { "access token" } else { "API token" };
    let mut health = Health {
        status: "active".to_owned(),
        account: settings.workspace.clone(),
        details: vec![
            ("workspace".to_owned(), settings.workspace.clone()),
            ("credential".to_owned(), kind.to_owned()),
        ],
        ..Health::default()
    };
    if settings.workspace.is_empty() {
        fail(&mut health, "missing Workspace ID: set it in the settings of the connection".to_owned());
        return Ok(health);
    }
    if !settings.account.is_empty() && !settings.account.eq_ignore_ascii_case(&settings.workspace) {
        let reason = format!(
            "the integration is for the workspace `{}`, but the token is for `{}`: set the token of the former",
            settings.account, settings.workspace
        );
        fail(&mut health, reason);
        return Ok(health);
    }
    match read_all(api, &mut health) {
        Err(CallError::Denied(why)) => fail(&mut health, why),
        other => other?,
    }
    Ok(health)
}

/// The workspace. An access token of a repository or a project cannot read it.
pub(crate) fn accounts(api: &Api<'_>) -> Result<Page<Account>, CallError> {
    let workspace = &api.settings.workspace;
    let answer = api.get(&format!("/workspaces/{}", part(workspace)), None)?;
    let exists = answer.status == 403 || found(answer, &format!("the workspace `{workspace}`"))?.is_some();
    let account = Account {
        id: workspace.clone(),
        name: workspace.clone(),
        status: "active".to_owned(),
        web_url: format!("{}/{}/workspace/settings", api.settings.web, part(workspace)),
    };
    Ok(Page { items: exists.then_some(account).into_iter().collect(), next: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_sdk::provider::Response;

    fn answer(status: u16, header: &str, body: &str) -> Answer {
        let headers = [("x-oauth-scopes".to_owned(), header.to_owned())];
        let headers = headers.into_iter().filter(|(_, it)| !it.is_empty()).collect();
        Answer::read("Bitbucket", Response { status, headers, body: body.as_bytes().to_vec() }).unwrap()
    }

    #[test]
    fn scopes_are_known_by_headers_and_refusals() {
        let refused = |granted: &str, required: &str| {
            format!("{{\"error\":{{\"detail\":{{\"granted\":[{granted}],\"required\":[{required}]}}}}}}")
        };
        let all = "read:user:bitbucket, read:workspace:bitbucket, read:repository:bitbucket, \
                   read:pullrequest:bitbucket, read:webhook:bitbucket, write:webhook:bitbucket, \
                   delete:webhook:bitbucket, admin:repository:bitbucket, write:repository:bitbucket, \
                   write:pullrequest:bitbucket";
        let without = |name: &str| all.replace(name, "x");
        for (what, answer, account, expected) in [
            ("all", answer(200, all, ""), true, ""),
            ("unknown", answer(200, "", ""), true, ""),
            ("names that are not known", answer(200, "read:repo, write:repo", ""), true, ""),
            (
                "one is missing",
                answer(200, &without("read:webhook:bitbucket"), ""),
                true,
                "error read:webhook:bitbucket",
            ),
            (
                "an optional one is missing",
                answer(200, &without("admin:repository:bitbucket"), ""),
                true,
                "active admin:repository:bitbucket",
            ),
            ("an access token", answer(200, "pullrequest:write, webhook, repository:admin", ""), false, ""),
            (
                "an access token that reads",
                answer(200, "repository, webhook", ""),
                false,
                "error read:pullrequest:bitbucket admin:repository:bitbucket write:repository:bitbucket \
                 write:pullrequest:bitbucket",
            ),
            (
                "a refusal",
                answer(403, "", &refused("", "\"read:user:bitbucket\"")),
                true,
                "error read:user:bitbucket",
            ),
        ] {
            let mut known = Known::default();
            known.learn(&answer, "read:repository:bitbucket");
            let mut health = Health { status: "active".to_owned(), ..Health::default() };
            add_missing(&mut health, &known, account);
            let found = format!("{} {}", health.status, health.missing.join(" "));
            assert_eq!(found, if expected.is_empty() { "active " } else { expected }, "{what}");
        }
    }
}
