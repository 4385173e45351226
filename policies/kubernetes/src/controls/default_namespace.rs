use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Object is in the namespace default
    ///
    /// ## Why
    /// Quotas, network policies and permissions apply to namespaces. Objects in `default` share all of
    /// them, with everything that is applied without an explicit namespace. A manifest without a
    /// namespace does not violate this control: `kubectl -n`, Helm, Kustomize and Argo CD set it when
    /// they apply it.
    ///
    /// ## Impact
    /// An object cannot be moved: it is created again in the other namespace. Names inside the cluster
    /// change, and so do references from other namespaces.
    ///
    /// ## Fix
    /// Name another namespace in `metadata.namespace`, or omit it and let the deployment choose.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: default
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
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-default-namespace",
        severity: Severity::Low,
        judges: &[
            shape(NAMESPACED, "metadata.namespace").except(&[SERVICE, ACCOUNT]),
            // The cluster itself keeps these two there.
            shape(SERVICE, "metadata.namespace").only(&[when("metadata.name", Want::Not(&["kubernetes"]))]),
            shape(ACCOUNT, "metadata.namespace").only(&[when("metadata.name", Want::Not(&["default"]))]),
        ],
        aliases: &["CKV_K8S_21", "KSV-0110", "AVD-KSV-0110", "kubernetes-default-namespace-should-not-be-used"],
        policies: &["cis-kubernetes-1.23/5.7.4", "cis-eks-1.4/4.5.3"],
        rule: Rule::Must(Must {
            be: Want::Not(&["default"]),
            message: "the namespace is `default`: name another one",
            ..Must::TEMPLATE
        }),
    };
}

const NAMESPACED: &str = "kubernetes.namespaced@1";
const SERVICE: &str = "kubernetes.service@1";
const ACCOUNT: &str = "kubernetes.service-account@1";
