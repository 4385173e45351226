use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::of_subjects;

palisade_sdk::control! {
    /// Permissions are granted to the group system:masters
    ///
    /// ## Why
    /// The API server allows everything to `system:masters`, whatever the roles are. A binding adds
    /// nothing, and removing it revokes nothing. Members authenticate by certificate and cannot be
    /// removed.
    ///
    /// ## Impact
    /// None for the members of the group, who keep all rights. Others should be named in a group of their
    /// own.
    ///
    /// ## Fix
    /// Bind a group of your own in place of `system:masters`. The binding `cluster-admin`, which Kubernetes
    /// makes itself, is not reported.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: operators
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: edit
    /// subjects:
    ///   - kind: Group
    ///     name: system:masters
    ///     apiGroup: rbac.authorization.k8s.io
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: operators
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: edit
    /// subjects:
    ///   - kind: Group
    ///     name: operators
    ///     apiGroup: rbac.authorization.k8s.io
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-system-masters-binding",
        severity: Severity::High,
        judges: &[of_subjects("name").only(&[
            when("/metadata.name", Want::Not(&["cluster-admin"])),
            when("kind", Want::One(&["Group"])),
        ])],
        aliases: &["KSV-0123", "AVD-KSV-0123", "kubernetes-no-system-masters-group-bind"],
        policies: &["cis-eks-1.4/4.1.7"],
        rule: Rule::Must(Must {
            be: Want::Not(&["system:masters"]),
            message: "`system:masters` has all permissions without a binding: bind another group",
            ..Must::TEMPLATE
        }),
    };
}
