use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{CORE, of_rules};

palisade_sdk::control! {
    /// Role may create pods
    ///
    /// ## Why
    /// Whoever creates a pod chooses its service account, its volumes and its node. So the right to create
    /// pods is, in that namespace, the right to use every account and to read every secret, and without
    /// admission rules it is a way onto the nodes.
    ///
    /// ## Impact
    /// What starts pods by itself stops working: builds, notebooks, operators. They deserve a namespace of
    /// their own.
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
