use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::pod::{CONTAINERS, LINUX, POD_SHAPE};

palisade_sdk::control! {
    /// Container has a writable root file system
    ///
    /// ## Why
    /// A program that can change its own image can be replaced: attackers drop their tools there, alter
    /// binaries and scripts, and stay until the pod is replaced. With a read-only root only the volumes
    /// that are meant for data can be written to.
    ///
    /// ## Impact
    /// Programs that write to `/tmp`, to caches or to log files crash at once. Give each of those paths an
    /// `emptyDir` volume in the same change.
    ///
    /// ## Fix
    /// Set `securityContext.readOnlyRootFilesystem: true` for each container, and mount an `emptyDir` where
    /// the program has to write.
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
    ///         readOnlyRootFilesystem: true
    ///       volumeMounts:
    ///         - name: tmp
    ///           mountPath: /tmp
    ///   volumes:
    ///     - name: tmp
    ///       emptyDir: {}
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-writable-root-filesystem",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "securityContext.readOnlyRootFilesystem").each(CONTAINERS).only(LINUX)],
        aliases: &["CKV_K8S_22", "KSV-0014", "AVD-KSV-0014", "kubernetes-use-readonly-filesystem", "a9c2f49d-0671-4fc9-9ece-f4e261e128d0"],
        policies: &["nsa-cisa-1.0/1.1"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "container `{}` has a writable root file system",
            ..Must::TEMPLATE
        }),
    };
}
