use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Service uses external IPs
    ///
    /// ## Why
    /// The nodes accept traffic for every address in `externalIPs`, without a check of its owner. Anyone
    /// who may create a Service can intercept the cluster's traffic to any address (CVE-2020-8554).
    ///
    /// ## Impact
    /// Clients that used the address no longer reach the Service. A load balancer or an Ingress gives it
    /// one that is really its own.
    ///
    /// ## Fix
    /// Remove `spec.externalIPs`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   ports:
    ///     - port: 80
    ///   externalIPs: ["203.0.113.7"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   ports:
    ///     - port: 80
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-service-external-ips",
        severity: Severity::Medium,
        judges: &[shape("kubernetes.service@1", "").each(&["spec.externalIPs"])],
        aliases: &["KSV-0108", "AVD-KSV-0108", "kubernetes-no-svc-with-extip"],
        rule: Rule::Must(Must {
            be: Want::Absent,
            message: "the service uses the external IP `{}`: remove it from `externalIPs`",
            ..Must::TEMPLATE
        }),
    };
}
