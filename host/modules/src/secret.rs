//! Credentials, which are sent and never shown.

use std::collections::BTreeMap;
use std::fmt;

/// Terraform's own name for tokens of registries: `TF_TOKEN_` and the host.
/// <https://developer.hashicorp.com/terraform/cli/config/config-file#environment-variable-credentials>
const REGISTRY: &str = "TF_TOKEN_";
/// Ours for Git over HTTPS: a token, or `user:token`.
const GIT: &str = "PALISADE_GIT_TOKEN_";

/// A text that cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The text, for the one place that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// What is known for each host.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    registry: BTreeMap<String, Secret>,
    git: BTreeMap<String, Secret>,
}

/// A host as it is written in a variable's name: `_` for a dot, `__` for a dash.
fn host(text: &str) -> String {
    text.replace("__", "-").replace('_', ".").to_ascii_lowercase()
}

impl Credentials {
    /// From variables of the environment: `TF_TOKEN_app_terraform_io`, `PALISADE_GIT_TOKEN_github_com`.
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

    /// User and token of a Git server.
    pub(crate) fn git(&self, host: &str) -> Option<(String, Secret)> {
        let text = self.git.get(host)?.expose();
        // Servers that take a token as the password take any user.
        let (user, token) = text.split_once(':').unwrap_or(("x-access-token", text));
        Some((user.to_owned(), Secret::new(token.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
