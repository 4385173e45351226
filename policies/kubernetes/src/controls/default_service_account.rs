use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::POD_SHAPE;

palisade_sdk::control! {
    /// Pod uses the default service account
    ///
    /// ## Why
    /// Every pod of a namespace that names no account shares the one called `default`. A permission that
    /// is granted to one of them is granted to all, and the audit log cannot distinguish them.
    ///
    /// ## Impact
    /// The pod loses what was granted to `default`; grant it to the new account.
    ///
    /// ## Fix
    /// Create a ServiceAccount for the workload and name it in `serviceAccountName`. A pod that mounts no
    /// token (`automountServiceAccountToken: false`) does not use the account and passes.
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
    ///   serviceAccountName: web
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-default-service-account",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "spec.serviceAccountName")
            // The former name of the field is still valid.
            .or(&["spec.serviceAccount"])
            .only(&[
                when("spec", Want::Present),
                when("spec.automountServiceAccountToken", Want::Not(&["false"])),
            ])],
        aliases: &["591ade62-d6b0-4580-b1ae-209f80ba1cd9"],
        policies: &["cis-eks-1.4/4.1.5"],
        rule: Rule::Must(Must {
            be: Want::Not(&["default"]),
            unset: Missing::Fails,
            message: "the pod uses the service account `default`: set `{path}` to a dedicated account",
            ..Must::TEMPLATE
        }),
    };
}
