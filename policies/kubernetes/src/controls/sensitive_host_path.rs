use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::host_path::forbid_paths;
use crate::pod::POD;

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
        shapes: POD,
        aliases: &["KSV-0121", "AVD-KSV-0121", "kubernetes-no-k8s-with-disallowed-volumes", "5308a7a8-06f8-45ac-bf10-791fe21de46e"],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Coded(judge),
    };
}

/// Sensitive as a whole; what is in them may be harmless.
const WHOLE: &[&str] = &["/", "/home", "/run", "/var", "/var/lib"];

/// Sensitive with all that is in them.
const TREES: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/crio",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/rancher",
];

/// What everybody may see of them.
const HARMLESS: &[&str] = &[
    "/dev/log",
    "/dev/null",
    "/etc/ca-certificates",
    "/etc/localtime",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/ssl/certs",
    "/etc/timezone",
    "/lib/modules",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    forbid_paths(
        subject,
        findings,
        |path| {
            WHOLE.contains(&path)
                || (TREES.iter().any(|tree| within(path, tree))
                    && !HARMLESS.iter().any(|it| within(path, it)))
        },
        |name, path| format!("volume `{name}` mounts `{path}` of the node: mount only what is needed"),
    );
}

fn within(path: &str, tree: &str) -> bool {
    path.strip_prefix(tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
