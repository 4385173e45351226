use palisade_sdk::rule::{Findings, Rule, Setting, Subject, is_filled, setting};
use palisade_sdk::{Kind, Node, Severity};

palisade_sdk::control! {
    /// Ingress serves a host without TLS
    ///
    /// ## Why
    /// Without an entry in `tls` the controller serves the host over plain HTTP. Anyone on the network
    /// path can read and modify the traffic, session cookies and passwords included.
    ///
    /// ## Impact
    /// Clients that do not follow redirects to HTTPS have to be changed. The certificate has to be
    /// provided, by cert-manager or by the cloud.
    ///
    /// ## Fix
    /// Add an entry with the host and the Secret of its certificate to `spec.tls`. Certificates that are
    /// named in an annotation of AWS, Google or Azure are accepted as well.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: web
    /// spec:
    ///   rules:
    ///     - host: shop.example.com
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: web
    /// spec:
    ///   tls:
    ///     - hosts: [shop.example.com]
    ///       secretName: shop-tls
    ///   rules:
    ///     - host: shop.example.com
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-ingress-without-tls",
        severity: Severity::Medium,
        shapes: &["kubernetes.ingress@1"],
        policies: &["cis-eks-1.4/5.4.5"],
        rule: Rule::Coded(judge),
    };
}

/// Annotations that name a certificate.
const CERTIFICATES: &[&str] = &[
    "alb.ingress.kubernetes.io/certificate-arn",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let ingress = subject.start();
    let annotations = ingress.at("metadata.annotations");
    if annotations.is_some_and(|it| CERTIFICATES.iter().any(|key| it.get(key).is_some_and(is_filled))) {
        return;
    }
    let entries = match setting(ingress, "spec.tls") {
        Setting::Set(list) if is_filled(list) => list,
        Setting::Set(node) | Setting::Unset(node) => {
            findings.fail(node, "", "the ingress serves plain HTTP: add its hosts to `tls`");
            return;
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "");
            return;
        }
    };
    // An entry without hosts stands for all of them, and of what cannot be known the best is assumed.
    let whole = |entry: Node<'_>| {
        let hosts = entry.get("hosts");
        !hosts.is_some_and(|hosts| hosts.items().next().is_some_and(|first| first.kind() != Kind::Unknown))
    };
    if entries.items().any(whole) {
        return;
    }
    let secured: Vec<&str> =
        entries.items().flat_map(|entry| entry.items_at("hosts")).filter_map(|host| host.as_str()).collect();
    for host in ingress.items_at("spec.rules") {
        let Some(host) = host.get("host") else { continue };
        match host.as_str() {
            Some(name) if !secured.iter().any(|pattern| covers(pattern, name)) => {
                findings.fail(host, name, format!("`{name}` is served in plain text: add it to `tls`"));
            }
            None if host.kind() == Kind::Unknown => {
                findings.unknown(host, "");
            }
            _ => {}
        }
    }
}

/// A star stands for one label.
fn covers(pattern: &str, host: &str) -> bool {
    let below = pattern.strip_prefix("*.").and_then(|domain| Some(host.split_once('.')?.1 == domain));
    pattern.eq_ignore_ascii_case(host) || below == Some(true)
}
