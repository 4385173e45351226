use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::POD_SHAPE;

palisade_sdk::control! {
    /// Pod shares the node's IPC namespace
    ///
    /// ## Why
    /// With the node's IPC namespace a container sees the shared memory and the semaphores of every process
    /// on the node that uses them. It can read what databases and graphics programs keep there, and disturb
    /// them.
    ///
    /// ## Impact
    /// Programs that talk to a process on the node through shared memory lose it. Containers of one pod
    /// share memory with each other anyway, without this setting.
    ///
    /// ## Fix
    /// Remove `hostIPC`, or set it to `false`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostIPC: true
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
    ///   hostIPC: false
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-host-ipc",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, "spec.hostIPC")],
        aliases: &["CKV_K8S_18", "KSV-0008", "AVD-KSV-0008", "kubernetes-no-shared-ipc-namespace", "cd290efd-6c82-4e9d-a698-be12ae31d536"],
        policies: &[
            "pod-security-baseline/2",
            "pod-security-restricted/2",
            "cis-kubernetes-1.23/5.2.4",
            "cis-eks-1.4/4.2.3",
            "nsa-cisa-1.0/1.3",
        ],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "the pod shares the node's IPC namespace",
            ..Must::TEMPLATE
        }),
    };
}
