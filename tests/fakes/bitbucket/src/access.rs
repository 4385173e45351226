//! Users, tokens, and what a token may do.

use std::collections::{BTreeMap, BTreeSet};

use hyper::HeaderMap;
use palisade_fake_host::{basic, clock};

use crate::Inner;
use crate::state::State;

/// The scopes of API tokens that the operations of the fake require. None of them implies another one
/// (support.atlassian.com, "API token permissions").
pub const SCOPES: &[&str] = &[
    USER,
    WORKSPACE,
    PROJECT,
    REPOSITORY,
    WRITE_REPOSITORY,
    ADMIN_REPOSITORY,
    PULL,
    WRITE_PULL,
    WEBHOOK,
    WRITE_WEBHOOK,
    DELETE_WEBHOOK,
];

pub(crate) const USER: &str = "read:user:bitbucket";
pub(crate) const WORKSPACE: &str = "read:workspace:bitbucket";
pub(crate) const PROJECT: &str = "read:project:bitbucket";
pub(crate) const REPOSITORY: &str = "read:repository:bitbucket";
pub(crate) const WRITE_REPOSITORY: &str = "write:repository:bitbucket";
pub(crate) const ADMIN_REPOSITORY: &str = "admin:repository:bitbucket";
pub(crate) const PULL: &str = "read:pullrequest:bitbucket";
pub(crate) const WRITE_PULL: &str = "write:pullrequest:bitbucket";
pub(crate) const WEBHOOK: &str = "read:webhook:bitbucket";
pub(crate) const WRITE_WEBHOOK: &str = "write:webhook:bitbucket";
pub(crate) const DELETE_WEBHOOK: &str = "delete:webhook:bitbucket";

/// The scopes of access tokens, and those that each implies (support.atlassian.com, "Repository Access Token
/// permissions"; developer.atlassian.com, "Scopes for the Bitbucket Cloud REST API").
pub const CLASSIC: &[(&str, &[&str])] = &[
    ("account", &[]),
    ("project", &[]),
    ("repository", &[]),
    ("repository:write", &["repository"]),
    ("repository:admin", &[]),
    ("pullrequest", &["repository"]),
    ("pullrequest:write", &["pullrequest", "repository"]),
    ("webhook", &[]),
];

/// The scope of access tokens that an operation requires, from that of API tokens.
fn classic(scope: &str) -> &'static str {
    match scope {
        USER | WORKSPACE => "account",
        PROJECT => "project",
        WRITE_REPOSITORY => "repository:write",
        ADMIN_REPOSITORY => "repository:admin",
        PULL => "pullrequest",
        WRITE_PULL => "pullrequest:write",
        WEBHOOK | WRITE_WEBHOOK | DELETE_WEBHOOK => "webhook",
        _ => "repository",
    }
}

/// The permission of a user in a workspace and for all its repositories; a later one includes the earlier ones.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// Reads repositories.
    Read,
    /// Pushes, and changes pull requests.
    Write,
    /// Configures repositories and the workspace.
    Admin,
}

/// A user, or the bot of an access token.
#[derive(Clone, Debug)]
pub struct Person {
    /// The nickname, which identifies the user here.
    pub nickname: String,
    /// The name that pages show.
    pub display_name: String,
    /// The e-mail address of the Atlassian account; empty for a bot.
    pub email: String,
    /// The UUID in braces.
    pub uuid: String,
    /// The permission in each workspace, by its ID.
    pub roles: BTreeMap<String, Role>,
    /// Whether Palisade uses the account.
    pub is_ours: bool,
}

/// The form of a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// An API token of a user: Basic authentication with the user's e-mail address.
    Api,
    /// An access token of a workspace, a project or a repository: Bearer authentication.
    Access,
}

/// A token, and the e-mail address that it is used with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The e-mail address of the account; empty for an access token.
    pub email: String,
    /// The token.
    pub token: String,
}

/// An issued token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) owner: String,
    pub(crate) form: Form,
    pub(crate) scopes: BTreeSet<String>,
    /// When it expires, in seconds since 1970.
    pub(crate) expires: i64,
}

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The nickname of the user.
    pub(crate) nickname: String,
    pub(crate) form: Form,
    scopes: BTreeSet<String>,
}

impl Caller {
    /// The scopes that an operation requires, as the form of the token names them.
    pub(crate) fn named(&self, required: &[&'static str]) -> BTreeSet<&'static str> {
        match self.form {
            Form::Api => required.iter().copied().collect(),
            Form::Access => required.iter().map(|scope| classic(scope)).collect(),
        }
    }

    /// The scopes of the token.
    pub(crate) fn scopes(&self) -> Vec<String> {
        self.scopes.iter().cloned().collect()
    }

    /// The scopes that an operation requires, and those that the token has, if it lacks one.
    pub(crate) fn lacks(&self, required: &[&'static str]) -> Option<(Vec<String>, Vec<String>)> {
        let required = self.named(required);
        let has = |scope: &str| {
            let implied =
                |granted: &String| CLASSIC.iter().any(|(name, all)| name == granted && all.contains(&scope));
            self.scopes.contains(scope) || self.scopes.iter().any(implied)
        };
        (!required.iter().all(|scope| has(scope)))
            .then(|| (required.into_iter().map(ToOwned::to_owned).collect(), self.scopes()))
    }
}

/// What credentials are used for: the user names of Basic authentication differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// The REST API.
    Rest,
    /// Git, and archives.
    Git,
}

/// Why a request has no sender.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Denial {
    /// Credentials are missing.
    Missing,
    /// The scheme is neither Basic nor Bearer.
    Scheme,
    /// The token is unknown, expired, or used in another way than its form demands.
    Invalid,
}

impl Inner {
    /// The sender of a request (support.atlassian.com, "Using API tokens" and "Using access tokens"): an API token is
    /// the password of Basic authentication with the e-mail address for the REST API, and with the user name or
    /// `x-bitbucket-api-token-auth` for Git. An access token is a Bearer token for the REST API, and the password of
    /// `x-token-auth` for Git.
    pub(crate) fn caller(&self, headers: &HeaderMap, purpose: Purpose) -> Result<Caller, Denial> {
        let given = headers.get("authorization").ok_or(Denial::Missing)?;
        let given = given.to_str().map_err(|_| Denial::Scheme)?;
        let (scheme, rest) = given.split_once(' ').unwrap_or((given, ""));
        let (user, password) = if scheme.eq_ignore_ascii_case("bearer") {
            (None, rest.to_owned())
        } else if scheme.eq_ignore_ascii_case("basic") {
            let (user, password) = basic(headers).ok_or(Denial::Invalid)?;
            (Some(user), password)
        } else {
            return Err(Denial::Scheme);
        };
        let state = self.state();
        let token = state.tokens.get(&password).filter(|token| token.expires > clock::seconds());
        let token = token.ok_or(Denial::Invalid)?;
        let owner = state.people.get(&token.owner).ok_or(Denial::Invalid)?;
        let accepted = match (token.form, purpose, user.as_deref()) {
            (Form::Api, Purpose::Rest, Some(user)) => user == owner.email,
            (Form::Api, Purpose::Git, Some(user)) => {
                [owner.nickname.as_str(), &owner.email, "x-bitbucket-api-token-auth"].contains(&user)
            }
            (Form::Access, Purpose::Rest | Purpose::Git, None) => true,
            (Form::Access, Purpose::Git, Some(user)) => user == "x-token-auth",
            _ => false,
        };
        let (nickname, form, scopes) = (token.owner.clone(), token.form, token.scopes.clone());
        accepted.then_some(Caller { nickname, form, scopes }).ok_or(Denial::Invalid)
    }
}

impl State {
    /// The permission of a user for a repository; everyone reads a public one.
    pub(crate) fn role(&self, nickname: &str, repository: &str) -> Option<Role> {
        let one = self.repositories.get(&repository.to_lowercase())?;
        let public = (!one.private).then_some(Role::Read);
        self.role_in(nickname, one.workspace()).max(public)
    }

    /// The permission of a user in a workspace.
    pub(crate) fn role_in(&self, nickname: &str, workspace: &str) -> Option<Role> {
        self.people.get(nickname)?.roles.get(workspace).copied()
    }
}
