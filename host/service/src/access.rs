//! Permissions: one table, which denies everything that it does not list.

use palisade_store::Role;

use crate::error::ServiceError;

/// The permission that a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Read data.
    Read,
    /// Accept risks.
    Triage,
    /// Create connections, integrations and sources; start scans.
    Integrate,
    /// Manage users and tokens of others, and read the audit log.
    Administer,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 4] = [Action::Read, Action::Triage, Action::Integrate, Action::Administer];

    /// The name of the action, as in scopes of tokens.
    pub fn name(self) -> &'static str {
        match self {
            Action::Read => "read",
            Action::Triage => "triage",
            Action::Integrate => "integrate",
            Action::Administer => "administer",
        }
    }
}

/// Whether a role has a permission. Each role includes the permissions of the previous ones.
fn may(role: Role, action: Action) -> bool {
    let most = match role {
        Role::Viewer => Action::Read,
        Role::Triager => Action::Triage,
        Role::Integrator => Action::Integrate,
        Role::Admin => Action::Administer,
    };
    action <= most
}

/// Whether a token of a user with this role has a permission: both the role and the token's scopes must include it.
pub fn allowed(role: Role, scopes: &[String], action: Action) -> bool {
    may(role, action) && scopes.iter().any(|it| it == action.name())
}

/// The scopes that a token of a user with this role can have.
pub fn scopes(role: Role) -> Vec<String> {
    Action::ALL.into_iter().filter(|it| may(role, *it)).map(|it| it.name().to_owned()).collect()
}

/// The token of a request: it limits the tokens that are created and deleted with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The id of the token.
    pub token: String,
    /// The actions that both the token and the role of its user allow.
    pub scopes: Vec<String>,
    /// The expiry, in Unix milliseconds.
    pub expires_at: Option<i64>,
}

impl Authority {
    /// Returns the first of these scopes that this token does not have.
    pub(crate) fn lacks<'a>(&self, scopes: &'a [String]) -> Option<&'a String> {
        scopes.iter().find(|it| !self.scopes.contains(it))
    }

    /// The expiry of a token that is created with this one: the requested one, but not later than that of this one.
    ///
    /// # Errors
    /// If a later expiry is requested.
    pub(crate) fn expiry(&self, asked: Option<i64>) -> Result<Option<i64>, ServiceError> {
        match (asked, self.expires_at) {
            (Some(asked), Some(own)) if asked > own => Err(ServiceError::invalid(
                "expires_at",
                "it is later than the expiry of the token that makes it: give an earlier time, or omit it",
            )),
            (Some(asked), _) => Ok(Some(asked)),
            (None, own) => Ok(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use palisade_store::Role;

    use super::{Action, Authority, allowed, scopes};

    #[test]
    fn no_token_outlives_the_one_that_makes_it() {
        for (own, asked, expected) in [
            (None, None, Ok(None)),
            (None, Some(5), Ok(Some(5))),
            (Some(9), None, Ok(Some(9))),
            (Some(9), Some(5), Ok(Some(5))),
            (Some(9), Some(9), Ok(Some(9))),
            (Some(9), Some(10), Err(())),
        ] {
            let authority = Authority { token: String::new(), scopes: Vec::new(), expires_at: own };
            assert_eq!(authority.expiry(asked).map_err(drop), expected, "{own:?} {asked:?}");
        }
    }

    #[test]
    fn roles_and_scopes_must_both_allow_it() {
        let all = scopes(Role::Admin);
        for (role, may) in [
            (Role::Viewer, "read"),
            (Role::Triager, "read triage"),
            (Role::Integrator, "read triage integrate"),
            (Role::Admin, "read triage integrate administer"),
        ] {
            let found: Vec<&str> =
                Action::ALL.into_iter().filter(|it| allowed(role, &all, *it)).map(Action::name).collect();
            assert_eq!(found.join(" "), may);
            assert_eq!(scopes(role).join(" "), may);
            for action in Action::ALL {
                assert!(!allowed(role, &[], action), "a token without scopes may do nothing");
                let others: Vec<String> = all.iter().filter(|it| *it != action.name()).cloned().collect();
                assert!(!allowed(role, &others, action));
            }
        }
    }
}
