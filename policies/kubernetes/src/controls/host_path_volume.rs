use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::POD_SHAPE;

palisade_sdk::control! {
    /// Pod uses a hostPath volume
    ///
    /// ## Why
    /// A `hostPath` volume gives the pod access to files of the node. Even read-only it shows what other
    /// workloads and the node keep there, and it ties the pod to what happens to be on that node.
    ///
    /// ## Impact
    /// Agents that read logs or metrics from the node lose them. Data that is kept in such a folder has to
    /// move to a persistent volume.
    ///
    /// ## Fix
    /// Replace the volume with a persistent volume claim, an `emptyDir`, a ConfigMap or a projected volume.
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
    ///   volumes:
    ///     - name: data
    ///       hostPath:
    ///         path: /srv/data
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
    ///   volumes:
    ///     - name: data
    ///       emptyDir: {}
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-host-path-volume",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "hostPath").each(&["spec.volumes"])],
        aliases: &["KSV-0023", "AVD-KSV-0023", "kubernetes-no-mounted-hostpath", "aa8f7a35-9923-4cad-bd61-a19b7f6aac91"],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Must(Must {
            be: Want::Absent,
            message: "volume `{}` is a `hostPath` volume: use another kind of volume",
            ..Must::TEMPLATE
        }),
    };
}
