use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::pod::{CONTAINERS, POD, containers, forbid};

palisade_sdk::control! {
    /// Container switches seccomp off
    ///
    /// ## Why
    /// `Unconfined` opens every system call to the container, even where the node gives containers a
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
    pub(crate) static SECCOMP_UNCONFINED = {
        id: "kubernetes-seccomp-unconfined",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["KSV-0104", "AVD-KSV-0104", "kubernetes-no-seccomp-unconfined"],
        policies: &["pod-security-baseline/10", "pod-security-restricted/10"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    forbid(
        &containers(subject, CONTAINERS, findings),
        findings,
        |container| container.effective("seccompProfile.type"),
        |value| value.as_str() == Some("Unconfined"),
        |name| {
            format!("container `{name}` switches seccomp off: set `seccompProfile.type` to `RuntimeDefault`")
        },
        Some("RuntimeDefault"),
    );
}
