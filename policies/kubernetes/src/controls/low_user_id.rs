use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::control::{Parameter, Stricter};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{CONTAINERS, LINUX_NODE, LINUX_POD, POD_SHAPE};

palisade_sdk::control! {
    /// Container may run with a low user ID
    ///
    /// ## Why
    /// User IDs of containers and of the node are the same numbers unless user namespaces are enabled. A
    /// process that escapes its container with a low ID is a known user of the node, and files on shared
    /// volumes may belong to that user. If no ID is set, the image decides, and usually for a low one.
    ///
    /// ## Impact
    /// Files in the image or on volumes that belong to another ID become unreadable until their owner is
    /// changed; `fsGroup` helps for volumes.
    ///
    /// ## Fix
    /// Set `securityContext.runAsUser` to a number of at least 10000, or what the parameter `minimum`
    /// sets, for the pod or for the container. With `hostUsers: false` IDs are mapped and any number is
    /// accepted.
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
    ///       securityContext:
    ///         runAsUser: 1000
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 10001
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-low-user-id",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "securityContext.runAsUser")
            .each(CONTAINERS)
            .or(&["/spec.securityContext.runAsUser"])
            .only(&[LINUX_POD, LINUX_NODE, when("/spec.hostUsers", Want::Not(&["false"]))])],
        aliases: &["CKV_K8S_40", "KSV-0020", "AVD-KSV-0020", "kubernetes-use-high-uid", "02323c00-cdc3-4fdc-a310-4f2b3e7a1660"],
        policies: &["cis-kubernetes-1.23/5.7.3"],
        parameters: &[Parameter {
            name: "minimum",
            title: "The lowest user id that is high enough",
            schema: r#"{"type": "integer", "minimum": 1, "maximum": 2147483647}"#,
            default: "10000",
            stricter: Stricter::Larger,
        }],
        rule: Rule::Must(Must {
            be: Want::AtLeast(10_000),
            unset: Missing::Fails,
            message: "container `{}` may run with a low user ID",
            parameter: "minimum",
            ..Must::TEMPLATE
        }),
    };
}
