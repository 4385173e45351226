use palisade_sdk::Severity;
use palisade_sdk::attribute::Writing;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject};

use crate::pod::{CONTAINERS, Container, POD, containers, is_true, is_windows};

palisade_sdk::control! {
    /// Container may run as root
    ///
    /// ## Why
    /// Unless the manifest sets a user, the image decides which user its program runs as, and most images
    /// set root or no user, which is root too. Faults in the kernel or the runtime that let a process out
    /// of its container are mostly of use to root only.
    ///
    /// ## Impact
    /// Images that start as root refuse to start with `runAsNonRoot`. They need a `USER` in the image or a
    /// `runAsUser` here, and files and ports that this user may use.
    ///
    /// ## Fix
    /// Set `securityContext.runAsNonRoot: true`, for the pod or for each container. A `runAsUser` other
    /// than 0 has the same effect. The container's values take precedence over the pod's.
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
    ///   securityContext:
    ///     runAsNonRoot: true
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-may-run-as-root",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["CKV_K8S_23", "KSV-0012", "AVD-KSV-0012", "kubernetes-no-root", "cf34805e-3872-4c08-bf92-6ff7bb0cfadb"],
        policies: &[
            "pod-security-restricted/14",
            "cis-kubernetes-1.23/5.2.7",
            "cis-eks-1.4/4.2.6",
            "nsa-cisa-1.0/1.0",
        ],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let windows = is_windows(subject.start());
    let writing = Writing::of(subject.resource(), subject.start());
    for container in containers(subject, CONTAINERS, findings) {
        let name = &container.name;
        match verdict(&container, windows) {
            Setting::Set(_) => {}
            Setting::Unset(node) => {
                let set = writing.assignment("securityContext.runAsNonRoot", "true");
                findings.fail(node, name, format!("container `{name}` may run as root: set `{set}`"));
            }
            Setting::Unknown(node) => {
                findings.unknown(node, name);
            }
        }
    }
}

/// What keeps the container from running as root, or where that is missing.
fn verdict<'b>(container: &Container<'b>, windows: bool) -> Setting<'b> {
    let flag = container.effective("runAsNonRoot");
    if matches!(flag, Setting::Set(node) if is_true(node)) {
        return flag;
    }
    let user = if windows {
        container.effective("windowsOptions.runAsUserName")
    } else {
        container.effective("runAsUser")
    };
    match (user, flag) {
        (Setting::Set(node), _) if !is_root(node.as_scalar().unwrap_or("")) => user,
        (_, Setting::Unknown(_)) => flag,
        (Setting::Unknown(_), _) => user,
        // The finding is placed at what is set: the ID, or else the flag that is false, or else neither.
        (Setting::Set(node), _) | (_, Setting::Set(node) | Setting::Unset(node)) => Setting::Unset(node),
    }
}

fn is_root(user: &str) -> bool {
    user == "0" || user.is_empty() || user.to_ascii_lowercase().ends_with("containeradministrator")
}
