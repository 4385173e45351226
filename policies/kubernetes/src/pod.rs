//! Common attributes of pods: their containers, and settings that both the pod and a container may have.

use palisade_sdk::Node;
use palisade_sdk::attribute::{Attribute, Only, named_items, shape, when};
use palisade_sdk::rule::{Findings, Setting, Subject, Want, setting};

/// A pod, whatever workload creates it: a mapping of `metadata` and `spec`.
pub(crate) const POD: &[&str] = &[POD_SHAPE];

/// The ID of its shape.
pub(crate) const POD_SHAPE: &str = "kubernetes.pod@1";

/// Every container of a pod.
pub(crate) const CONTAINERS: &[&str] =
    &["spec.containers", "spec.initContainers", "spec.ephemeralContainers"];

/// All except ephemeral containers, which have neither resources nor probes nor ports.
pub(crate) const LASTING: &[&str] = &["spec.containers", "spec.initContainers"];

/// The pod does not run on Windows, where the Linux fields of a security context have no effect.
pub(crate) const LINUX: &[Only] = &[LINUX_POD, LINUX_NODE];

/// The part of [`LINUX`] that the pod sets.
pub(crate) const LINUX_POD: Only = when("/spec.os.name", Want::Not(&["windows"]));

/// The part of [`LINUX`] that the pod requires of its node.
pub(crate) const LINUX_NODE: Only = when("/spec.nodeSelector.\"kubernetes.io/os\"", Want::Not(&["windows"]));

/// An attribute of the containers that run as long as the pod does, including sidecars among the init containers, and
/// only in pods that do not run to completion.
pub(crate) const fn of_running(path: &'static str) -> [Attribute; 2] {
    let attribute = shape(POD_SHAPE, path).except(ENDING);
    [
        attribute.each(&["spec.containers"]).only(&[LASTS]),
        attribute.each(&["spec.initContainers"]).only(&[LASTS, SIDECAR]),
    ]
}

const LASTS: Only = when("/spec.restartPolicy", Want::Not(&["Never", "OnFailure"]));

const SIDECAR: Only = when("restartPolicy", Want::One(&["Always"]));

/// Kinds whose pods run to completion.
const ENDING: &[&str] = &[
    "CronJob",
    "Job",
    "kubernetes_cron_job",
    "kubernetes_cron_job_v1",
    "kubernetes_job",
    "kubernetes_job_v1",
];

/// Whether a value is true, as a boolean or as text.
pub(crate) fn is_true(node: Node<'_>) -> bool {
    node.as_scalar() == Some("true")
}

/// Whether the pod runs on Windows, where the Linux fields of a security context have no effect.
pub(crate) fn is_windows(pod: Node<'_>) -> bool {
    let named = pod.at("spec.os.name").and_then(|name| name.as_str());
    let selected = pod.at("spec.nodeSelector").and_then(|labels| labels.get("kubernetes.io/os"));
    named.or_else(|| selected.and_then(|label| label.as_str())) == Some("windows")
}

/// The items of a sequence of a container. If it is unknown, it is reported with the container's name.
pub(crate) fn named_items_of<'b>(
    container: &Container<'b>,
    path: &str,
    findings: &mut Findings<'_>,
) -> Vec<(String, Node<'b>)> {
    match container.own(path) {
        Setting::Unknown(node) => {
            findings.unknown(node, &container.name);
            Vec::new()
        }
        Setting::Set(_) | Setting::Unset(_) => named_items(container.node, path, findings),
    }
}

/// A container and its pod.
#[derive(Clone, Debug)]
pub(crate) struct Container<'b> {
    /// Its name, or its position if it has none.
    pub(crate) name: String,
    /// Its declaration.
    pub(crate) node: Node<'b>,
    pod: Node<'b>,
}

/// The containers at these paths.
pub(crate) fn containers<'b>(
    subject: &Subject<'b>,
    paths: &'static [&'static str],
    findings: &mut Findings<'_>,
) -> Vec<Container<'b>> {
    let pod = subject.start();
    let mut containers = Vec::new();
    for path in paths {
        let items = named_items(pod, path, findings).into_iter();
        containers.extend(items.map(|(name, node)| Container { name, node, pod }));
    }
    containers
}

impl<'b> Container<'b> {
    /// The container's own setting.
    pub(crate) fn own(&self, path: &str) -> Setting<'b> {
        setting(self.node, path)
    }

    /// The effective value of a security context's field: the container's own, or else the pod's.
    pub(crate) fn effective(&self, field: &str) -> Setting<'b> {
        match setting(self.node, &format!("securityContext.{field}")) {
            Setting::Unset(own) => match setting(self.pod, &format!("spec.securityContext.{field}")) {
                Setting::Unset(_) => Setting::Unset(own),
                pod => pod,
            },
            own => own,
        }
    }
}
