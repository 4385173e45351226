use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, when};
use palisade_sdk::rule::{Rule, Want};

use crate::host_path::{HOST_PATHS, normal};

palisade_sdk::control! {
    /// Pod mounts a folder that the node depends on
    ///
    /// ## Why
    /// The root folder, `/etc`, the kubelet's and the runtime's own folders hold the keys and the programs
    /// of the node. To read them is to learn its credentials, and to write to them is to take it over.
    ///
    /// ## Impact
    /// Agents that manage or watch the node lose what they look at. Most need one file or folder of it, not
    /// the whole.
    ///
    /// ## Fix
    /// Mount the one folder that is needed, read-only, or replace the volume. Time zones and public
    /// certificates (`/etc/localtime`, `/etc/ssl/certs`) are not reported.
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
    ///     - name: host
    ///       hostPath:
    ///         path: /
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
    ///     - name: logs
    ///       hostPath:
    ///         path: /var/log/pods
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-sensitive-host-path",
        severity: Severity::High,
        judges: &[HOST_PATHS.only(&[when("hostPath.path", Want::Unlike(HARMLESS)).reads(normal)])],
        aliases: &["KSV-0121", "AVD-KSV-0121", "kubernetes-no-k8s-with-disallowed-volumes", "5308a7a8-06f8-45ac-bf10-791fe21de46e"],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Must(Must {
            be: Want::Unlike(SENSITIVE),
            message: "volume `{}` mounts `{value}` of the node: mount only what is needed",
            ..Must::TEMPLATE
        }),
    };
}

/// The first are sensitive as a whole, while what is in them may be harmless.
const SENSITIVE: &[&str] = &[
    "/",
    "/home",
    "/run",
    "/var",
    "/var/lib",
    "/bin/**",
    "/boot/**",
    "/dev/**",
    "/etc/**",
    "/lib/**",
    "/lib64/**",
    "/proc/**",
    "/root/**",
    "/sbin/**",
    "/sys/**",
    "/usr/**",
    "/var/lib/containerd/**",
    "/var/lib/containers/**",
    "/var/lib/crio/**",
    "/var/lib/docker/**",
    "/var/lib/etcd/**",
    "/var/lib/kubelet/**",
    "/var/lib/rancher/**",
];

/// What everybody may see of them.
const HARMLESS: &[&str] = &[
    "/dev/log/**",
    "/dev/null/**",
    "/etc/ca-certificates/**",
    "/etc/localtime/**",
    "/etc/pki/ca-trust/**",
    "/etc/pki/tls/certs/**",
    "/etc/ssl/certs/**",
    "/etc/timezone/**",
    "/lib/modules/**",
    "/usr/local/share/ca-certificates/**",
    "/usr/share/ca-certificates/**",
    "/usr/share/zoneinfo/**",
];
