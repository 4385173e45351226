use palisade_sdk::network::is_everywhere;
use palisade_sdk::rule::{Findings, Rule, Setting, Subject, setting};
use palisade_sdk::{Node, Severity};

palisade_sdk::control! {
    /// Service is open to networks outside of the cluster
    ///
    /// ## Why
    /// A Service of type `LoadBalancer` gets an address of its own, on most clouds one that the whole
    /// Internet reaches, past the rules of any Ingress. That is often meant, and often a leftover from a
    /// first try.
    ///
    /// ## Impact
    /// Clients outside of the cluster no longer reach the Service directly; they go through an Ingress or a
    /// Gateway.
    ///
    /// ## Fix
    /// Use `ClusterIP` behind an Ingress, mark the balancer as internal with the annotation of your cloud,
    /// or restrict `loadBalancerSourceRanges`. Internal and restricted ones are not reported.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///     - port: 80
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     networking.gke.io/load-balancer-type: Internal
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///     - port: 80
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-service-load-balancer",
        severity: Severity::Medium,
        shapes: &["kubernetes.service@1"],
        aliases: &["26763a1c-5dda-4772-b507-5fca7fb5f165"],
        rule: Rule::Coded(judge),
    };
}

/// Annotations of the clouds, and what each says of an internal balancer.
const INTERNAL: &[(&str, &[&str])] = &[
    ("cloud.google.com/load-balancer-type", &["internal"]),
    ("networking.gke.io/load-balancer-type", &["internal"]),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", &["true", "0.0.0.0/0"]),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", &["internal"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
    ("service.beta.kubernetes.io/cce-load-balancer-internal-vpc", &["true"]),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let service = subject.start();
    match setting(service, "spec.type") {
        Setting::Set(node) if node.as_str() == Some("LoadBalancer") => {
            if !is_internal(service) && !is_restricted(service) {
                let message = "the service may be open to the Internet: use `ClusterIP`, or restrict it";
                findings.fail(node, "", message);
            }
        }
        Setting::Unknown(node) => {
            findings.unknown(node, "");
        }
        Setting::Set(_) | Setting::Unset(_) => {}
    }
}

fn is_internal(service: Node<'_>) -> bool {
    let annotations = service.at("metadata.annotations");
    annotations.is_some_and(|annotations| {
        INTERNAL.iter().any(|(key, values)| {
            let value = annotations.get(key).and_then(|node| node.as_scalar());
            value.is_some_and(|value| values.contains(&value.to_ascii_lowercase().as_str()))
        })
    })
}

fn is_restricted(service: Node<'_>) -> bool {
    service.at("spec.loadBalancerSourceRanges").is_some_and(|ranges| {
        let open = |range: Node<'_>| range.as_scalar().is_some_and(is_everywhere);
        ranges.items().next().is_some() && !ranges.items().any(open)
    })
}
