use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::capabilities::Listed;
use crate::pod::{CONTAINERS, POD, containers, is_windows};

palisade_sdk::control! {
    /// Container may send raw network packets
    ///
    /// ## Why
    /// `NET_RAW` is among the capabilities that runtimes grant by default. With it a process in a pod can
    /// answer for other addresses on the same network, and so listen to or redirect the traffic of its
    /// neighbours. Almost nothing but `ping` and packet captures needs it.
    ///
    /// ## Impact
    /// `ping`, `traceroute` and packet captures inside the container stop working where the node does not
    /// allow unprivileged echo requests.
    ///
    /// ## Fix
    /// Set `securityContext.capabilities.drop: ["ALL"]`, or at least drop `NET_RAW`, for each container,
    /// and do not add it back.
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
    ///           drop: ["NET_RAW"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-net-raw-capability",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["CKV_K8S_28", "dbbc6705-d541-43b0-b166-dd4be8208b54"],
        policies: &["cis-kubernetes-1.23/5.2.8", "pod-security-restricted/17"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if is_windows(subject.start()) {
        return;
    }
    for container in containers(subject, CONTAINERS, findings) {
        let name = &container.name;
        let dropped = Listed::read(&container, "drop");
        // A capability that is dropped by its own name stays away whatever is added; one that went with
        // `ALL` comes back when it is added.
        if dropped.find(&["NET_RAW"]).is_some() {
            continue;
        }
        let added = Listed::read(&container, "add");
        if let Some(node) = added.find(&["NET_RAW", "ALL"]) {
            let message = format!(
                "container `{name}` may send raw packets: remove `{}` from `capabilities.add`",
                node.as_str().unwrap_or("NET_RAW")
            );
            findings.fail(node, name, message);
        } else if let Some(node) = dropped.unknown.or(added.unknown) {
            findings.unknown(node, name);
        } else if dropped.find(&["ALL"]).is_none() {
            let message = format!(
                "container `{name}` may send raw packets: set `securityContext.capabilities.drop: [\"ALL\"]`"
            );
            findings.fail(dropped.at, name, message);
        }
    }
}
