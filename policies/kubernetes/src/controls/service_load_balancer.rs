use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, Only, lower_case, shape, when};
use palisade_sdk::network::is_everywhere;
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Service is open to networks outside of the cluster
    ///
    /// ## Why
    /// A Service of type `LoadBalancer` gets an address of its own, on most clouds one that the whole
    /// internet can reach, regardless of the rules of any Ingress. That is often meant, and often a
    /// leftover from a first try.
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
        judges: &[shape("kubernetes.service@1", "spec.type").only(OPEN)],
        aliases: &["26763a1c-5dda-4772-b507-5fca7fb5f165"],
        rule: Rule::Must(Must {
            be: Want::Not(&["LoadBalancer"]),
            message: "the service may be open to the internet: use `ClusterIP`, or restrict it",
            ..Must::TEMPLATE
        }),
    };
}

const NOT_INTERNAL: Want = Want::Not(&["internal"]);
const NOT_TRUE: Want = Want::Not(&["true"]);

/// Nothing restricts the balancer, and no annotation of a cloud makes it internal.
const OPEN: &[Only] = &[
    when("spec.loadBalancerSourceRanges", Want::Has(is_everywhere)).or_unset(),
    when("metadata.annotations.\"cloud.google.com/load-balancer-type\"", NOT_INTERNAL).reads(lower_case),
    when("metadata.annotations.\"networking.gke.io/load-balancer-type\"", NOT_INTERNAL).reads(lower_case),
    when(
        "metadata.annotations.\"service.beta.kubernetes.io/aws-load-balancer-internal\"",
        Want::Not(&["true", "0.0.0.0/0"]),
    )
    .reads(lower_case),
    when("metadata.annotations.\"service.beta.kubernetes.io/aws-load-balancer-scheme\"", NOT_INTERNAL)
        .reads(lower_case),
    when("metadata.annotations.\"service.beta.kubernetes.io/azure-load-balancer-internal\"", NOT_TRUE)
        .reads(lower_case),
    when("metadata.annotations.\"service.beta.kubernetes.io/cce-load-balancer-internal-vpc\"", NOT_TRUE)
        .reads(lower_case),
    when("metadata.annotations.\"service.beta.kubernetes.io/oci-load-balancer-internal\"", NOT_TRUE)
        .reads(lower_case),
    when("metadata.annotations.\"service.beta.kubernetes.io/openstack-internal-load-balancer\"", NOT_TRUE)
        .reads(lower_case),
    when(
        "metadata.annotations.\"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type\"",
        Want::Not(&["private"]),
    )
    .reads(lower_case),
    when(
        "metadata.annotations.\"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type\"",
        Want::Not(&["intranet"]),
    )
    .reads(lower_case),
];
