use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{RBAC, ROLES, of_rules};

palisade_sdk::control! {
    /// RBAC role may escalate its permissions
    ///
    /// ## Why
    /// Kubernetes prevents users from adding permissions to a role that they do not have, except with the
    /// verb `escalate`. Its holder can add any permission to any role, including its own.
    ///
    /// ## Impact
    /// Operators that manage roles with permissions of others stop working for those. Give them the
    /// permissions that they grant instead.
    ///
    /// ## Fix
    /// Remove the verb `escalate` for roles and cluster roles.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: manager
    /// rules:
    ///   - apiGroups: ["rbac.authorization.k8s.io"]
    ///     resources: ["clusterroles"]
    ///     verbs: ["update", "escalate"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: manager
    /// rules:
    ///   - apiGroups: ["rbac.authorization.k8s.io"]
    ///     resources: ["clusterroles"]
    ///     verbs: ["get", "update"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-escalate",
        severity: Severity::High,
        judges: &[of_rules("verbs").only(&[RBAC, ROLES])],
        aliases: &["CKV_K8S_158"],
        policies: &["cis-kubernetes-1.23/5.1.8", "cis-eks-1.4/4.1.8"],
        rule: Rule::Must(Must {
            be: Want::Not(&["escalate", "*"]),
            message: "the rule for `{}` may add any permission to a role: remove `{value}`",
            ..Must::TEMPLATE
        }),
    };
}
