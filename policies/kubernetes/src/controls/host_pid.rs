use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::POD_SHAPE;

palisade_sdk::control! {
    /// Pod shares the node's PID namespace
    ///
    /// ## Why
    /// In the node's PID namespace a container sees every process on the node, with its command line and,
    /// as root, its environment and its files. It can read the credentials of other workloads, and with
    /// few further privileges open a shell on the node.
    ///
    /// ## Impact
    /// Monitoring and security agents that watch the node's processes stop seeing them. For containers of
    /// the same pod `shareProcessNamespace` is enough.
    ///
    /// ## Fix
    /// Remove `hostPID`, or set it to `false`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostPID: true
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
    ///   shareProcessNamespace: true
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-host-pid",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, "spec.hostPID")],
        aliases: &["CKV_K8S_17", "KSV-0010", "AVD-KSV-0010", "kubernetes-no-host-pid", "302736f4-b16c-41b8-befe-c0baffa0bd9d"],
        policies: &[
            "pod-security-baseline/2",
            "pod-security-restricted/2",
            "cis-kubernetes-1.23/5.2.3",
            "cis-eks-1.4/4.2.2",
            "nsa-cisa-1.0/1.4",
        ],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "the pod shares the node's PID namespace",
            ..Must::TEMPLATE
        }),
    };
}
