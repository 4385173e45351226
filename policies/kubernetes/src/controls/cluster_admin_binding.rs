use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, Only, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::of_subjects;

palisade_sdk::control! {
    /// Binding grants cluster-admin
    ///
    /// ## Why
    /// `cluster-admin` allows all verbs on all resources, in every namespace if it is bound by a
    /// ClusterRoleBinding. A leaked token of such an account compromises the whole cluster.
    ///
    /// ## Impact
    /// The subject loses every permission that no other role grants. Check in the audit log which
    /// permissions it uses before the change.
    ///
    /// ## Fix
    /// Bind a role with the permissions that are needed. The binding of `system:masters`, which Kubernetes
    /// makes itself, is not reported.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: deployer
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: cluster-admin
    /// subjects:
    ///   - kind: ServiceAccount
    ///     name: deployer
    ///     namespace: build
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   name: deployer
    ///   namespace: shop
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: edit
    /// subjects:
    ///   - kind: ServiceAccount
    ///     name: deployer
    ///     namespace: build
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-cluster-admin-binding",
        severity: Severity::High,
        judges: &[
            of_subjects("/roleRef.name").only(&[CLUSTER_ROLE, when("kind", Want::Not(&["Group"]))]),
            of_subjects("/roleRef.name").only(&[CLUSTER_ROLE, when("name", Want::Not(&["system:masters"]))]),
        ],
        aliases: &["249328b8-5f0f-409f-b1dd-029f07882e11"],
        policies: &["cis-kubernetes-1.23/5.1.1", "cis-eks-1.4/4.1.1"],
        rule: Rule::Must(Must {
            be: Want::Not(&["cluster-admin"]),
            message: "`{}` gets `cluster-admin`: bind a role with fewer permissions",
            ..Must::TEMPLATE
        }),
    };
}

const CLUSTER_ROLE: Only = when("/roleRef.kind", Want::Not(&["Role"]));
