use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::of_rules;

palisade_sdk::control! {
    /// RBAC role grants permissions with a wildcard
    ///
    /// ## Why
    /// A wildcard also grants what will exist: verbs such as `escalate`, and the resources of every
    /// operator that is installed later. The role no longer shows what its holder may do.
    ///
    /// ## Impact
    /// Permissions that are not listed are refused. The audit log shows which ones are used.
    ///
    /// ## Fix
    /// List the API groups, resources and verbs that are needed.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    ///   - apiGroups: ["*"]
    ///     resources: ["*"]
    ///     verbs: ["*"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    ///   - apiGroups: ["apps"]
    ///     resources: ["deployments"]
    ///     verbs: ["get", "list", "watch", "update"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-wildcard",
        severity: Severity::High,
        judges: &[
            of_rules("verbs").message("the rule for `{}` grants every verb: list what is needed"),
            of_rules("resources").message("the rule for `{}` grants every resource: list what is needed"),
            of_rules("apiGroups").message("the rule for `{}` grants every API group: list what is needed"),
        ],
        aliases: &["CKV_K8S_49", "6b896afb-ca07-467a-b256-1a0077a1c08e"],
        policies: &["cis-kubernetes-1.23/5.1.3", "cis-eks-1.4/4.1.3"],
        rule: Rule::Must(Must {
            be: Want::Not(&["*"]),
            ..Must::TEMPLATE
        }),
    };
}
