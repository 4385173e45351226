use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{LASTING, POD_SHAPE};

palisade_sdk::control! {
    /// Container has no memory limit
    ///
    /// ## Why
    /// A leak or an attack on one container without a limit can use up the memory of the whole node. The
    /// kernel then kills processes, and it may well choose those of other workloads.
    ///
    /// ## Impact
    /// A container that goes beyond its limit is killed and started again, so too low a limit turns load
    /// into restarts. Measure before setting it.
    ///
    /// ## Fix
    /// Set `resources.limits.memory` for each container, or for the pod where the cluster knows pod-level
    /// resources.
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
    ///         limits:
    ///           memory: 256Mi
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-memory-limit-missing",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "resources.limits.memory").each(LASTING).or(&["/spec.resources.limits.memory"])],
        aliases: &["CKV_K8S_13", "KSV-0018", "AVD-KSV-0018", "kubernetes-limit-memory", "b14d1bc4-a208-45db-92f0-e21f8e2588e9"],
        rule: Rule::Must(Must {
            be: Want::Present,
            unset: Missing::Fails,
            message: "container `{}` has no memory limit",
            ..Must::TEMPLATE
        }),
    };
}
