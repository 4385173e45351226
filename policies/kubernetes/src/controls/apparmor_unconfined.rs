use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container runs without AppArmor
    ///
    /// ## Why
    /// On nodes with AppArmor the runtime confines each container with a default profile that keeps it
    /// from mounting file systems and from writing to dangerous files of `/proc` and `/sys`. `Unconfined`
    /// disables that profile.
    ///
    /// ## Impact
    /// Programs that mount file systems or trace others may be refused by the default profile. A
    /// `Localhost` profile can allow exactly what they need.
    ///
    /// ## Fix
    /// Remove `appArmorProfile`, or set its `type` to `RuntimeDefault` or `Localhost`. Remove the older
    /// annotation `container.apparmor.security.beta.kubernetes.io/…` if its value is `unconfined`.
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
    ///         appArmorProfile:
    ///           type: Unconfined
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
    ///     appArmorProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-apparmor-unconfined",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "securityContext.appArmorProfile.type").each(CONTAINERS).or(&[
            "/spec.securityContext.appArmorProfile.type",
            // Clusters before 1.30 only support the annotation; the field takes precedence if both are set.
            "/metadata.annotations.\"container.apparmor.security.beta.kubernetes.io/{}\"",
        ])],
        policies: &["pod-security-baseline/7", "pod-security-restricted/7", "nsa-cisa-1.0/1.9"],
        rule: Rule::Must(Must {
            be: Want::Not(&["Unconfined", "unconfined"]),
            message: "container `{}` runs without AppArmor: set `appArmorProfile.type` to `RuntimeDefault`",
            ..Must::TEMPLATE
        }),
    };
}
