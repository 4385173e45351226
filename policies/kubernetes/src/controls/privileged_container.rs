use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container is privileged
    ///
    /// ## Why
    /// A privileged container has all capabilities, all devices of the node, and is confined by neither
    /// seccomp nor AppArmor. Anyone who breaks into it controls the node and everything else that runs on
    /// it.
    ///
    /// ## Impact
    /// Drivers and agents that need devices or mounts of the node stop working until the few capabilities
    /// or devices that they need are granted one by one.
    ///
    /// ## Fix
    /// Remove `securityContext.privileged`, or set it to `false`, and add only the capabilities that are
    /// needed.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   containers:
    ///     - name: agent
    ///       image: registry.example/agent:1.4.0
    ///       securityContext:
    ///         privileged: true
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   containers:
    ///     - name: agent
    ///       image: registry.example/agent:1.4.0
    ///       securityContext:
    ///         privileged: false
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-privileged-container",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, "securityContext.privileged").each(CONTAINERS)],
        aliases: &["CKV_K8S_16", "KSV-0017", "AVD-KSV-0017", "kubernetes-no-privileged-containers", "dd29336b-fe57-445b-a26e-e6aa867ae609"],
        policies: &[
            "pod-security-baseline/3",
            "pod-security-restricted/3",
            "cis-kubernetes-1.23/5.2.2",
            "cis-eks-1.4/4.2.1",
            "nsa-cisa-1.0/1.2",
        ],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "container `{}` is privileged",
            ..Must::TEMPLATE
        }),
    };
}
