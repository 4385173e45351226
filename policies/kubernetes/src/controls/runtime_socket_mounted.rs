use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::host_path::HOST_PATHS;

palisade_sdk::control! {
    /// Pod mounts the socket of the container runtime
    ///
    /// ## Why
    /// The sockets of containerd, CRI-O and Podman control all containers of the node, as the Docker
    /// socket does: anyone who can connect to one can start a privileged container. Mounting a folder
    /// that contains the socket has the same effect.
    ///
    /// ## Impact
    /// Agents that query the runtime stop working. The kubelet API and the Kubernetes API provide most of
    /// the same data.
    ///
    /// ## Fix
    /// Remove the volume.
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
    ///   volumes:
    ///     - name: runtime
    ///       hostPath:
    ///         path: /run/containerd/containerd.sock
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
    ///   volumes:
    ///     - name: work
    ///       emptyDir: {}
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-runtime-socket-mounted",
        severity: Severity::High,
        judges: &[HOST_PATHS],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Must(Must {
            be: Want::Not(SOCKETS),
            message: "volume `{}` mounts the socket `{value}`, which controls the node: remove it",
            ..Must::TEMPLATE
        }),
    };
}

/// The sockets, and the folders that are made for one.
const SOCKETS: &[&str] = &[
    "/run/containerd",
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio",
    "/run/crio/crio.sock",
    "/run/dockershim.sock",
    "/run/k0s",
    "/run/k0s/containerd.sock",
    "/run/k3s/containerd",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman",
    "/run/podman/podman.sock",
];
