use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::pod::{POD, Setting, named_items, setting};

palisade_sdk::control! {
    /// Pod mounts a folder of the node
    ///
    /// ## Why
    /// A `hostPath` volume opens the node's own files to the pod. Even read-only it shows what other
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
    pub(crate) static HOST_PATH_VOLUME = {
        id: "kubernetes-host-path-volume",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["KSV-0023", "AVD-KSV-0023", "kubernetes-no-mounted-hostpath", "aa8f7a35-9923-4cad-bd61-a19b7f6aac91"],
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (name, volume) in named_items(subject.start(), "spec.volumes", findings) {
        match setting(volume, "hostPath") {
            Setting::Set(node) => {
                let message = format!("volume `{name}` is a folder of the node: use another kind of volume");
                findings.fail(node, &name, message);
            }
            Setting::Unknown(node) => {
                findings.unknown(node, &name);
            }
            Setting::Unset(_) => {}
        }
    }
}
