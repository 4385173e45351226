use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::POD_SHAPE;

palisade_sdk::control! {
    /// Pod uses the host network
    ///
    /// ## Why
    /// The pod sees all interfaces of the node, reaches services that listen on its loopback address only,
    /// such as the kubelet's own, and can often fetch the node's cloud credentials. Network policies do not
    /// apply to it.
    ///
    /// ## Impact
    /// Agents that need the addresses or the traffic of the node, such as network plugins and node
    /// exporters, stop working. Ports that the pod opened on the node can no longer be reached there; use
    /// a Service.
    ///
    /// ## Fix
    /// Remove `hostNetwork`, or set it to `false`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostNetwork: true
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
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-host-network",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, "spec.hostNetwork")],
        aliases: &["CKV_K8S_19", "KSV-0009", "AVD-KSV-0009", "kubernetes-no-host-network", "6b6bdfb3-c3ae-44cb-88e4-7405c1ba2c8a"],
        policies: &[
            "pod-security-baseline/2",
            "pod-security-restricted/2",
            "cis-kubernetes-1.23/5.2.5",
            "cis-eks-1.4/4.2.4",
            "nsa-cisa-1.0/1.5",
        ],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "the pod uses the host network",
            ..Must::TEMPLATE
        }),
    };
}
