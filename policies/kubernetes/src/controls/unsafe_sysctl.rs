use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::control::{Parameter, Stricter};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::POD_SHAPE;

palisade_sdk::control! {
    /// Pod sets unsafe sysctls
    ///
    /// ## Why
    /// Only a few kernel parameters are isolated well enough for each pod. The others can exhaust or
    /// weaken the node and every pod on it, so the kubelet refuses them unless its operator allows them.
    ///
    /// ## Impact
    /// Programs that were tuned with such a parameter fall back to the kernel's default. Set it for the
    /// node instead, where its operator agrees.
    ///
    /// ## Fix
    /// Remove the entry from `securityContext.sysctls`, or keep to those that Kubernetes calls safe. What the
    /// operator of the nodes allows can be listed in the parameter `allowed`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     sysctls:
    ///       - name: kernel.msgmax
    ///         value: "65536"
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
    ///   securityContext:
    ///     sysctls:
    ///       - name: net.ipv4.ip_unprivileged_port_start
    ///         value: "80"
    ///   containers:
    ///     - name: web
    ///       image: registry.example/web:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-unsafe-sysctl",
        severity: Severity::Medium,
        judges: &[shape(POD_SHAPE, "name").each(&["spec.securityContext.sysctls"]).named(&["name"])],
        aliases: &["KSV-0026", "AVD-KSV-0026", "kubernetes-no-unsafe-sysctl", "9127f0d9-2310-42e7-866f-5fd9d20dcbad"],
        policies: &["pod-security-baseline/11", "pod-security-restricted/11"],
        parameters: &[Parameter {
            name: "allowed",
            title: "Kernel parameters that pods may change besides the safe ones; `*` stands for any text",
            schema: r#"{"type": "array", "items": {"type": "string", "minLength": 1}}"#,
            default: "[]",
            stricter: Stricter::FewerItems,
        }],
        rule: Rule::Must(Must {
            be: Want::One(SAFE),
            message: "the pod sets the unsafe sysctl `{value}`: remove it from `sysctls`",
            parameter: "allowed",
            ..Must::TEMPLATE
        }),
    };
}

/// What Kubernetes calls safe. Slashes may stand for dots.
const SAFE: &[&str] = &[
    "kernel.shm_rmid_forced",
    "kernel/shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net/ipv4/ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net/ipv4/ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net/ipv4/ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net/ipv4/ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net/ipv4/tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net/ipv4/tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net/ipv4/tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net/ipv4/tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net/ipv4/tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net/ipv4/tcp_syncookies",
    "net.ipv4.tcp_wmem",
    "net/ipv4/tcp_wmem",
];
