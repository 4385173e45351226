use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Missing, Rule, Want};

use crate::capabilities::{ADDED, DROPPED, normal};
use crate::pod::{CONTAINERS, LINUX, LINUX_NODE, LINUX_POD, POD_SHAPE};

palisade_sdk::control! {
    /// Container has the capability NET_RAW
    ///
    /// ## Why
    /// `NET_RAW` is among the capabilities that runtimes grant by default. With it a process in a pod can
    /// answer for other addresses on the same network, and thus listen to or redirect the traffic of its
    /// neighbours. Almost nothing but `ping` and packet captures needs it.
    ///
    /// ## Impact
    /// `ping`, `traceroute` and packet captures inside the container stop working where the node does not
    /// allow unprivileged echo requests.
    ///
    /// ## Fix
    /// Set `securityContext.capabilities.drop: ["ALL"]`, or at least drop `NET_RAW`, for each container,
    /// and do not add it back.
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: ["NET_RAW"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-net-raw-capability",
        severity: Severity::Medium,
        judges: &[
            // A capability that is dropped by its own name stays away whatever is added; one that went with
            // `ALL` comes back when it is added.
            shape(POD_SHAPE, ADDED).each(CONTAINERS).reads(normal).only(&[
                LINUX_POD,
                LINUX_NODE,
                when(DROPPED, Want::Not(&["NET_RAW"])).reads(normal),
            ]),
            shape(POD_SHAPE, DROPPED)
                .each(CONTAINERS)
                .reads(normal)
                .only(LINUX)
                .be(Want::Includes(&["ALL", "NET_RAW"]))
                .unset(Missing::Fails),
        ],
        aliases: &["CKV_K8S_28", "dbbc6705-d541-43b0-b166-dd4be8208b54"],
        policies: &["cis-kubernetes-1.23/5.2.8", "pod-security-restricted/17"],
        rule: Rule::Must(Must {
            be: Want::Not(&["NET_RAW", "ALL"]),
            message: "container `{}` has the capability `NET_RAW`",
            ..Must::TEMPLATE
        }),
    };
}
