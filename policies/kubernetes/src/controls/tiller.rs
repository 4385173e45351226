use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::image::normal;
use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Pod runs Tiller, the server of Helm 2
    ///
    /// ## Why
    /// Tiller accepts requests from anyone who reaches its port inside the cluster, and usually does so
    /// as an administrator of the cluster. Helm 2 has had no security fixes since November 2020.
    ///
    /// ## Impact
    /// Releases of Helm 2 have to be moved to Helm 3, which keeps them in Secrets and needs no server. The
    /// plugin `helm-2to3` does it.
    ///
    /// ## Fix
    /// Move the releases and delete the Deployment and the Service of Tiller.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: tiller-deploy
    /// spec:
    ///   selector:
    ///     matchLabels: {app: tiller-deploy}
    ///   template:
    ///     metadata:
    ///       labels: {app: tiller-deploy}
    ///     spec:
    ///       containers:
    ///         - name: tiller
    ///           image: gcr.io/kubernetes-helm/tiller:v2.17.0
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///         - name: web
    ///           image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-tiller",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, "image").each(CONTAINERS).reads(normal)],
        aliases: &["CKV_K8S_34", "KSV-0102", "AVD-KSV-0102", "kubernetes-no-tiller", "6d173be7-545a-46c6-a81d-2ae52ed1605d"],
        rule: Rule::Must(Must {
            be: Want::Unlike(&["*/tiller:*", "*/tiller@*"]),
            message: "container `{}` is Tiller: move to Helm 3 and delete it",
            ..Must::TEMPLATE
        }),
    };
}
