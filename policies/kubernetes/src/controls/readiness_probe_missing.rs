use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Missing, Rule};

use crate::pod::of_running;

palisade_sdk::control! {
    /// Container has no readiness probe
    ///
    /// ## Why
    /// Without a probe a container counts as ready as soon as its process runs. Services send it requests
    /// that it cannot answer yet, and an update replaces working pods with pods that never become ready.
    ///
    /// ## Impact
    /// A probe that depends on other services takes all pods out of the Service at once when one of those
    /// fails. It should check only whether this container can serve requests.
    ///
    /// ## Fix
    /// Add a `readinessProbe` to each container that runs for long. Jobs and pods that run to their end are
    /// not asked for one, nor are init containers, unless they are sidecars.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///         - name: web
    ///           image: registry.example/web:1.4.0
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///         - name: web
    ///           image: registry.example/web:1.4.0
    ///           readinessProbe:
    ///             httpGet:
    ///               path: /ready
    ///               port: 8080
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-readiness-probe-missing",
        severity: Severity::Low,
        judges: &of_running("readinessProbe"),
        aliases: &["CKV_K8S_9", "a659f3b5-9bf0-438a-bd9a-7d3a6427f1e3"],
        rule: Rule::Must(Must {
            unset: Missing::Fails,
            message: "container `{}` has no readiness probe: add a `readinessProbe`",
            ..Must::TEMPLATE
        }),
    };
}
