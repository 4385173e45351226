use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Secret is passed as an environment variable
    ///
    /// ## Why
    /// Programs pass their environment on to every program that they start, write it into crash reports,
    /// and show it on pages for debugging. A file has an owner and rights, and a new value reaches a
    /// running container.
    ///
    /// ## Impact
    /// The program has to read the secret from a file; many images know a variable ending in `_FILE` for
    /// that.
    ///
    /// ## Fix
    /// Mount the Secret as a volume and remove `secretKeyRef` and `secretRef` from the environment.
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
    ///       env:
    ///         - name: PASSWORD
    ///           valueFrom:
    ///             secretKeyRef:
    ///               name: web
    ///               key: password
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
    ///         - name: secrets
    ///           mountPath: /run/secrets/web
    ///           readOnly: true
    ///   volumes:
    ///     - name: secrets
    ///       secret:
    ///         secretName: web
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-secret-from-environment",
        severity: Severity::Low,
        judges: &[
            shape(POD_SHAPE, "valueFrom.secretKeyRef").each(CONTAINERS).inner("env"),
            shape(POD_SHAPE, "secretRef").each(CONTAINERS).inner("envFrom").named(&["secretRef.name"]).message(
                "container `{}` gets all of the Secret `{inner}` as variables: mount it as files",
            ),
        ],
        aliases: &["CKV_K8S_35", "3d658f8b-d988-41a0-a841-40043121de1e"],
        policies: &["cis-kubernetes-1.23/5.4.1", "cis-eks-1.4/4.4.1"],
        rule: Rule::Must(Must {
            be: Want::Absent,
            message: "container `{}` gets a secret in the variable `{inner}`: mount it as a file",
            ..Must::TEMPLATE
        }),
    };
}
