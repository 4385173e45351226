use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{LASTING, POD_SHAPE};

palisade_sdk::control! {
    /// Container has no CPU limit
    ///
    /// ## Why
    /// A container without a limit may use every idle cycle of its node, so a runaway loop or a coin miner
    /// is noticed late. With requests in place neighbours keep their share, so this is about predictability
    /// more than safety.
    ///
    /// ## Impact
    /// A limit throttles the container in bursts, and too low a one makes it slow at the worst moment.
    /// Clusters that rely on requests alone disable this control for good reasons.
    ///
    /// ## Fix
    /// Set `resources.limits.cpu` for each container, or for the pod where the cluster knows pod-level
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
    ///       resources:
    ///         limits:
    ///           memory: 256Mi
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
    ///           cpu: "1"
    ///           memory: 256Mi
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-cpu-limit-missing",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "resources.limits.cpu").each(LASTING).or(&["/spec.resources.limits.cpu"])],
        aliases: &["CKV_K8S_11", "KSV-0011", "AVD-KSV-0011", "kubernetes-limit-cpu", "4ac0e2b7-d2d2-4af7-8799-e8de6721ccda"],
        rule: Rule::Must(Must {
            be: Want::Present,
            unset: Missing::Fails,
            message: "container `{}` has no CPU limit",
            ..Must::TEMPLATE
        }),
    };
}
