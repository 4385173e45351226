use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject};

use crate::pod::{CONTAINERS, POD, containers};

palisade_sdk::control! {
    /// Container runs without AppArmor
    ///
    /// ## Why
    /// On nodes with AppArmor the runtime confines each container with a default profile that keeps it from
    /// mounting file systems and from writing to dangerous files of `/proc` and `/sys`. `Unconfined` takes
    /// that profile away.
    ///
    /// ## Impact
    /// Programs that mount file systems or trace others may be refused by the default profile. A
    /// `Localhost` profile can allow exactly what they need.
    ///
    /// ## Fix
    /// Remove `appArmorProfile`, or set its `type` to `RuntimeDefault` or `Localhost`. Remove the older
    /// annotation `container.apparmor.security.beta.kubernetes.io/…` where it says `unconfined`.
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
    ///         appArmorProfile:
    ///           type: Unconfined
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
    ///     appArmorProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-apparmor-unconfined",
        severity: Severity::Medium,
        shapes: POD,
        policies: &["pod-security-baseline/7", "pod-security-restricted/7", "nsa-cisa-1.0/1.9"],
        rule: Rule::Coded(judge),
    };
}

const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let annotations = subject.at("metadata.annotations");
    for container in containers(subject, CONTAINERS, findings) {
        let name = &container.name;
        let field = container.effective("appArmorProfile.type");
        let (at, unconfined) = match field {
            Setting::Set(node) => (node, node.as_str() == Some("Unconfined")),
            Setting::Unknown(node) => {
                findings.unknown(node, name);
                continue;
            }
            // The annotation is what clusters before 1.30 know; the field counts where both are there.
            Setting::Unset(_) => match annotations.and_then(|it| it.get(&format!("{ANNOTATION}{name}"))) {
                Some(node) => (node, node.as_str() == Some("unconfined")),
                None => continue,
            },
        };
        if unconfined {
            let message = format!(
                "container `{name}` runs without AppArmor: set `appArmorProfile.type` to `RuntimeDefault`"
            );
            findings.fail(at, name, message);
        }
    }
}
