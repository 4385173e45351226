use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Pod sets SELinux options that loosen its confinement
    ///
    /// ## Why
    /// Runtimes label each container so that SELinux keeps it away from the node and from other containers.
    /// A user, a role or a type of one's own can take it out of that confinement, `spc_t` does so entirely.
    ///
    /// ## Impact
    /// Agents that read the node's files under SELinux lose them. Volumes can be relabelled by setting
    /// `level` only, which is allowed.
    ///
    /// ## Fix
    /// Remove `user` and `role` from `seLinuxOptions`, and leave `type` unset or one of the container
    /// types.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seLinuxOptions:
    ///       type: spc_t
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seLinuxOptions:
    ///       level: "s0:c123,c456"
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-selinux-custom-options",
        severity: Severity::Medium,
        judges: &[
            shape(POD_SHAPE, "spec.securityContext.seLinuxOptions.user").called("user").message(OF_POD),
            shape(POD_SHAPE, "spec.securityContext.seLinuxOptions.role").called("role").message(OF_POD),
            shape(POD_SHAPE, "spec.securityContext.seLinuxOptions.type")
                .called("type")
                .message(OF_POD)
                .be(TYPES),
            shape(POD_SHAPE, "securityContext.seLinuxOptions.user").each(CONTAINERS).called("user"),
            shape(POD_SHAPE, "securityContext.seLinuxOptions.role").each(CONTAINERS).called("role"),
            shape(POD_SHAPE, "securityContext.seLinuxOptions.type").each(CONTAINERS).called("type").be(TYPES),
        ],
        aliases: &["KSV-0025", "AVD-KSV-0025", "kubernetes-no-custom-selinux-options"],
        policies: &["pod-security-baseline/8", "pod-security-restricted/8", "nsa-cisa-1.0/1.8"],
        rule: Rule::Must(Must {
            be: Want::Absent,
            message: "container `{}` chooses its SELinux options",
            ..Must::TEMPLATE
        }),
    };
}

const OF_POD: &str = "the pod chooses its SELinux options";

/// What the baseline of the Pod Security Standards allows.
const TYPES: Want =
    Want::One(&["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]);
