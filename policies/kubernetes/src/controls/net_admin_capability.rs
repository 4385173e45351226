use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::capabilities::{ADDED, normal};
use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container has the capability NET_ADMIN
    ///
    /// ## Why
    /// `NET_ADMIN` lets a process change routes, addresses and packet filters of its network namespace,
    /// and switch interfaces to promiscuous mode. In a pod it undoes network policies that are enforced
    /// inside the namespace; together with `hostNetwork` it controls the network of the node.
    ///
    /// ## Impact
    /// VPN clients, service meshes that redirect traffic from an init container, and network plugins stop
    /// working. Meshes usually offer a plugin for the node's network instead.
    ///
    /// ## Fix
    /// Remove `NET_ADMIN` from `securityContext.capabilities.add`, and do not add `ALL`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: vpn
    /// spec:
    ///   containers:
    ///     - name: vpn
    ///       image: registry.example/vpn:1.4.0
    ///       securityContext:
    ///         capabilities:
    ///           add: [NET_ADMIN]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: vpn
    /// spec:
    ///   containers:
    ///     - name: vpn
    ///       image: registry.example/vpn:1.4.0
    ///       securityContext:
    ///         capabilities:
    ///           drop: [ALL]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-net-admin-capability",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, ADDED).each(CONTAINERS).reads(normal)],
        policies: &["pod-security-baseline/4", "pod-security-restricted/4", "cis-kubernetes-1.23/5.2.9"],
        rule: Rule::Must(Must {
            be: Want::Not(&["NET_ADMIN", "ALL"]),
            message: "container `{}` has the capability `NET_ADMIN`",
            ..Must::TEMPLATE
        }),
    };
}
