use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{LASTING, POD_SHAPE};

palisade_sdk::control! {
    /// Container has no CPU request
    ///
    /// ## Why
    /// The scheduler places a container without a request as if it needed nothing, and under load it gets
    /// what the others leave. Autoscaling by CPU does not work for it at all.
    ///
    /// ## Impact
    /// A request that is too high keeps nodes half empty, and pods may stay pending where the cluster is
    /// full.
    ///
    /// ## Fix
    /// Set `resources.requests.cpu` for each container to what it needs in ordinary times. Where only a
    /// limit is set Kubernetes takes it for the request as well.
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
    ///       resources:
    ///         requests:
    ///           cpu: 100m
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-cpu-request-missing",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "resources.requests.cpu").each(LASTING).or(&["/spec.resources.requests.cpu", "resources.limits.cpu", "/spec.resources.limits.cpu"])],
        aliases: &["CKV_K8S_10", "KSV-0015", "AVD-KSV-0015", "kubernetes-no-unspecified-cpu-requests", "ca469dd4-c736-448f-8ac1-30a642705e0a"],
        rule: Rule::Must(Must {
            be: Want::Present,
            unset: Missing::Fails,
            message: "container `{}` has no CPU request",
            ..Must::TEMPLATE
        }),
    };
}
