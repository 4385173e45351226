use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, Only, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::of_subjects;

palisade_sdk::control! {
    /// Binding makes somebody an administrator of the cluster
    ///
    /// ## Why
    /// `cluster-admin` may do everything with everything, in every namespace when it is bound for the
    /// cluster. A token of such an account that leaks is the end of the cluster.
    ///
    /// ## Impact
    /// What is bound loses every permission that it is not given by another role. Look in the audit log for
    /// what it really uses before it is changed.
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
            message: "`{}` becomes an administrator of the cluster: bind a smaller role",
            ..Must::TEMPLATE
        }),
    };
}

const CLUSTER_ROLE: Only = when("/roleRef.kind", Want::Not(&["Role"]));
