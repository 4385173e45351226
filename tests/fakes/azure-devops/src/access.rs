//! Users, their permissions, and personal access tokens.

use palisade_fake_host::{clock, random};

use crate::state::State;

/// The scopes of *Code*: *Read*, *Write* and *Status*, which all operations of the fake together require
/// (learn.microsoft.com, "OAuth 2.0 scopes"; *Write* includes *Read*).
pub const ALL_SCOPES: &[&str] = &["vso.code_write", "vso.code_status"];

/// A user of the organisation.
#[derive(Clone, Debug)]
pub struct User {
    /// GUID of the identity.
    pub id: String,
    /// The short name by which tests refer to the user; also the displayed name.
    pub name: String,
    /// The name to sign in with.
    pub unique_name: String,
    /// Whether the user is a contributor, who may push and contribute to pull requests.
    pub contributor: bool,
    /// The permissions of the namespace `ServiceHooks` as bits: 1 view, 2 edit, 4 delete subscriptions
    /// (learn.microsoft.com, "Security namespace and permission reference", `ServiceHooks`).
    pub hooks: u8,
}

/// View subscriptions.
pub(crate) const VIEW_HOOKS: u8 = 1;
/// Edit subscriptions.
pub(crate) const EDIT_HOOKS: u8 = 2;
/// Delete subscriptions.
pub(crate) const DELETE_HOOKS: u8 = 4;

/// The rights of a personal access token.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Name of the owner.
    pub user: String,
    /// The organisation that it is valid for.
    pub organization: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// When it expires, in seconds since 1970.
    pub expires: i64,
}

impl Grant {
    /// A token of an owner for an organisation, valid for 30 days.
    pub fn new(user: &str, organization: &str, scopes: &[&str]) -> Self {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let expires = clock::seconds() + 30 * 86_400;
        Self { user: user.to_owned(), organization: organization.to_owned(), scopes, expires }
    }

    /// Whether one of the scopes is granted. Scopes that write include those that read (learn.microsoft.com, "OAuth 2.0
    /// scopes", column "Inherits from").
    pub(crate) fn has(&self, wanted: &[&str]) -> bool {
        let granted =
            |scope: &&str| self.scopes.iter().any(|own| own == scope || includes(own).contains(scope));
        wanted.is_empty() || wanted.iter().any(granted)
    }
}

/// The scopes that a scope includes.
fn includes(scope: &str) -> &'static [&'static str] {
    match scope {
        "vso.code_write" => &["vso.code"],
        "vso.code_manage" => &["vso.code", "vso.code_write"],
        "vso.code_full" => {
            &["vso.code", "vso.code_write", "vso.code_manage", "vso.code_status", "vso.threads_full"]
        }
        "vso.project_write" | "vso.project_manage" => &["vso.project"],
        _ => &[],
    }
}

/// A new token: 84 characters, with a mark before the last four (learn.microsoft.com, "Use personal access tokens",
/// section "Changes to format").
pub(crate) fn make_token() -> String {
    let text = random(40);
    format!("{}AZDO{}", &text[..76], &text[76..])
}

impl State {
    /// Adds a user.
    pub(crate) fn add_user(&mut self, name: &str, contributor: bool, hooks: u8) {
        let id = self.guid("a1");
        let unique_name = format!("{name}@example.com");
        let user = User { id, name: name.to_owned(), unique_name, contributor, hooks };
        self.users.insert(name.to_owned(), user);
    }

    /// Issues a token.
    pub(crate) fn issue(&mut self, grant: Grant) -> String {
        let token = make_token();
        self.tokens.insert(token.clone(), grant);
        token
    }

    /// A user by the short name.
    pub(crate) fn user(&self, name: &str) -> &User {
        &self.users[name]
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn scopes_include_others() {
        let table: [(&[&str], &[&str], bool); 5] = [
            (&["vso.code"], &["vso.code"], true),
            (&["vso.code"], &["vso.code_write", "vso.code_status"], false),
            (&["vso.code_write"], &["vso.code"], true),
            (&["vso.code_status"], &["vso.code_write", "vso.code_status"], true),
            (&[], &[], true),
        ];
        for (scopes, wanted, expected) in table {
            assert_eq!(Grant::new("ada", "acme", scopes).has(wanted), expected, "{scopes:?} {wanted:?}");
        }
        let token = make_token();
        assert_eq!((token.len(), &token[76..80]), (84, "AZDO"));
    }
}
