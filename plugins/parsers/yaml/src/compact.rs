//! Removes nodes that do not count: values of duplicate keys, and values of `<<`.

use palisade_sdk::Kind;
use palisade_sdk::tape::{Builder, Mark, NONE, Nodes};
use palisade_text::to_offset;
use rustc_hash::FxHashSet;

use crate::tags::{TagText, Tags};

enum Step {
    /// Siblings from one node up to another.
    Siblings(u32, u32),
    Close(Mark),
}

struct Compactor<'b> {
    out: &'b mut Builder,
    old: Nodes,
    tags: &'b mut Tags,
    /// The nodes with a tag, in order.
    old_tags: Vec<(u32, TagText)>,
    first: u32,
    /// New indices of the copied nodes.
    new: Vec<u32>,
    steps: Vec<Step>,
}

/// Rewrites the nodes from `first` on without the `dead` ones. The first link into a dead subtree is replaced by the
/// subtree, and later ones refer to it, so nothing is copied twice.
pub(crate) fn compact(out: &mut Builder, tags: &mut Tags, first: u32, dead: &FxHashSet<u32>) {
    let nodes = &out.batch().nodes;
    let from = first as usize;
    let old = Nodes {
        kinds: nodes.kinds.get(from..).unwrap_or_default().to_vec(),
        keys: nodes.keys.get(from..).unwrap_or_default().to_vec(),
        values: nodes.values.get(from..).unwrap_or_default().to_vec(),
        key_origins: nodes.key_origins.get(from..).unwrap_or_default().to_vec(),
        origins: nodes.origins.get(from..).unwrap_or_default().to_vec(),
        nexts: nodes.nexts.get(from..).unwrap_or_default().to_vec(),
    };
    let origins = to_offset(out.batch().origins.len());
    out.truncate(first, origins);
    let count = to_offset(old.len());
    let new = vec![NONE; old.len()];
    let old_tags = tags.split_off(first);
    let mut work = Compactor { out, old, tags, old_tags, first, new, steps: vec![Step::Siblings(0, count)] };
    while let Some(step) = work.steps.pop() {
        match step {
            Step::Close(mark) => {
                work.out.close(mark, None);
            }
            Step::Siblings(at, end) if at < end => {
                let next = work.old.nexts.get(at as usize).map_or(end, |next| next.saturating_sub(first));
                work.steps.push(Step::Siblings(next.max(at + 1), end));
                if !dead.contains(&(at + first)) {
                    work.emit(at);
                }
            }
            Step::Siblings(..) => {}
        }
    }
}

impl Compactor<'_> {
    /// Copies a node; the steps copy its children.
    fn emit(&mut self, at: u32) {
        let column = |column: &[u32]| column.get(at as usize).copied().unwrap_or(NONE);
        let (key, key_origin) = (column(&self.old.keys), column(&self.old.key_origins));
        let mut origin = column(&self.old.origins);
        let mut source = at;
        if self.old.kind(at) == Kind::Link {
            // Targets are never links: an alias cannot have an anchor.
            source = column(&self.old.values).saturating_sub(self.first);
        }
        let known = self.new.get(source as usize).copied().unwrap_or(NONE);
        if known != NONE {
            self.out.link(key, key_origin, known, origin);
            return;
        }
        if source != at {
            origin = self.old.origins.get(source as usize).copied().unwrap_or(NONE);
        }
        let node = match self.old.kind(source) {
            kind @ (Kind::Mapping | Kind::Sequence) => {
                let mark = self.out.open(kind, key, key_origin, origin);
                let node = mark.node();
                let next = self.old.nexts.get(source as usize).copied().unwrap_or(0);
                self.steps.push(Step::Close(mark));
                self.steps.push(Step::Siblings(source + 1, next.saturating_sub(self.first)));
                node
            }
            kind => {
                let value = self.old.values.get(source as usize).copied().unwrap_or(0);
                let text = self.out.batch().text(value).to_owned();
                self.out.scalar(kind, key, key_origin, &text, origin)
            }
        };
        let tagged = self.old_tags.binary_search_by_key(&(source + self.first), |(node, _)| *node).ok();
        let tag = tagged.and_then(|index| self.old_tags.get(index)).map(|(_, tag)| *tag);
        self.tags.set(node, tag);
        if let Some(place) = self.new.get_mut(source as usize) {
            *place = node;
        }
    }
}
