use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::control::{Parameter, Stricter};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{LASTING, POD_SHAPE};

palisade_sdk::control! {
    /// Container uses a host port
    ///
    /// ## Why
    /// A host port is reachable at the node's address, past Services and often past network policies. It
    /// also binds the pod to nodes where the port is free, and on nodes with public addresses it is open
    /// to the internet.
    ///
    /// ## Impact
    /// Clients that used the node's address have to use a Service or an Ingress. Node agents that are found
    /// by their port on each node need another way to be found.
    ///
    /// ## Fix
    /// Remove `hostPort` and offer the port through a Service. Ports of node agents can be listed in the
    /// parameter `allowed`.
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
        judges: &[shape(POD_SHAPE, "hostPort").each(LASTING).inner("ports").named(&["hostPort"])],
        aliases: &["CKV_K8S_26", "KSV-0024", "AVD-KSV-0024", "kubernetes-no-host-port-access"],
        policies: &["pod-security-baseline/6", "pod-security-restricted/6", "cis-kubernetes-1.23/5.2.13"],
        parameters: &[Parameter {
            name: "allowed",
            title: "Ports of the node that containers may open",
            schema: r#"{"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 65535}}"#,
            default: "[]",
            stricter: Stricter::FewerItems,
        }],
        rule: Rule::Must(Must {
            // In the API, zero means that no port is set.
            be: Want::One(&["0"]),
            message: "container `{}` uses host port {value}: remove `hostPort`, use a Service",
            parameter: "allowed",
            ..Must::TEMPLATE
        }),
    };
}
