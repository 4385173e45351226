use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, reach, setting, is_filled};

use crate::pod::POD;

palisade_sdk::control! {
    /// Pod uses the default service account
    ///
    /// ## Why
    /// Every pod of a namespace that names no account shares the one called `default`. A permission that
    /// one of them is given is given to all, and the audit log cannot tell them apart.
    ///
    /// ## Impact
    /// The pod loses what was granted to `default`; grant it to the new account.
    ///
    /// ## Fix
    /// Create a ServiceAccount for the workload and name it in `serviceAccountName`. A pod that mounts no
    /// token (`automountServiceAccountToken: false`) has no use for the account and passes.
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
    ///   serviceAccountName: web
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-default-service-account",
        severity: Severity::Low,
        shapes: POD,
        aliases: &["591ade62-d6b0-4580-b1ae-209f80ba1cd9"],
        policies: &["cis-eks-1.4/4.1.5"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let pod = subject.start();
    let token = pod.at("spec.automountServiceAccountToken").and_then(|token| token.as_scalar());
    if token == Some("false") || reach(pod, "spec").is_err() {
        return;
    }
    let name = match setting(pod, "spec.serviceAccountName") {
        Setting::Set(node) if is_filled(node) => Setting::Set(node),
        // The former name of the field still counts.
        Setting::Set(at) | Setting::Unset(at) => match setting(pod, "spec.serviceAccount") {
            Setting::Set(node) if is_filled(node) => Setting::Set(node),
            Setting::Unknown(node) => Setting::Unknown(node),
            Setting::Set(_) | Setting::Unset(_) => Setting::Unset(at),
        },
        unknown @ Setting::Unknown(_) => unknown,
    };
    match name {
        Setting::Set(node) if node.as_str() == Some("default") => {
            findings.fail(node, "", "the pod uses the account `default`: name one of its own");
        }
        Setting::Unset(node) => {
            findings.fail(node, "", "the pod uses the account `default`: set `serviceAccountName`");
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "");
        }
        Setting::Set(_) => {}
    }
}
