use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::capabilities::Listed;
use crate::pod::{CONTAINERS, POD, containers, is_windows};

palisade_sdk::control! {
    /// Container keeps the runtime's default capabilities
    ///
    /// ## Why
    /// Without a word about capabilities a container gets those of its runtime, more than a dozen, among
    /// them the right to change owners, to forge network packets and to create device nodes. An intruder
    /// gets them as well. Dropping all of them leaves a process that can do what its user can do, and no
    /// more.
    ///
    /// ## Impact
    /// Programs that start as root and then change their user need `SETUID` and `SETGID`; those that listen
    /// below port 1024 need `NET_BIND_SERVICE`. Add back what is really used.
    ///
    /// ## Fix
    /// Set `securityContext.capabilities.drop: ["ALL"]` for each container. Pods have no such setting, so
    /// it has to stand with every container, init containers included.
    ///
    /// ## Fails
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: ["ALL"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-capabilities-not-dropped",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["CKV_K8S_37", "KSV-0003", "AVD-KSV-0003", "kubernetes-drop-default-capabilities"],
        policies: &["pod-security-restricted/17", "cis-kubernetes-1.23/5.2.10", "cis-eks-1.4/4.2.8"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if is_windows(subject.start()) {
        return;
    }
    for container in containers(subject, CONTAINERS, findings) {
        let dropped = Listed::read(&container, "drop");
        if dropped.find(&["ALL"]).is_some() {
            continue;
        }
        if let Some(node) = dropped.unknown {
            findings.unknown(node, &container.name);
        } else {
            let message = format!(
                "container `{}` keeps capabilities: set `securityContext.capabilities.drop: [\"ALL\"]`",
                container.name
            );
            findings.fail(dropped.at, &container.name, message);
        }
    }
}
