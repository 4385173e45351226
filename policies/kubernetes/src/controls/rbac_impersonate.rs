use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::{CORE, UNNAMED, of_rules};

palisade_sdk::control! {
    /// RBAC role may impersonate others
    ///
    /// ## Why
    /// Anyone who may impersonate users, groups or service accounts has all of their permissions. Without
    /// a list of names that includes administrators.
    ///
    /// ## Impact
    /// Proxies and portals that talk to the API in the name of their users stop working for those that are
    /// not listed.
    ///
    /// ## Fix
    /// Remove the verb `impersonate`, or restrict it with `resourceNames`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: portal
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["users", "groups"]
    ///     verbs: ["impersonate"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: portal
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["users"]
    ///     verbs: ["impersonate"]
    ///     resourceNames: ["jane"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-impersonate",
        severity: Severity::High,
        judges: &[
            of_rules("verbs").only(&[
                CORE,
                when("resources", Want::Includes(&["users", "groups", "serviceaccounts", "*"])),
                UNNAMED,
            ]),
            of_rules("verbs").only(&[
                when("apiGroups", Want::Includes(&["authentication.k8s.io", "*"])).or_unset(),
                when("resources", Want::Includes(&["uids", "*"])),
                UNNAMED,
            ]),
        ],
        aliases: &["9f85c3f6-26fd-4007-938a-2e0cb0100980"],
        policies: &["cis-kubernetes-1.23/5.1.8", "cis-eks-1.4/4.1.8"],
        rule: Rule::Must(Must {
            be: Want::Not(&["impersonate", "*"]),
            message: "the rule for `{}` may impersonate anyone: remove `{value}` or list `resourceNames`",
            ..Must::TEMPLATE
        }),
    };
}
