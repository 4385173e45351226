use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::pod::{CONTAINERS, POD, containers, forbid};

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
    pub(crate) static IMAGE_PULL_POLICY_NEVER = {
        id: "kubernetes-image-pull-policy-never",
        severity: Severity::Low,
        shapes: POD,
        // An image that is on the node is used as before; only one that is missing is pulled.
        safe_fixes: &["IfNotPresent"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    forbid(
        &containers(subject, CONTAINERS, findings),
        findings,
        |container| container.own("imagePullPolicy"),
        |value| value.as_str() == Some("Never"),
        |name| format!("the image of container `{name}` is never pulled: remove `imagePullPolicy: Never`"),
        Some("IfNotPresent"),
    );
}
