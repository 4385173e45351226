use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Image is never pulled
    ///
    /// ## Why
    /// With `Never` a node runs whatever content it has under that name, and asks no registry, so nobody
    /// checks that the pod may use the image. What runs depends on who built or loaded something on the
    /// node before.
    ///
    /// ## Impact
    /// Nodes that got the image by other means, such as development clusters and sites without a network,
    /// need a registry that they can reach.
    ///
    /// ## Fix
    /// Remove `imagePullPolicy`, or set it to `IfNotPresent` or, where several teams share nodes, to
    /// `Always`.
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
    ///       image: web:1.4.0
    ///       imagePullPolicy: Never
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
    ///       imagePullPolicy: IfNotPresent
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-image-pull-policy-never",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "imagePullPolicy").each(CONTAINERS)],
        // An image that is on the node is used as before; only one that is missing is pulled.
        safe_fixes: &["IfNotPresent"],
        rule: Rule::Must(Must {
            be: Want::Not(&["Never"]),
            message: "the image of container `{}` is never pulled",
            set: "IfNotPresent",
            ..Must::TEMPLATE
        }),
    };
}
