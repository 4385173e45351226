use palisade_sdk::Severity;
use palisade_sdk::number::whole;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::pod::{CONTAINERS, POD, containers, forbid, is_windows};

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
        shapes: POD,
        aliases: &["KSV-0116", "AVD-KSV-0116", "kubernetes-primary-supplementary-gid"],
        policies: &["cis-kubernetes-1.23/5.7.3", "nsa-cisa-1.0/1.6"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let pod = subject.start();
    if is_windows(pod) {
        return;
    }
    forbid(
        &containers(subject, CONTAINERS, findings),
        findings,
        |container| container.effective("runAsGroup"),
        |value| value.as_scalar().and_then(whole) == Some(0),
        |name| format!("container `{name}` runs with the root group: set `runAsGroup` to another one"),
        None,
    );
    match setting(pod, "spec.securityContext.fsGroup") {
        Setting::Set(node) if node.as_scalar().and_then(whole) == Some(0) => {
            findings.fail(node, "fsGroup", "volumes belong to the root group: set `fsGroup` to another one");
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "fsGroup");
        }
        Setting::Set(_) | Setting::Unset(_) => {}
    }
    match setting(pod, "spec.securityContext.supplementalGroups") {
        Setting::Set(list) => {
            if let Some(node) = list.items().find(|item| item.as_scalar().and_then(whole) == Some(0)) {
                let message = "all containers are in the root group: remove 0 from `supplementalGroups`";
                findings.fail(node, "supplementalGroups", message);
            }
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "supplementalGroups");
        }
        Setting::Unset(_) => {}
    }
}
