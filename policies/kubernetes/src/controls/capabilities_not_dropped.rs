use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::capabilities::{DROPPED, normal};
use crate::pod::{CONTAINERS, LINUX, POD_SHAPE};

palisade_sdk::control! {
    /// Container keeps the runtime's default capabilities
    ///
    /// ## Why
    /// A container that does not configure capabilities gets the default set of its runtime, more than a
    /// dozen, among them the right to change owners, to forge network packets and to create device nodes.
    /// An intruder gets them as well. Dropping all of them leaves a process that can do what its user can
    /// do, and no more.
    ///
    /// ## Impact
    /// Programs that start as root and then change their user need `SETUID` and `SETGID`; those that listen
    /// below port 1024 need `NET_BIND_SERVICE`. Add back what is really used.
    ///
    /// ## Fix
    /// Set `securityContext.capabilities.drop: ["ALL"]` for each container. Pods have no such setting, so
    /// it must be set for every container, init containers included.
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
    ///         capabilities:
    ///           drop: ["ALL"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-capabilities-not-dropped",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, DROPPED).each(CONTAINERS).reads(normal).only(LINUX)],
        aliases: &["CKV_K8S_37", "KSV-0003", "AVD-KSV-0003", "kubernetes-drop-default-capabilities"],
        policies: &["pod-security-restricted/17", "cis-kubernetes-1.23/5.2.10", "cis-eks-1.4/4.2.8"],
        rule: Rule::Must(Must {
            be: Want::Includes(&["ALL"]),
            unset: Missing::Fails,
            message: "container `{}` does not drop all capabilities",
            ..Must::TEMPLATE
        }),
    };
}
