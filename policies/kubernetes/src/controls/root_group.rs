use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, LINUX, POD_SHAPE};

palisade_sdk::control! {
    /// Container runs with the root group
    ///
    /// ## Why
    /// Many images leave files writable for group 0, and so do volumes that were filled by root. A process
    /// in that group can change them without being root.
    ///
    /// ## Impact
    /// Images that were made for arbitrary user ids give their files to group 0 and rely on it. They need
    /// another group, or an exception.
    ///
    /// ## Fix
    /// Set `runAsGroup`, `fsGroup` and `supplementalGroups` of the security context to groups other than 0.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 1000
    ///     runAsGroup: 0
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
    ///     runAsUser: 1000
    ///     runAsGroup: 1000
    ///     fsGroup: 1000
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-root-group",
        severity: Severity::Low,
        judges: &[
            shape(POD_SHAPE, "securityContext.runAsGroup")
                .each(CONTAINERS)
                .or(&["/spec.securityContext.runAsGroup"])
                .only(LINUX),
            shape(POD_SHAPE, "spec.securityContext.fsGroup")
                .only(LINUX)
                .called("fsGroup")
                .message("volumes belong to the root group: set `fsGroup` to another one"),
            shape(POD_SHAPE, "spec.securityContext.supplementalGroups")
                .only(LINUX)
                .called("supplementalGroups")
                .message("all containers are in the root group: remove 0 from `supplementalGroups`"),
        ],
        aliases: &["KSV-0116", "AVD-KSV-0116", "kubernetes-primary-supplementary-gid"],
        policies: &["cis-kubernetes-1.23/5.7.3", "nsa-cisa-1.0/1.6"],
        rule: Rule::Must(Must {
            be: Want::Not(&["0"]),
            message: "container `{}` runs with the root group: set `runAsGroup` to another one",
            ..Must::TEMPLATE
        }),
    };
}
