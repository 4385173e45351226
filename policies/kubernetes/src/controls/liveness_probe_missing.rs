use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::rule::{Missing, Rule};

use crate::pod::of_running;

palisade_sdk::control! {
    /// Container has no liveness probe
    ///
    /// ## Why
    /// Kubernetes starts a container again when its process ends. A process that hangs does not end, and
    /// without a probe it stays that way until someone notices.
    ///
    /// ## Impact
    /// A probe that is too strict restarts a container that is merely slow, which makes an overload worse.
    /// Start with generous times, and do not let it depend on other services.
    ///
    /// ## Fix
    /// Add a `livenessProbe` to each container that runs for long. Jobs and pods that run to their end are
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
    ///           livenessProbe:
    ///             httpGet:
    ///               path: /live
    ///               port: 8080
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-liveness-probe-missing",
        severity: Severity::Low,
        judges: &of_running("livenessProbe"),
        aliases: &["CKV_K8S_8", "ade74944-a674-4e00-859e-c6eab5bde441"],
        rule: Rule::Must(Must {
            unset: Missing::Fails,
            message: "container `{}` has no liveness probe: add a `livenessProbe`",
            ..Must::TEMPLATE
        }),
    };
}
