use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::rbac::{BINDINGS, bound};

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
        shapes: BINDINGS,
        aliases: &["249328b8-5f0f-409f-b1dd-029f07882e11"],
        policies: &["cis-kubernetes-1.23/5.1.1", "cis-eks-1.4/4.1.1"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let role = match setting(subject.start(), "roleRef.name") {
        Setting::Set(role) => role,
        Setting::Unset(_) => return,
        Setting::Unknown(node) => {
            findings.unknown(node, "");
            return;
        }
    };
    let kind = subject.at("roleRef.kind").and_then(|kind| kind.as_str());
    if role.as_str() != Some("cluster-admin") || kind == Some("Role") {
        return;
    }
    for (label, node) in bound(subject, findings) {
        if label != "Group/system:masters" {
            let message = format!("`{label}` becomes an administrator of the cluster: bind a smaller role");
            findings.fail(role, &label, message).related_nodes.push(node.index());
        }
    }
}
