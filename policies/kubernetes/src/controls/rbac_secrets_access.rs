use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{CORE, UNNAMED, of_rules};

palisade_sdk::control! {
    /// Role may read all secrets
    ///
    /// ## Why
    /// Secrets hold passwords, keys and tokens of service accounts. Who may get, list or watch them has all
    /// of it, in a whole namespace or, by a ClusterRole that is bound for the cluster, everywhere. `list`
    /// alone shows the contents as well.
    ///
    /// ## Impact
    /// Operators that look for secrets by themselves have to be told which ones they may read.
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
