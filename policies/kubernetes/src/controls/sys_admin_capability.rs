use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::capabilities::{ADDED, normal};
use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container has the capability SYS_ADMIN
    ///
    /// ## Why
    /// `SYS_ADMIN` covers mounting file systems, joining namespaces, loading programs into the kernel and
    /// dozens of other operations. A process that has it is practically root on the node, and leaving the
    /// container is then a matter of a few known commands.
    ///
    /// ## Impact
    /// Programs that mount file systems themselves, such as storage drivers and tools that build images,
    /// stop working. Many of them have a mode for user namespaces that does not need it.
    ///
    /// ## Fix
    /// Remove `SYS_ADMIN` from `securityContext.capabilities.add`, and do not add `ALL`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: builder
    /// spec:
    ///   containers:
    ///     - name: builder
    ///       image: registry.example/builder:1.4.0
    ///       securityContext:
    ///         capabilities:
    ///           add: [SYS_ADMIN]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: builder
    /// spec:
    ///   containers:
    ///     - name: builder
    ///       image: registry.example/builder:1.4.0
    ///       securityContext:
    ///         capabilities:
    ///           drop: [ALL]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-sys-admin-capability",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, ADDED).each(CONTAINERS).reads(normal)],
        aliases: &["CKV_K8S_39", "KSV-0005", "AVD-KSV-0005", "kubernetes-no-sysadmin-capability", "235236ee-ad78-4065-bd29-61b061f28ce0"],
        policies: &[
            "pod-security-baseline/4",
            "pod-security-restricted/4",
            "cis-kubernetes-1.23/5.2.9",
            "cis-eks-1.4/4.5.2",
        ],
        rule: Rule::Must(Must {
            be: Want::Not(&["SYS_ADMIN", "ALL"]),
            message: "container `{}` has the capability `SYS_ADMIN`",
            ..Must::TEMPLATE
        }),
    };
}
