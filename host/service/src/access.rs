//! Who may do what: one table, which denies what it does not name.

use palisade_store::Role;

use crate::error::ServiceError;

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Look at things.
    Read,
    /// Decide about findings.
    Triage,
    /// Connect, integrate, add sources, start scans.
    Integrate,
    /// Users, tokens of others, the audit log.
    Administer,
}

impl Action {
    /// All of them.
    pub const ALL: [Action; 4] = [Action::Read, Action::Triage, Action::Integrate, Action::Administer];

    /// Its name, as scopes of tokens have it.
    pub fn name(self) -> &'static str {
        match self {
            Action::Read => "read",
            Action::Triage => "triage",
            Action::Integrate => "integrate",
            Action::Administer => "administer",
        }
    }
}

/// Whether a role may do something. Each role may do what the ones before it may.
fn may(role: Role, action: Action) -> bool {
    let most = match role {
        Role::Viewer => Action::Read,
        Role::Triager => Action::Triage,
        Role::Integrator => Action::Integrate,
        Role::Admin => Action::Administer,
    };
    action <= most
}

/// Whether a token of somebody with a role may do something: both the role and the token's scopes must allow it.
pub fn allowed(role: Role, scopes: &[String], action: Action) -> bool {
    may(role, action) && scopes.iter().any(|it| it == action.name())
}

/// The scopes that a token of a role can have.
pub fn scopes(role: Role) -> Vec<String> {
    Action::ALL.into_iter().filter(|it| may(role, *it)).map(|it| it.name().to_owned()).collect()
}

/// The token with which something is asked for: it bounds the tokens that are made and deleted with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Id of the token.
    pub token: String,
    /// What the token and the role of its user both allow.
    pub scopes: Vec<String>,
    /// When it expires, in Unix milliseconds.
    pub expires_at: Option<i64>,
}

impl Authority {
    /// The first of some scopes that this one does not have.
    pub(crate) fn lacks<'a>(&self, scopes: &'a [String]) -> Option<&'a String> {
        scopes.iter().find(|it| !self.scopes.contains(it))
    }

    /// When a token expires that is made with this one: as asked for, and never later than this one.
    ///
    /// # Errors
    /// If something later is asked for.
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
