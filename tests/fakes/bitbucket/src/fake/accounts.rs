//! Workspaces, users, tokens and webhooks.

use std::collections::BTreeMap;

use palisade_fake_host::{Error, clock, random};
use serde_json::{Value, json};

use crate::access::{CLASSIC, Credentials, Form, Person, Role, SCOPES, Token};
use crate::fake::ACME;
use crate::state::{State, Subscription, Workspace};
use crate::{Delivery, FakeBitbucket};

/// The lifetime of a token in seconds: a year, the longest one of API tokens (support.atlassian.com, "Create an API
/// token").
const LIFETIME: i64 = 365 * 86_400;

fn add_workspace(state: &mut State, slug: &str) {
    let uuid = state.uuid();
    state.workspaces.insert(slug.to_owned(), Workspace { slug: slug.to_owned(), uuid });
}

fn add_person(state: &mut State, nickname: &str, name: &str, email: &str, roles: &[(&str, Role)]) {
    let person = Person {
        nickname: nickname.to_owned(),
        display_name: name.to_owned(),
        email: email.to_owned(),
        uuid: state.uuid(),
        roles: roles.iter().map(|(slug, role)| ((*slug).to_owned(), *role)).collect(),
        is_ours: false,
    };
    state.people.insert(nickname.to_owned(), person);
}

/// Issues a token; returns it with the e-mail address that it is used with.
fn issue(state: &mut State, owner: &str, form: Form, scopes: &[&str], seconds: i64) -> Credentials {
    let token = match form {
        Form::Api => format!("ATATT3xFfGF0{}={}", random(40), random(4).to_uppercase()),
        Form::Access => format!("ATCTT3xFfGN0{}={}", random(40), random(4).to_uppercase()),
    };
    let issued = Token {
        owner: owner.to_owned(),
        form,
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires: clock::seconds() + seconds,
    };
    state.tokens.insert(token.clone(), issued);
    let owner = state.people.get(owner);
    if owner.is_some_and(|owner| owner.is_ours) {
        state.secrets.push(token.clone());
    }
    let email = owner.filter(|_| form == Form::Api).map(|owner| owner.email.clone()).unwrap_or_default();
    Credentials { email, token }
}

/// The initial workspaces, users and tokens: returns the token of the connection and that of the second user.
pub(super) fn settle(state: &mut State) -> (Credentials, Credentials) {
    for slug in [ACME, "mallory", "umbrella"] {
        add_workspace(state, slug);
    }
    add_person(state, "palisade", "Palisade", "palisade@example.com", &[(ACME, Role::Admin)]);
    add_person(state, "ada", "Ada Lovelace", "ada@example.com", &[(ACME, Role::Admin)]);
    let roles = [(ACME, Role::Write), ("mallory", Role::Admin)];
    add_person(state, "mallory", "Mallory", "mallory@example.com", &roles);
    add_person(state, "wesker", "Albert Wesker", "wesker@example.com", &[("umbrella", Role::Admin)]);
    add_person(state, "acme-bot", "acme access token", "", &[(ACME, Role::Admin)]);
    for ours in ["palisade", "acme-bot"] {
        if let Some(person) = state.people.get_mut(ours) {
            person.is_ours = true;
        }
    }
    let ours = issue(state, "palisade", Form::Api, SCOPES, LIFETIME);
    let mallory = issue(state, "mallory", Form::Api, SCOPES, LIFETIME);
    (ours, mallory)
}

impl FakeBitbucket {
    /// The API token of the connection, with all scopes of [`SCOPES`].
    pub fn credentials(&self) -> &Credentials {
        &self.ours
    }

    /// The API token of the second user, who can write to the repositories of the workspace, with the same scopes.
    pub fn mallory(&self) -> &Credentials {
        &self.mallory
    }

    /// Issues an API token of a user with these scopes.
    pub fn api_token(&self, nickname: &str, scopes: &[&str]) -> Credentials {
        issue(&mut self.inner.state(), nickname, Form::Api, scopes, LIFETIME)
    }

    /// Issues an API token of the connection's user that lacks a scope of [`SCOPES`].
    pub fn token_without(&self, scope: &str) -> Credentials {
        let scopes: Vec<&str> = SCOPES.iter().copied().filter(|one| *one != scope).collect();
        self.api_token("palisade", &scopes)
    }

    /// Issues an API token of the connection's user that has expired.
    pub fn expired_token(&self) -> Credentials {
        issue(&mut self.inner.state(), "palisade", Form::Api, SCOPES, -1)
    }

    /// Issues an API token of the connection's user and revokes it.
    pub fn revoked_token(&self) -> Credentials {
        let credentials = self.api_token("palisade", SCOPES);
        self.inner.state().tokens.remove(&credentials.token);
        credentials
    }

    /// Issues an API token of a user of another workspace.
    pub fn foreign_token(&self) -> Credentials {
        self.api_token("wesker", SCOPES)
    }

    /// Issues an access token of the workspace, with all scopes of [`CLASSIC`].
    pub fn access_token(&self) -> Credentials {
        let scopes: Vec<&str> = CLASSIC.iter().map(|(name, _)| *name).collect();
        self.access_token_with(&scopes)
    }

    /// Issues an access token of the workspace with these scopes.
    pub fn access_token_with(&self, scopes: &[&str]) -> Credentials {
        issue(&mut self.inner.state(), "acme-bot", Form::Access, scopes, LIFETIME)
    }

    /// Expires every issued token.
    pub fn expire_tokens(&self) {
        for token in self.inner.state().tokens.values_mut() {
            token.expires = 0;
        }
    }

    /// Changes the permission of a user in a workspace; `None` removes the user.
    pub fn set_role(&self, nickname: &str, workspace: &str, role: Option<Role>) -> Result<(), Error> {
        let mut state = self.inner.state();
        let person = state.people.get_mut(nickname).ok_or_else(|| Error::Absent(nickname.to_owned()))?;
        match role {
            Some(role) => person.roles.insert(workspace.to_owned(), role),
            None => person.roles.remove(workspace),
        };
        Ok(())
    }

    /// The body of `POST /api/v1/connections` with an API token.
    pub fn connection(&self) -> Value {
        self.connection_with(&self.ours)
    }

    /// The body of `POST /api/v1/connections` with other credentials.
    pub fn connection_with(&self, credentials: &Credentials) -> Value {
        json!({
            "provider": "bitbucket",
            "name": "Bitbucket",
            "settings": {
                "workspace": ACME, "email": credentials.email, "api_url": self.api_url(),
                "web_url": self.web_url(),
            },
            "secrets": { "token": credentials.token },
        })
    }

    /// Everything that must appear nowhere: the tokens of the connection, and the secrets of webhooks.
    pub fn secrets(&self) -> Vec<String> {
        self.inner.state().secrets.clone()
    }

    /// All webhooks.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.inner.state().hooks.clone()
    }

    /// Sets the certificate authority that receivers of deliveries have, PEM.
    pub fn set_delivery_ca(&self, ca: Option<&str>) {
        self.inner.state().delivery_ca = ca.map(ToOwned::to_owned);
    }

    fn change_hook(&self, uuid: &str, what: impl FnOnce(&mut Subscription)) -> Result<(), Error> {
        let mut state = self.inner.state();
        let hook = state.hooks.iter_mut().find(|hook| hook.uuid == uuid);
        what(hook.ok_or_else(|| Error::Absent(format!("webhook {uuid}")))?);
        Ok(())
    }

    /// Somebody disables or enables a webhook by hand. Bitbucket does not do it itself: it has no state of a webhook
    /// besides `active`.
    pub fn set_hook_active(&self, uuid: &str, active: bool) -> Result<(), Error> {
        self.change_hook(uuid, |hook| hook.active = active)
    }

    /// Somebody changes the secret of a webhook by hand.
    pub fn set_hook_secret(&self, uuid: &str, secret: Option<&str>) -> Result<(), Error> {
        self.change_hook(uuid, |hook| hook.secret = secret.map(ToOwned::to_owned))
    }

    /// Somebody changes the secrets of all webhooks that have one.
    pub fn change_hook_secrets(&self) {
        let mut state = self.inner.state();
        let mut secrets = Vec::new();
        for secret in state.hooks.iter_mut().filter_map(|hook| hook.secret.as_mut()) {
            *secret = random(32);
            secrets.push(secret.clone());
        }
        state.secrets.extend(secrets);
    }

    /// Somebody deletes all webhooks by hand.
    pub fn delete_hooks(&self) {
        self.inner.state().hooks.clear();
    }

    /// The attempts at deliveries of an event.
    pub fn deliveries_of(&self, event: &str) -> Vec<Delivery> {
        let mut all = self.deliveries();
        all.retain(|delivery| delivery.event == event);
        all
    }

    /// The permissions of a user, by workspace.
    pub fn roles(&self, nickname: &str) -> BTreeMap<String, Role> {
        self.inner.state().people.get(nickname).map(|one| one.roles.clone()).unwrap_or_default()
    }
}
