use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};
use palisade_sdk::{Node, Severity};

use crate::pod::{CONTAINERS, POD, containers};

palisade_sdk::control! {
    /// Pod sets SELinux options that loosen its confinement
    ///
    /// ## Why
    /// Runtimes label each container so that SELinux keeps it away from the node and from other containers.
    /// A user, a role or a type of one's own can take it out of that confinement, `spc_t` does so entirely.
    ///
    /// ## Impact
    /// Agents that read the node's files under SELinux lose them. Volumes can be relabelled by setting
    /// `level` only, which is allowed.
    ///
    /// ## Fix
    /// Remove `user` and `role` from `seLinuxOptions`, and leave `type` unset or one of the container
    /// types.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seLinuxOptions:
    ///       type: spc_t
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
    ///     seLinuxOptions:
    ///       level: "s0:c123,c456"
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-selinux-custom-options",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["KSV-0025", "AVD-KSV-0025", "kubernetes-no-custom-selinux-options"],
        policies: &["pod-security-baseline/8", "pod-security-restricted/8", "nsa-cisa-1.0/1.8"],
        rule: Rule::Coded(judge),
    };
}

/// What the baseline of the Pod Security Standards allows.
const TYPES: &[&str] = &["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    check(subject.start(), "spec.securityContext.seLinuxOptions", "", findings);
    for container in containers(subject, CONTAINERS, findings) {
        check(container.node, "securityContext.seLinuxOptions", &container.name, findings);
    }
}

fn check(from: Node<'_>, path: &str, instance: &str, findings: &mut Findings<'_>) {
    for (field, allowed) in [("user", &[""][..]), ("role", &[""][..]), ("type", TYPES)] {
        match setting(from, &format!("{path}.{field}")) {
            Setting::Set(node) if !node.as_scalar().is_some_and(|value| allowed.contains(&value)) => {
                let who = if instance.is_empty() {
                    "the pod".to_owned()
                } else {
                    format!("container `{instance}`")
                };
                let message = format!("{who} chooses its SELinux {field}: remove `seLinuxOptions.{field}`");
                let instance =
                    if instance.is_empty() { field.to_owned() } else { format!("{instance}/{field}") };
                findings.fail(node, &instance, message);
            }
            Setting::Set(_) | Setting::Unset(_) => {}
            // The whole is unknown only once.
            Setting::Unknown(node) => {
                findings.unknown(node, instance);
                return;
            }
        }
    }
}
