use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container has an unmasked /proc
    ///
    /// ## Why
    /// Runtimes mask those parts of `/proc` that show or change the state of the node. `Unmasked` exposes
    /// them: kernel keys, memory maps and switches that crash or reconfigure the node.
    ///
    /// ## Impact
    /// Tools that run containers inside the container need it. They also need a user namespace (`hostUsers:
    /// false`) to be safe, and then deserve a suppression with that reason.
    ///
    /// ## Fix
    /// Remove `securityContext.procMount`, or set it to `Default`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: builder
    /// spec:
    ///   containers:
    ///     - name: builder
    ///       image: registry.example/builder:1.4.0
    ///       securityContext:
    ///         procMount: Unmasked
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: builder
    /// spec:
    ///   containers:
    ///     - name: builder
    ///       image: registry.example/builder:1.4.0
    ///       securityContext:
    ///         procMount: Default
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-proc-mount-unmasked",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "securityContext.procMount").each(CONTAINERS)],
        aliases: &["KSV-0027", "AVD-KSV-0027", "kubernetes-no-custom-proc-mask"],
        policies: &["pod-security-baseline/9", "pod-security-restricted/9"],
        rule: Rule::Must(Must {
            be: Want::One(&["Default", ""]),
            message: "container `{}` has an unmasked `/proc`",
            ..Must::TEMPLATE
        }),
    };
}
