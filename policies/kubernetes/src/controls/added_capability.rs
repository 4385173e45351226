use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::control::{Parameter, Stricter};
use palisade_sdk::rule::{Rule, Want};

use crate::capabilities::{ADDED, normal};
use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container adds a capability beyond the default set
    ///
    /// ## Why
    /// Container runtimes grant a small set of capabilities that ordinary programs need. Whatever is added
    /// beyond it opens parts of the kernel that the isolation of containers relies on: tracing other
    /// processes, loading modules, mounting file systems. Few programs need any of it once they run.
    ///
    /// ## Impact
    /// A program that really uses the capability fails with a permission error. Debuggers, network agents
    /// and storage drivers are the usual ones; others only ask for it out of habit.
    ///
    /// ## Fix
    /// Remove the capability from `securityContext.capabilities.add`. `NET_BIND_SERVICE` and the others
    /// that the baseline of the Pod Security Standards allows may stay.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: tracer
    /// spec:
    ///   containers:
    ///     - name: tracer
    ///       image: registry.example/tracer:1.4.0
    ///       securityContext:
    ///         capabilities:
    ///           add: [SYS_PTRACE]
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [ALL]
    ///           add: [NET_BIND_SERVICE]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-added-capability",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "").each(CONTAINERS).inner(ADDED).reads(normal)],
        aliases: &["KSV-0022", "AVD-KSV-0022", "kubernetes-no-non-default-capabilities"],
        policies: &["pod-security-baseline/4", "pod-security-restricted/4", "cis-kubernetes-1.23/5.2.9"],
        parameters: &[Parameter {
            name: "allowed",
            title: "Capabilities that containers may add besides the baseline, without the prefix `CAP_`",
            schema: r#"{"type": "array", "items": {"type": "string", "minLength": 1}}"#,
            default: "[]",
            stricter: Stricter::FewerItems,
        }],
        rule: Rule::Must(Must {
            be: Want::One(BASELINE),
            message: "container `{}` adds the capability `{inner}`: remove it from `capabilities.add`",
            parameter: "allowed",
            ..Must::TEMPLATE
        }),
    };
}

/// What the baseline of the Pod Security Standards allows to add.
const BASELINE: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
