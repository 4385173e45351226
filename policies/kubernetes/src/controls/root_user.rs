use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, LINUX, POD_SHAPE};

palisade_sdk::control! {
    /// Container runs as root
    ///
    /// ## Why
    /// `runAsUser: 0` starts the program as root whatever user the image has chosen. A vulnerability of
    /// the program then gives all privileges inside the container, and makes an escape from it easier.
    ///
    /// ## Impact
    /// Files that only root may read, and ports below 1024, need other rights or another place. Programs
    /// that change to another user themselves can be started as that user.
    ///
    /// ## Fix
    /// Set `runAsUser` to another number, or remove it where the image has a user of its own. The
    /// container's value takes precedence over the pod's.
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
    ///         runAsUser: 0
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
    ///         runAsUser: 10001
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-root-user",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "securityContext.runAsUser").each(CONTAINERS).or(&["/spec.securityContext.runAsUser"]).only(LINUX)],
        aliases: &["KSV-0105", "AVD-KSV-0105", "kubernetes-containers-not-run-as-root"],
        policies: &["pod-security-restricted/15", "cis-kubernetes-1.23/5.2.7"],
        rule: Rule::Must(Must {
            be: Want::Not(&["0"]),
            message: "container `{}` runs as root: set `runAsUser` to another user",
            ..Must::TEMPLATE
        }),
    };
}
