//! `kubernetes.pod@1`: one form for everything that runs containers, whatever it was written as.

use palisade_sdk::Kind;
use palisade_sdk::tape::{Builder, NONE};
use palisade_yaml::resolve;

/// The id of the shape.
pub(crate) const POD: &str = "kubernetes.pod@1";

/// Where the pod template of a kind stands below its root.
pub(crate) fn template_path(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" | "Revision.serving.knative.dev" => &[],
        "PodTemplate" => &["template"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        _ => &["spec", "template"],
    }
}

/// Kinds that have a template even where it has no containers.
fn is_workload(kind: &str) -> bool {
    matches!(
        kind,
        "Pod"
            | "PodTemplate"
            | "Deployment"
            | "ReplicaSet"
            | "DaemonSet"
            | "StatefulSet"
            | "ReplicationController"
            | "Job"
            | "CronJob"
            | "Rollout.argoproj.io"
            | "Service.serving.knative.dev"
            | "Configuration.serving.knative.dev"
            | "Revision.serving.knative.dev"
    )
}

/// How many keys of a mapping are looked at by way of a link: a file of links to one huge mapping must not cost its
/// square.
pub(crate) const MAX_KEYS: usize = 1_000;

/// The children of a collection.
pub(crate) fn children(out: &Builder, node: u32) -> impl Iterator<Item = u32> {
    let nodes = &out.batch().nodes;
    let end = nodes.next(node);
    std::iter::successors(Some(node + 1), |at| Some(nodes.next(*at))).take_while(move |at| *at < end)
}

/// The child of a mapping, links followed; and the child itself.
pub(crate) fn child(out: &Builder, mapping: u32, key: &str) -> Option<(u32, u32)> {
    let batch = out.batch();
    let target = resolve(out, mapping);
    if batch.nodes.kind(target) != Kind::Mapping {
        return None;
    }
    let most = if target == mapping { usize::MAX } else { MAX_KEYS };
    let named = |at: &u32| batch.nodes.keys.get(*at as usize).is_some_and(|index| batch.text(*index) == key);
    children(out, target).take(most).find(named).map(|at| (resolve(out, at), at))
}

/// Adds the shape of a resource, if it runs containers, and gives the pod's `spec`.
pub(crate) fn add(out: &mut Builder, resource: u32, root: u32, kind: &str) -> Option<u32> {
    let mut template = root;
    for key in template_path(kind) {
        match child(out, template, key) {
            Some((node, _)) => template = node,
            None => return None,
        }
    }
    let (spec, spec_entry) = child(out, template, "spec")?;
    if out.batch().nodes.kind(spec) != Kind::Mapping {
        return None;
    }
    if !is_workload(kind) {
        let containers = child(out, spec, "containers").map(|(node, _)| out.batch().nodes.kind(node));
        if containers != Some(Kind::Sequence) {
            return None;
        }
    }
    let metadata = child(out, template, "metadata");
    let origin = out.batch().nodes.origins.get(template as usize).copied().unwrap_or(NONE);
    let mark = out.open(Kind::Mapping, 0, NONE, origin);
    if let Some((target, entry)) = metadata {
        link(out, target, entry);
    }
    link(out, spec, spec_entry);
    let shape = out.close(mark, None);
    out.shape(resource, POD, shape);
    Some(spec)
}

fn link(out: &mut Builder, target: u32, entry: u32) {
    let nodes = &out.batch().nodes;
    let column = |column: &[u32]| column.get(entry as usize).copied().unwrap_or(NONE);
    let (key, key_origin) = (column(&nodes.keys), column(&nodes.key_origins));
    let origin = nodes.origins.get(target as usize).copied().unwrap_or(NONE);
    out.link(key, key_origin, target, origin);
}
