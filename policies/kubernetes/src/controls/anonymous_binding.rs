use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::rbac::of_subjects;

palisade_sdk::control! {
    /// Permissions are granted to anonymous users
    ///
    /// ## Why
    /// `system:anonymous` and `system:unauthenticated` stand for all requests that reach the API server
    /// without credentials. What is bound to them is open to everyone on that network, and on many
    /// clusters that is the internet.
    ///
    /// ## Impact
    /// Health checks and tools without credentials lose access; give them a service account. The binding
    /// `system:public-info-viewer`, which Kubernetes makes itself, is not reported.
    ///
    /// ## Fix
    /// Remove the subject from the binding, or name the users and accounts that are meant.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: everybody
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    ///   - kind: User
    ///     name: system:anonymous
    ///     apiGroup: rbac.authorization.k8s.io
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: readers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    ///   - kind: Group
    ///     name: readers
    ///     apiGroup: rbac.authorization.k8s.io
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-anonymous-binding",
        severity: Severity::Critical,
        judges: &[of_subjects("name")
            // Kubernetes creates this binding itself.
            .only(&[when("/roleRef.name", Want::Not(&["system:public-info-viewer"]))])],
        aliases: &["KSV-0122", "AVD-KSV-0122", "kubernetes-no-anonymous-user-bind"],
        rule: Rule::Must(Must {
            be: Want::Not(&["system:anonymous", "system:unauthenticated"]),
            message: "`{value}` includes unauthenticated users: remove it from the binding",
            ..Must::TEMPLATE
        }),
    };
}
