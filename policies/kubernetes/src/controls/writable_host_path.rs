use palisade_sdk::Severity;
use palisade_sdk::attribute::named_items;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::pod::{CONTAINERS, POD, containers, is_true, named_items_of};

palisade_sdk::control! {
    /// Container has a writable hostPath mount
    ///
    /// ## Why
    /// What a container writes to the node outlives it and is read by others: programs of the node, other
    /// pods, the next deployment. With the right folder it is a way to run code on the node itself.
    ///
    /// ## Impact
    /// Programs that keep data on the node can no longer write it; it belongs into a persistent volume.
    ///
    /// ## Fix
    /// Set `readOnly: true` for the mount, or replace the `hostPath` volume.
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
    ///       volumeMounts:
    ///         - name: data
    ///           mountPath: /data
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
    ///       volumeMounts:
    ///         - name: data
    ///           mountPath: /data
    ///           readOnly: true
    ///   volumes:
    ///     - name: data
    ///       hostPath:
    ///         path: /srv/data
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-writable-host-path",
        severity: Severity::High,
        shapes: POD,
        policies: &["pod-security-baseline/5", "pod-security-restricted/5", "cis-kubernetes-1.23/5.2.12"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let volumes = named_items(subject.start(), "spec.volumes", findings);
    let of_node: Vec<&str> = volumes
        .iter()
        .filter(|(_, volume)| matches!(setting(*volume, "hostPath"), Setting::Set(_)))
        .map(|(name, _)| name.as_str())
        .collect();
    if of_node.is_empty() {
        return;
    }
    for container in containers(subject, CONTAINERS, findings) {
        for (volume, mount) in named_items_of(&container, "volumeMounts", findings) {
            if !of_node.contains(&volume.as_str()) {
                continue;
            }
            let instance = format!("{}/{volume}", container.name);
            match setting(mount, "readOnly") {
                Setting::Set(node) if is_true(node) => {}
                Setting::Set(node) | Setting::Unset(node) => {
                    let message = format!(
                        "container `{}` can write to the node in volume `{volume}`: set `readOnly: true`",
                        container.name
                    );
                    findings.fail(node, &instance, message);
                }
                Setting::Unknown(node) => {
                    findings.unknown(node, &instance);
                }
            }
        }
    }
}
