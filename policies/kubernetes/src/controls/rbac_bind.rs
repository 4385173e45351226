use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{RBAC, ROLES, UNNAMED, of_rules};

palisade_sdk::control! {
    /// RBAC role may bind any role
    ///
    /// ## Why
    /// Kubernetes prevents users from granting permissions that they do not have, except with the verb
    /// `bind`. Together with the permission to create bindings it lets its holder assign itself any role,
    /// up to `cluster-admin`.
    ///
    /// ## Impact
    /// Operators and portals that set up access for others stop working for roles that they do not hold.
    /// List the few roles that they may grant in `resourceNames`.
    ///
    /// ## Fix
    /// Remove the verb `bind` for roles and cluster roles, or restrict it with `resourceNames`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: portal
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: ["rbac.authorization.k8s.io"]
    ///     resources: ["roles"]
    ///     verbs: ["bind"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: portal
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: ["rbac.authorization.k8s.io"]
    ///     resources: ["roles"]
    ///     verbs: ["bind"]
    ///     resourceNames: ["shop-reader"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-bind",
        severity: Severity::High,
        judges: &[of_rules("verbs").only(&[RBAC, ROLES, UNNAMED])],
        policies: &["cis-kubernetes-1.23/5.1.8", "cis-eks-1.4/4.1.8"],
        rule: Rule::Must(Must {
            be: Want::Not(&["bind", "*"]),
            message: "the rule for `{}` may bind any role: remove `{value}` or list `resourceNames`",
            ..Must::TEMPLATE
        }),
    };
}
