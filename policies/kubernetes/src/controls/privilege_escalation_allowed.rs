use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{CONTAINERS, LINUX, POD_SHAPE};

palisade_sdk::control! {
    /// Container allows privilege escalation
    ///
    /// ## Why
    /// By default a program in a container may get more privileges than the one that started it, for
    /// example through a set-user-id binary. An attacker without privileges becomes root of the container
    /// that way, and root of the container is the first step to root of the node.
    ///
    /// ## Impact
    /// Programs that rely on `sudo`, `su`, `ping` with set-user-id or file capabilities stop working inside
    /// the container. Privileged containers and those with `SYS_ADMIN` cannot have the setting at all.
    ///
    /// ## Fix
    /// Set `securityContext.allowPrivilegeEscalation: false` for each container. Pods have no such
    /// setting, so it must be set for every container, init containers included.
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
    ///       securityContext:
    ///         allowPrivilegeEscalation: false
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-privilege-escalation-allowed",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "securityContext.allowPrivilegeEscalation").each(CONTAINERS).only(LINUX)],
        aliases: &["CKV_K8S_20", "KSV-0001", "AVD-KSV-0001", "kubernetes-no-self-privesc", "5572cc5e-1e4c-4113-92a6-7a8a3bd25e6d"],
        policies: &[
            "pod-security-restricted/13",
            "cis-kubernetes-1.23/5.2.6",
            "cis-eks-1.4/4.2.5",
            "nsa-cisa-1.0/1.7",
        ],
        rule: Rule::Must(Must {
            be: Want::One(&["false"]),
            unset: Missing::Fails,
            message: "container `{}` allows privilege escalation",
            ..Must::TEMPLATE
        }),
    };
}
