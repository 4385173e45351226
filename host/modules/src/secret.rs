//! Credentials, which are sent and never printed.

use std::collections::BTreeMap;
use std::fmt;

/// Terraform's prefix of variables with registry tokens: `TF_TOKEN_` and the host.
/// <https://developer.hashicorp.com/terraform/cli/config/config-file#environment-variable-credentials>
const REGISTRY: &str = "TF_TOKEN_";
/// Our prefix for Git over HTTPS: a token, or `user:token`.
const GIT: &str = "PALISADE_GIT_TOKEN_";

/// A text that cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The text, for the one caller that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// An environment variable that contains a credential, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialVariable {
    /// The name.
    pub name: String,
    /// The host that it is for.
    pub host: String,
    /// The error, if the name cannot be that of a host.
    pub fault: Option<&'static str>,
}

impl CredentialVariable {
    /// Parses a variable's name; `None` if it does not contain a credential.
    pub fn of(name: &str) -> Option<CredentialVariable> {
        let rest = name.strip_prefix(REGISTRY).or_else(|| name.strip_prefix(GIT))?;
        let host = host(rest);
        let labels = || host.split('.');
        let fault = if rest.is_empty() {
            Some("the name has no host")
        } else if !host.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-')) {
            Some("a host has letters, digits, dots and dashes only: write `_` for a dot and `__` for a dash")
        } else if labels().any(|it| it.is_empty() || it.starts_with('-') || it.ends_with('-')) {
            Some("no part of a host is empty, or begins or ends with a dash: write `__` for a dash only")
        } else {
            None
        };
        Some(CredentialVariable { name: name.to_owned(), host, fault })
    }
}

/// The credentials of each host.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    registry: BTreeMap<String, Secret>,
    git: BTreeMap<String, Secret>,
}

/// The host in a variable's name: `_` for a dot, `__` for a dash.
fn host(text: &str) -> String {
    text.replace("__", "-").replace('_', ".").to_ascii_lowercase()
}

impl Credentials {
    /// Reads environment variables: `TF_TOKEN_app_terraform_io`, `PALISADE_GIT_TOKEN_github_com`.
    pub fn from_variables(variables: impl Iterator<Item = (String, String)>) -> Credentials {
        let mut all = Credentials::default();
        for (name, value) in variables.filter(|(_, value)| !value.is_empty()) {
            if let Some(of) = name.strip_prefix(REGISTRY) {
                all.registry.insert(host(of), Secret::new(value));
            } else if let Some(of) = name.strip_prefix(GIT) {
                all.git.insert(host(of), Secret::new(value));
            }
        }
        all
    }

    /// The token of a registry.
    pub(crate) fn registry(&self, host: &str) -> Option<&Secret> {
        self.registry.get(host)
    }

    /// User and token for a Git server.
    pub(crate) fn git(&self, host: &str) -> Option<(String, Secret)> {
        let text = self.git.get(host)?.expose();
        // Servers that accept a token as the password accept any user.
        let (user, token) = text.split_once(':').unwrap_or(("x-access-token", text));
        Some((user.to_owned(), Secret::new(token.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variables_are_looked_at() {
        let of = |name: &str| CredentialVariable::of(name).map(|it| (it.host, it.fault.is_none()));
        let named = |host: &str, right: bool| Some((host.to_owned(), right));
        assert_eq!(of("TF_TOKEN_app_terraform_io"), named("app.terraform.io", true));
        assert_eq!(of("PALISADE_GIT_TOKEN_my__host_example"), named("my-host.example", true));
        assert_eq!(of("TF_TOKEN_localhost"), named("localhost", true));
        assert_eq!(of("TF_TOKEN_"), named("", false));
        assert_eq!(of("TF_TOKEN_a___b"), named("a-.b", false));
        assert_eq!(of("TF_TOKEN_example_com_"), named("example.com.", false));
        assert_eq!(of("TF_TOKEN_https://example.com"), named("https://example.com", false));
        assert_eq!(of("TF_VAR_token"), None);
    }

    #[test]
    fn variables_name_hosts_and_nothing_is_printed() {
        let variables = [
            ("TF_TOKEN_app_terraform_io", "one"),
            ("TF_TOKEN_my__registry_example_com", "two"),
            ("PALISADE_GIT_TOKEN_github_com", "three"),
            ("PALISADE_GIT_TOKEN_git_example_com", "me:four"),
            ("TF_TOKEN_empty_example", ""),
            ("HOME", "/root"),
        ];
        let all = Credentials::from_variables(
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        assert_eq!(all.registry("app.terraform.io").map(Secret::expose), Some("one"));
        assert_eq!(all.registry("my-registry.example.com").map(Secret::expose), Some("two"));
        assert_eq!(all.registry("github.com"), None);
        let git = |host| all.git(host).map(|(user, token)| format!("{user} {}", token.expose()));
        assert_eq!(git("github.com").as_deref(), Some("x-access-token three"));
        assert_eq!(git("git.example.com").as_deref(), Some("me four"));
        assert_eq!(git("app.terraform.io"), None);
        let shown = format!("{all:?}");
        for secret in ["one", "two", "three", "four"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
