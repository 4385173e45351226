use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container disables seccomp
    ///
    /// ## Why
    /// `Unconfined` allows every system call to the container, even where the node gives containers a
    /// profile by default. Exploits of the kernel often start with a call that ordinary programs never
    /// make.
    ///
    /// ## Impact
    /// Programs that use such a call are refused it. A `Localhost` profile can allow the one that is
    /// needed.
    ///
    /// ## Fix
    /// Set `securityContext.seccompProfile.type` to `RuntimeDefault` or `Localhost`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seccompProfile:
    ///       type: Unconfined
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
    ///   securityContext:
    ///     seccompProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-seccomp-unconfined",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "securityContext.seccompProfile.type").each(CONTAINERS).or(&["/spec.securityContext.seccompProfile.type"])],
        aliases: &["KSV-0104", "AVD-KSV-0104", "kubernetes-no-seccomp-unconfined"],
        policies: &["pod-security-baseline/10", "pod-security-restricted/10"],
        rule: Rule::Must(Must {
            be: Want::Not(&["Unconfined"]),
            message: "container `{}` disables seccomp",
            set: "RuntimeDefault",
            ..Must::TEMPLATE
        }),
    };
}
