use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::host_path::forbid_paths;
use crate::pod::POD;

palisade_sdk::control! {
    /// Pod has the socket of Docker
    ///
    /// ## Why
    /// Whoever can talk to the socket can start a container with all rights and the node's root folder in
    /// it. Mounting it read-only does not help, since writing to a socket is no writing to the file.
    ///
    /// ## Impact
    /// Builds, runners and agents that start containers through Docker stop working. Tools that build
    /// images without a daemon, and the Kubernetes API for the rest, take its place.
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
        shapes: POD,
        aliases: &["CKV_K8S_27", "KSV-0006", "AVD-KSV-0006", "kubernetes-no-docker-sock-mount", "a6f34658-fdfb-4154-9536-56d516f65828"],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    forbid_paths(
        subject,
        findings,
        |path| path == "/run/docker.sock",
        |name, path| format!("volume `{name}` hands out `{path}`, and with it the node: remove it"),
    );
}
