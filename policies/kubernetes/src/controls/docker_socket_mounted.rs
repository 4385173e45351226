use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Rule, Want};

use crate::host_path::HOST_PATHS;

palisade_sdk::control! {
    /// Pod mounts the Docker socket
    ///
    /// ## Why
    /// Anyone who can connect to the socket can start a privileged container that mounts the node's root
    /// folder. Mounting the socket read-only does not prevent this, since connections do not write to the
    /// file.
    ///
    /// ## Impact
    /// Builds, runners and agents that start containers through Docker stop working. Tools that build
    /// images without a daemon, and the Kubernetes API for the rest, replace it.
    ///
    /// ## Fix
    /// Remove the volume.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: runner
    /// spec:
    ///   containers:
    ///     - name: runner
    ///       image: registry.example/runner:1.4.0
    ///   volumes:
    ///     - name: docker
    ///       hostPath:
    ///         path: /var/run/docker.sock
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: runner
    /// spec:
    ///   containers:
    ///     - name: runner
    ///       image: registry.example/runner:1.4.0
    ///   volumes:
    ///     - name: work
    ///       emptyDir: {}
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-docker-socket-mounted",
        severity: Severity::High,
        judges: &[HOST_PATHS],
        aliases: &["CKV_K8S_27", "KSV-0006", "AVD-KSV-0006", "kubernetes-no-docker-sock-mount", "a6f34658-fdfb-4154-9536-56d516f65828"],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Must(Must {
            be: Want::Not(&["/run/docker.sock"]),
            message: "volume `{}` mounts the socket `{value}`, which controls the node: remove it",
            ..Must::TEMPLATE
        }),
    };
}
