use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{CORE, UNNAMED, of_rules};

palisade_sdk::control! {
    /// RBAC role may read all secrets
    ///
    /// ## Why
    /// Secrets hold passwords, keys and tokens of service accounts. Anyone who may get, list or watch
    /// them can read all of them, in a whole namespace or, with a ClusterRole that is bound by a
    /// ClusterRoleBinding, everywhere. `list` alone shows the contents as well.
    ///
    /// ## Impact
    /// Operators that discover secrets must be configured with the secrets that they may read.
    ///
    /// ## Fix
    /// Remove `secrets` from the rule, or list the ones that are needed in `resourceNames`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: reader
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["secrets"]
    ///     verbs: ["get", "list"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: reader
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["secrets"]
    ///     resourceNames: ["shop-database"]
    ///     verbs: ["get"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-secrets-access",
        severity: Severity::Medium,
        judges: &[of_rules("resources").only(&[
            CORE,
            when("verbs", Want::Includes(&["get", "list", "watch", "*"])),
            UNNAMED,
        ])],
        aliases: &["b7bca5c4-1dab-4c2c-8cbe-3050b9d59b14"],
        policies: &["cis-kubernetes-1.23/5.1.2", "cis-eks-1.4/4.1.2"],
        rule: Rule::Must(Must {
            be: Want::Not(&["secrets", "*"]),
            message: "the rule for `{}` may read all secrets: remove `{value}` or list `resourceNames`",
            ..Must::TEMPLATE
        }),
    };
}
