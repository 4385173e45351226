//! Where objects have pod templates, and access to nodes.

use palisade_sdk::Kind;
use palisade_sdk::tape::{Builder, MAX_LINKED_KEYS};
use palisade_yaml::resolve;

/// The path of the pod template of a kind.
pub(crate) fn template_path(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" | "Revision.serving.knative.dev" => &[],
        "PodTemplate" => &["template"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        _ => &["spec", "template"],
    }
}

/// The children of a collection.
pub(crate) fn children(out: &Builder, node: u32) -> impl Iterator<Item = u32> {
    let nodes = &out.batch().nodes;
    let end = nodes.next(node);
    std::iter::successors(Some(node + 1), |at| Some(nodes.next(*at))).take_while(move |at| *at < end)
}

/// The child of a mapping: its node with links followed, and the child itself.
pub(crate) fn child(out: &Builder, mapping: u32, key: &str) -> Option<(u32, u32)> {
    let batch = out.batch();
    let target = resolve(out, mapping);
    if batch.nodes.kind(target) != Kind::Mapping {
        return None;
    }
    let most = if target == mapping { usize::MAX } else { MAX_LINKED_KEYS };
    let named = |at: &u32| batch.nodes.keys.get(*at as usize).is_some_and(|index| batch.text(*index) == key);
    children(out, target).take(most).find(named).map(|at| (resolve(out, at), at))
}

/// The `spec` of the pod that an object creates, if it creates one.
pub(crate) fn spec(out: &Builder, root: u32, kind: &str) -> Option<u32> {
    let template = template_path(kind).iter().try_fold(root, |at, key| Some(child(out, at, key)?.0))?;
    let (spec, _) = child(out, template, "spec")?;
    (out.batch().nodes.kind(spec) == Kind::Mapping).then_some(spec)
}
