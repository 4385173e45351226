use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{CORE, of_rules};

palisade_sdk::control! {
    /// RBAC role may create pods
    ///
    /// ## Why
    /// Anyone who creates a pod chooses its service account, its volumes and its node. In that namespace,
    /// the permission to create pods therefore includes the use of every service account and access to
    /// every secret; without admission policies it also gives access to the nodes.
    ///
    /// ## Impact
    /// Workloads that create pods directly stop working: builds, notebooks, operators. Run them in a
    /// namespace of their own.
    ///
    /// ## Fix
    /// Remove the verb `create` for pods, and let workloads be deployed by the one account that is meant
    /// to.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: runner
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["pods"]
    ///     verbs: ["create", "delete"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: runner
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["pods"]
    ///     verbs: ["get", "list", "watch"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-create-pods",
        severity: Severity::Medium,
        judges: &[of_rules("verbs").only(&[CORE, when("resources", Want::Includes(&["pods", "*"]))])],
        aliases: &["592ad21d-ad9b-46c6-8d2d-fad09d62a942"],
        policies: &["cis-eks-1.4/4.1.4"],
        rule: Rule::Must(Must {
            be: Want::Not(&["create", "*"]),
            message: "the rule for `{}` may create pods: remove the verb `{value}`",
            ..Must::TEMPLATE
        }),
    };
}
