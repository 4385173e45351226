use palisade_sdk::Severity;
use palisade_sdk::number::whole;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::pod::{LASTING, POD, containers};

palisade_sdk::control! {
    /// Container opens a port on the node
    ///
    /// ## Why
    /// A host port is reachable at the node's address, past Services and often past network policies. It
    /// also binds the pod to nodes where the port is free, and on nodes with public addresses it is open to
    /// the Internet.
    ///
    /// ## Impact
    /// Clients that used the node's address have to use a Service or an Ingress. Node agents that are found
    /// by their port on each node need another way to be found.
    ///
    /// ## Fix
    /// Remove `hostPort` and offer the port through a Service.
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
    ///       ports:
    ///         - containerPort: 8080
    ///           hostPort: 80
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
    ///       ports:
    ///         - containerPort: 8080
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-host-port",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["CKV_K8S_26", "KSV-0024", "AVD-KSV-0024", "kubernetes-no-host-port-access"],
        policies: &["pod-security-baseline/6", "pod-security-restricted/6", "cis-kubernetes-1.23/5.2.13"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for container in containers(subject, LASTING, findings) {
        let name = &container.name;
        let ports = match container.own("ports") {
            Setting::Set(ports) => ports,
            Setting::Unset(_) => continue,
            Setting::Unknown(node) => {
                findings.unknown(node, name);
                continue;
            }
        };
        for port in ports.items() {
            match setting(port, "hostPort") {
                // Zero is how the API writes that there is none.
                Setting::Set(node) if node.as_scalar().and_then(whole) != Some(0) => {
                    let number = node.as_scalar().unwrap_or("?");
                    let message = format!(
                        "container `{name}` opens port {number} of the node: remove `hostPort`, use a Service"
                    );
                    findings.fail(node, &format!("{name}/{number}"), message);
                }
                Setting::Set(_) | Setting::Unset(_) => {}
                Setting::Unknown(node) => {
                    findings.unknown(node, name);
                }
            }
        }
    }
}
