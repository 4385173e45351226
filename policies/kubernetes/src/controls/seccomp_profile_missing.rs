use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{CONTAINERS, LINUX, POD_SHAPE};

palisade_sdk::control! {
    /// Container has no seccomp profile
    ///
    /// ## Why
    /// Kubernetes starts containers without a seccomp profile unless the kubelet is configured with
    /// `seccompDefault`, so all system calls of the kernel are available to them. The runtime's default
    /// profile blocks several dozen that exploits use and ordinary programs do not.
    ///
    /// ## Impact
    /// A few programs use a call that the runtime's profile refuses, mostly debuggers and tools that create
    /// namespaces. A `Localhost` profile can allow it.
    ///
    /// ## Fix
    /// Set `securityContext.seccompProfile.type: RuntimeDefault` for the pod. The annotations of old
    /// clusters have had no effect since Kubernetes 1.27.
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
    ///   securityContext:
    ///     seccompProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-seccomp-profile-missing",
        severity: Severity::Low,
        judges: &[shape(POD_SHAPE, "securityContext.seccompProfile.type").each(CONTAINERS).or(&["/spec.securityContext.seccompProfile.type"]).only(LINUX)],
        aliases: &["CKV_K8S_31", "KSV-0030", "AVD-KSV-0030", "kubernetes-use-default-seccomp", "f377b83e-bd07-4f48-a591-60c82b14a78b"],
        policies: &["pod-security-restricted/16", "cis-kubernetes-1.23/5.7.2", "nsa-cisa-1.0/1.10"],
        rule: Rule::Must(Must {
            be: Want::One(&["RuntimeDefault", "Localhost"]),
            unset: Missing::Fails,
            message: "container `{}` has no seccomp profile",
            ..Must::TEMPLATE
        }),
    };
}
