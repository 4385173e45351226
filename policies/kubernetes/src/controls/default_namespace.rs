use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// Object is put into the namespace default
    ///
    /// ## Why
    /// Quotas, network policies and permissions are given to namespaces. What shares `default` shares all
    /// of them, and whatever is applied without a namespace in mind ends up there as well. A manifest
    /// without a namespace is no violation: `kubectl -n`, Helm, Kustomize and Argo CD set it when they
    /// apply it.
    ///
    /// ## Impact
    /// An object cannot be moved, it is created anew in the other namespace. Names inside the cluster
    /// change, and so do references from other namespaces.
    ///
    /// ## Fix
    /// Name another namespace in `metadata.namespace`, or leave it out and let the deployment choose.
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
        shapes: &["kubernetes.namespaced@1"],
        aliases: &["CKV_K8S_21", "KSV-0110", "AVD-KSV-0110", "kubernetes-default-namespace-should-not-be-used"],
        policies: &["cis-kubernetes-1.23/5.7.4", "cis-eks-1.4/4.5.3"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (resource, name) = (subject.resource(), subject.at("metadata.name").and_then(|it| it.as_str()));
    // The cluster itself keeps these two there.
    let own = [("kubernetes.service@1", "kubernetes"), ("kubernetes.service-account@1", "default")];
    if own.iter().any(|(shape, own)| name == Some(own) && resource.shape(shape).is_some()) {
        return;
    }
    match setting(subject.start(), "metadata.namespace") {
        Setting::Set(node) if node.as_str() == Some("default") => {
            findings.fail(node, "", "the namespace is `default`: name another one");
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "");
        }
        Setting::Set(_) | Setting::Unset(_) => {}
    }
}
