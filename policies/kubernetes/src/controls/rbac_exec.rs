use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{CORE, of_rules};

palisade_sdk::control! {
    /// RBAC role may run commands in containers
    ///
    /// ## Why
    /// A command in a container runs with all that the container has: its secrets, its network, its
    /// service account. Anyone who may run commands in all pods of a namespace has the permissions of all
    /// of them, and few of the commands are logged.
    ///
    /// ## Impact
    /// Shells for debugging and tools that work through `kubectl exec` or `kubectl cp` stop working for its
    /// holders.
    ///
    /// ## Fix
    /// Remove `create` and `get` for `pods/exec`, `get` being enough over a web socket; grant it for the time
    /// of an incident.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: support
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["pods/exec"]
    ///     verbs: ["create"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: support
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["pods", "pods/log"]
    ///     verbs: ["get"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-exec",
        severity: Severity::Medium,
        judges: &[of_rules("resources").only(&[
            CORE,
            // A command over a web socket is a request to get.
            when("verbs", Want::Includes(&["create", "get", "*"])),
        ])],
        aliases: &["KSV-0053", "AVD-KSV-0053", "kubernetes-no-getting-shell-pods", "c589f42c-7924-4871-aee2-1cede9bc7cbc"],
        rule: Rule::Must(Must {
            be: Want::Not(&["pods/exec", "*/exec", "*"]),
            message: "the rule for `{}` may run commands in containers: remove `{value}`",
            ..Must::TEMPLATE
        }),
    };
}
