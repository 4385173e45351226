use palisade_sdk::Severity;
use palisade_sdk::attribute::Writing;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

use crate::pod::POD;

palisade_sdk::control! {
    /// Pod mounts the token of its service account
    ///
    /// ## Why
    /// By default Kubernetes mounts a token for its own API into every container. Most programs never use
    /// that API, but an attacker does, with all permissions of the account.
    ///
    /// ## Impact
    /// Programs that use the Kubernetes API lose their credentials: operators, controllers, and clients
    /// that look up their peers. They need the token and deserve a suppression with that reason.
    ///
    /// ## Fix
    /// Set `automountServiceAccountToken: false` in the pod's spec. The same field of the ServiceAccount
    /// has the same effect if the pod does not set it; it is evaluated if the account is in the same
    /// file.
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
    ///   automountServiceAccountToken: false
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-service-account-token-mounted",
        severity: Severity::Medium,
        shapes: POD,
        aliases: &["CKV_K8S_38", "KSV-0036", "AVD-KSV-0036", "kubernetes-no-auto-mount-service-token", "48471392-d4d0-47c0-b135-cdec95eb3eef"],
        policies: &["cis-kubernetes-1.23/5.1.6", "cis-eks-1.4/4.1.6", "nsa-cisa-1.0/1.11"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let writing = Writing::of(subject.resource(), subject.start());
    let set = writing.assignment("automountServiceAccountToken", "false");
    let message = format!("the pod mounts a token for the API: set `{set}`");
    match setting(subject.start(), "spec.automountServiceAccountToken") {
        Setting::Set(node) if node.as_scalar() == Some("false") => {}
        Setting::Unset(_) if account_refuses(subject) => {}
        Setting::Set(node) => {
            let fix = (writing == Writing::Manifest).then(|| "false".to_owned());
            findings.fail(node, "", message).fix = fix;
        }
        Setting::Unset(node) => {
            findings.fail(node, "", message);
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "");
        }
    }
}

/// Whether the pod's account is in sight and disables the mount of its token.
fn account_refuses(subject: &Subject<'_>) -> bool {
    subject.refers_to("kubernetes.service-account@1").any(|account| {
        account.get("automountServiceAccountToken").and_then(|it| it.as_scalar()) == Some("false")
    })
}
