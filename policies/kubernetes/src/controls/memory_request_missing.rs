use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{LASTING, POD_SHAPE};

palisade_sdk::control! {
    /// Container has no memory request
    ///
    /// ## Why
    /// The scheduler places a container without a request as if it needed no memory. Such nodes fill up,
    /// and the pods without requests are the first to be evicted.
    ///
    /// ## Impact
    /// A request that is too high keeps nodes half empty, and pods may stay pending where the cluster is
    /// full.
    ///
    /// ## Fix
    /// Set `resources.requests.memory` for each container. Where only a limit is set Kubernetes takes it
    /// for the request as well.
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
    ///       resources:
    ///         requests:
    ///           cpu: 100m
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
    ///       resources:
    ///         requests:
    ///           memory: 128Mi
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-memory-request-missing",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "resources.requests.memory").each(LASTING).or(&["/spec.resources.requests.memory", "resources.limits.memory", "/spec.resources.limits.memory"])],
        aliases: &["CKV_K8S_12", "KSV-0016", "AVD-KSV-0016", "kubernetes-no-unspecified-memory-requests", "229588ef-8fde-40c8-8756-f4f2b5825ded"],
        rule: Rule::Must(Must {
            be: Want::Present,
            unset: Missing::Fails,
            message: "container `{}` has no memory request",
            ..Must::TEMPLATE
        }),
    };
}
