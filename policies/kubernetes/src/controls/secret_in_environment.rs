use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::pod::{CONTAINERS, POD, containers, named_items_of};

palisade_sdk::control! {
    /// Environment variable contains a secret
    ///
    /// ## Why
    /// A password in a manifest is in the history of the repository for good, in the cluster's database,
    /// and in the output of `kubectl describe`. Anyone who can read one of them has the password.
    ///
    /// ## Impact
    /// The secret has to be changed, since it is known; deployments then take it from a Secret or a vault.
    ///
    /// ## Fix
    /// Put the value into a Secret and refer to it, better as a file than with `valueFrom.secretKeyRef`,
    /// and replace the secret itself. Values that are references, paths, numbers or switches are not
    /// reported.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    ///       env:
    ///         - name: DATABASE_PASSWORD
    ///           value: correct-horse-battery
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    ///       env:
    ///         - name: DATABASE_PASSWORD_FILE
    ///           value: /run/secrets/database/password
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-secret-in-environment",
        severity: Severity::High,
        shapes: POD,
        policies: &["cis-kubernetes-1.23/5.4.1", "cis-eks-1.4/4.4.1"],
        rule: Rule::Coded(judge),
    };
}

/// Words that mark a variable as a secret; several are words that stand side by side.
const SECRETS: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["pwd"],
    &["passphrase"],
    &["secret"],
    &["token"],
    &["apikey"],
    &["credential"],
    &["credentials"],
    &["api", "key"],
    &["access", "key"],
    &["auth", "key"],
    &["encryption", "key"],
    &["private", "key"],
    &["signing", "key"],
];

/// Last words that mark a value as something about a secret.
const ABOUT: &[&str] = &[
    "address",
    "alg",
    "algorithm",
    "arn",
    "audience",
    "class",
    "count",
    "dir",
    "disabled",
    "duration",
    "enabled",
    "endpoint",
    "expiration",
    "expiry",
    "field",
    "file",
    "filename",
    "header",
    "host",
    "id",
    "interval",
    "issuer",
    "kind",
    "length",
    "lifetime",
    "limit",
    "mode",
    "mount",
    "name",
    "namespace",
    "path",
    "policy",
    "port",
    "prefix",
    "provider",
    "ref",
    "region",
    "required",
    "role",
    "seconds",
    "store",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "user",
    "username",
    "version",
];

/// What begins a reference to a secret that is kept elsewhere.
const REFERENCES: &[&str] =
    &["arn:", "awssm:", "gcpsm:", "op://", "projects/", "ref+", "secretref:", "ssm:", "vault:"];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for container in containers(subject, CONTAINERS, findings) {
        for (variable, entry) in named_items_of(&container, "env", findings) {
            let instance = format!("{}/{variable}", container.name);
            let named = is_secret(&variable);
            match setting(entry, "value") {
                Setting::Set(node) => {
                    let value = node.as_scalar().unwrap_or("");
                    // The value itself must never get into a message.
                    if named && is_literal(value) {
                        let message = format!(
                            "container `{}` has a secret in `{variable}`: keep it in a Secret and replace it",
                            container.name
                        );
                        findings.fail(node, &instance, message);
                    } else if has_userinfo(value) {
                        let message = format!(
                            "container `{}` has a password in `{variable}`: keep it in a Secret, replace it",
                            container.name
                        );
                        findings.fail(node, &instance, message);
                    }
                }
                Setting::Unknown(node) if named => {
                    findings.unknown(node, &instance);
                }
                Setting::Unset(_) | Setting::Unknown(_) => {}
            }
        }
    }
}

/// `DB_PASSWORD`, `dbPassword` and `db.password` are two words each.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = letter.is_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_secret(name: &str) -> bool {
    let words = words(name);
    let about = words.last().is_some_and(|last| {
        ABOUT.contains(&last.as_str()) || last.strip_suffix('s').is_some_and(|one| ABOUT.contains(&one))
    });
    let switch =
        words.first().is_some_and(|first| matches!(first.as_str(), "allow" | "disable" | "enable" | "max"));
    !about
        && !switch
        && SECRETS.iter().any(|secret| words.windows(secret.len()).any(|window| window == *secret))
}

/// Whether a value may be the secret itself.
fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let switch =
        matches!(value.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "on" | "off");
    let reference = (value.starts_with("$(") && value.ends_with(')'))
        || (value.starts_with("${") && value.ends_with('}'))
        || REFERENCES.iter().any(|start| value.starts_with(start));
    let path = value.starts_with('/') && value.get(1..).is_some_and(|rest| rest.contains('/'));
    !value.is_empty() && !switch && !reference && !path && value.parse::<f64>().is_err()
}

/// Whether a URL carries a password: `scheme://user:password@host`.
fn has_userinfo(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let Some((userinfo, _)) = authority.rsplit_once('@') else { return false };
    userinfo.split_once(':').is_some_and(|(_, password)| !password.is_empty() && !password.contains('$'))
}
