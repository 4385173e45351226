use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::host_path::forbid_paths;
use crate::pod::POD;

palisade_sdk::control! {
    /// Pod has the socket of the container runtime
    ///
    /// ## Why
    /// The sockets of containerd, CRI-O and Podman rule all containers of the node, as that of Docker does:
    /// whoever can talk to one can start a container with all rights. A folder that holds the socket is as
    /// good as the socket.
    ///
    /// ## Impact
    /// Agents that ask the runtime about containers stop working. The kubelet's and the Kubernetes API
    /// answer most of those questions.
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
        shapes: POD,
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Coded(judge),
    };
}

const SOCKETS: &[&str] = &[
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio/crio.sock",
    "/run/dockershim.sock",
    "/run/k0s/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    forbid_paths(
        subject,
        findings,
        |path| SOCKETS.iter().any(|socket| holds(path, socket)),
        |name, path| format!("volume `{name}` hands out `{path}`, and with it the node: remove it"),
    );
}

/// Whether the path is the socket or the folder that was made for it.
fn holds(path: &str, socket: &str) -> bool {
    let folder = socket.rsplit_once('/').map_or("", |(folder, _)| folder);
    path == socket || (folder != "/run" && path == folder)
}
