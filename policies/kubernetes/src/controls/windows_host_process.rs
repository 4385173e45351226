use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Rule, Want};

use crate::pod::{CONTAINERS, POD_SHAPE};

palisade_sdk::control! {
    /// Container is a Windows HostProcess container
    ///
    /// ## Why
    /// A HostProcess container runs on the Windows node itself, with its network, its files and an
    /// account of the node. It is what a privileged container is on Linux, and anyone who breaks into it
    /// controls the node.
    ///
    /// ## Impact
    /// Network plugins, storage drivers and agents that manage the node stop working. They are the purpose
    /// of the setting and deserve a suppression with that reason.
    ///
    /// ## Fix
    /// Remove `securityContext.windowsOptions.hostProcess`, or set it to `false`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   hostNetwork: true
    ///   securityContext:
    ///     windowsOptions:
    ///       hostProcess: true
    ///   containers:
    ///     - name: agent
    ///       image: registry.example/agent:1.4.0
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   os: {name: windows}
    ///   containers:
    ///     - name: agent
    ///       image: registry.example/agent:1.4.0
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-windows-host-process",
        severity: Severity::High,
        judges: &[shape(POD_SHAPE, "securityContext.windowsOptions.hostProcess")
            .each(CONTAINERS)
            .or(&["/spec.securityContext.windowsOptions.hostProcess"])],
        aliases: &["KSV-0103", "AVD-KSV-0103", "kubernetes-no-hostprocess-containers"],
        policies: &["pod-security-baseline/1", "pod-security-restricted/1", "cis-kubernetes-1.23/5.2.11"],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "container `{}` is a HostProcess container",
            ..Must::TEMPLATE
        }),
    };
}
