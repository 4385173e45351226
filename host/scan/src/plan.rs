//! Which controls of a pack see which resources of a batch: a plan that is made before anything is judged. It depends
//! only on the controls and on the kinds and shapes of the resources, so the size of a unit does not change what a
//! control sees.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use palisade_domain::tape::{Batch, ResourceView};
use palisade_domain::{Control, Scope};

/// The largest batch, in bytes, that is passed in one call to controls that need a resource and what it refers to; a
/// larger one is split along its connected components.
const CHUNK: usize = 8 << 20;

/// The kind in a control that stands for all kinds.
const EVERY_KIND: &str = "*";

/// The controls of a pack, and which of them are enabled.
#[derive(Clone, Default)]
pub(crate) struct Asked {
    all: Vec<Control>,
    /// Indices of controls that need a resource and what it refers to.
    alone: Vec<u32>,
    /// Of controls that need other kinds as well.
    beside: Vec<u32>,
    /// Of controls that need the whole tree.
    tree: Vec<u32>,
    /// Of controls that need whole documents.
    document: Vec<u32>,
    index: Index,
}

/// The controls that may judge a resource, by its kind and shapes: most controls do not apply to most resources, and a
/// tree has many of both.
#[derive(Clone, Default)]
struct Index {
    by_kind: HashMap<String, Vec<u32>>,
    by_shape: HashMap<String, Vec<u32>>,
    /// Controls that need a kind besides their subjects.
    beside: HashMap<String, Vec<u32>>,
    /// Controls that judge every kind.
    every: Vec<u32>,
}

impl Index {
    fn of(controls: &[Control]) -> Index {
        let mut made = Index::default();
        let Index { by_kind, by_shape, beside, every } = &mut made;
        for (index, control) in (0u32..).zip(controls) {
            if control.kinds.iter().any(|kind| kind == EVERY_KIND) {
                every.push(index);
            }
            for (names, place) in [
                (&control.kinds, &mut *by_kind),
                (&control.shapes, &mut *by_shape),
                (&control.related, &mut *beside),
            ] {
                for name in names {
                    place.entry(name.clone()).or_default().push(index);
                }
            }
        }
        made
    }
}

/// One call of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// Indices of the controls.
    pub(crate) controls: Vec<u32>,
    /// Rows of the resources that they see; none for all of the batch.
    pub(crate) rows: Option<BTreeSet<u32>>,
    /// Name of this part of the batch, for the cache; empty for all of it.
    pub(crate) part: String,
}

fn understands(control: &Control, resource: ResourceView<'_>) -> bool {
    control.formats.is_empty() || control.formats.iter().any(|it| it == resource.format())
}

/// The resources of a batch with their rows.
fn rows(batch: &Batch) -> impl Iterator<Item = (u32, ResourceView<'_>)> {
    (0u32..).zip(&batch.resources).filter_map(|(row, _)| Some((row, batch.resource(row)?)))
}

impl Asked {
    /// The controls of a pack, enabled if `wants` returns true.
    pub(crate) fn new(all: Vec<Control>, wants: impl Fn(&Control) -> bool) -> Asked {
        let enabled = |scope: Scope| -> Vec<u32> {
            let asked = (0u32..).zip(&all).filter(|(_, control)| control.scope == scope && wants(control));
            asked.map(|(index, _)| index).collect()
        };
        let looks_beside = |index: &u32| all.get(*index as usize).is_some_and(|it| !it.related.is_empty());
        let (beside, alone) = enabled(Scope::Component).into_iter().partition(looks_beside);
        let (tree, document) = (enabled(Scope::Tree), enabled(Scope::Document));
        let index = Index::of(&all);
        Asked { all, alone, beside, tree, document, index }
    }

    /// The controls of whole documents, if any are enabled. A document is judged alone.
    pub(crate) fn of_documents(&self) -> Option<Asked> {
        (!self.document.is_empty()).then(|| Asked {
            all: self.all.clone(),
            alone: self.document.clone(),
            index: self.index.clone(),
            ..Asked::default()
        })
    }

    /// All controls of the pack.
    pub(crate) fn known(&self) -> &[Control] {
        &self.all
    }

    /// The control at an index.
    pub(crate) fn control(&self, index: u32) -> Option<&Control> {
        self.all.get(index as usize)
    }

    /// The enabled controls.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &Control> {
        let taken = [&self.alone, &self.beside, &self.tree, &self.document].into_iter().flatten();
        taken.filter_map(|index| self.control(*index))
    }

    /// Whether one of them needs resources.
    pub(crate) fn sees_resources(&self) -> bool {
        !(self.alone.is_empty() && self.beside.is_empty() && self.tree.is_empty())
    }

    /// Whether one of them needs the whole tree.
    pub(crate) fn sees_the_tree(&self) -> bool {
        !self.tree.is_empty()
    }

    /// Whether a control of the pack, enabled or not, judges a resource or needs it besides its subjects.
    pub(crate) fn covers(&self, resource: ResourceView<'_>) -> bool {
        let Index { by_kind, by_shape, beside, every } = &self.index;
        !every.is_empty()
            || by_kind.contains_key(resource.kind())
            || beside.contains_key(resource.kind())
            || by_shape.keys().any(|shape| resource.shape(shape).is_some())
    }

    /// Whether a control of the pack names a kind.
    pub(crate) fn names(&self, kind: &str) -> bool {
        self.index.by_kind.contains_key(kind)
    }

    /// Those of these controls that judge a resource; a control is repeated for each of its reasons.
    pub(crate) fn judging(&self, enabled: &[u32], resource: ResourceView<'_>) -> impl Iterator<Item = u32> {
        let Index { by_kind, by_shape, every, .. } = &self.index;
        let shaped = by_shape.iter().filter(move |(shape, _)| resource.shape(shape).is_some());
        let of_kind = by_kind.get(resource.kind()).into_iter();
        let all = of_kind.chain(shaped.map(|(_, controls)| controls)).chain([every]).flatten().copied();
        all.filter(move |index| {
            enabled.binary_search(index).is_ok()
                && self.control(*index).is_some_and(|it| understands(it, resource))
        })
    }

    /// The resources of a batch that some of these controls judge.
    pub(crate) fn subjects(&self, enabled: &[u32], batch: &Batch) -> Vec<u32> {
        let judged = |it: &ResourceView<'_>| self.judging(enabled, *it).next().is_some();
        rows(batch).filter(|(_, it)| judged(it)).map(|(row, _)| row).collect()
    }

    /// Whether one of these controls needs a resource besides its subjects.
    fn looks_at(&self, enabled: &[u32], resource: ResourceView<'_>) -> bool {
        let beside = self.index.beside.get(resource.kind()).into_iter().flatten();
        beside.into_iter().any(|index| enabled.binary_search(index).is_ok())
    }

    /// The resources of a batch that these controls need, as subjects or besides them.
    fn wanted(&self, enabled: &[u32], batch: &Batch) -> BTreeSet<u32> {
        let wants = |it| self.judging(enabled, it).next().is_some() || self.looks_at(enabled, it);
        rows(batch).filter(|(_, it)| wants(*it)).map(|(row, _)| row).collect()
    }

    /// The resources of a batch that controls of the whole tree need.
    pub(crate) fn for_the_tree(&self, batch: &Batch) -> BTreeSet<u32> {
        if self.tree.is_empty() { BTreeSet::new() } else { self.wanted(&self.tree, batch) }
    }

    /// The call that judges the whole tree.
    pub(crate) fn of_the_tree(&self) -> Call {
        Call { controls: self.tree.clone(), rows: None, part: "tree".to_owned() }
    }

    /// The calls that judge a unit. If its files are independent, a control finds other kinds only in the file of its
    /// subject.
    pub(crate) fn of_unit(&self, batch: &Batch, independent: bool) -> Vec<Call> {
        self.calls(batch, independent, CHUNK)
    }

    fn calls(&self, batch: &Batch, independent: bool, chunk: usize) -> Vec<Call> {
        let groups = self.groups(batch, independent);
        let is_small = batch.weight() <= chunk;
        if is_small && groups.first().is_some_and(|rows| rows.len() == batch.resources.len()) {
            // One call for both, since all of it is passed anyway.
            let mut controls = [&self.alone[..], &self.beside].concat();
            controls.sort_unstable();
            return vec![Call { controls, rows: None, part: String::new() }];
        }
        let mut calls = Vec::new();
        if !self.alone.is_empty() {
            let call = |rows, part| Call { controls: self.alone.clone(), rows, part };
            if is_small {
                calls.push(call(None, String::new()));
            } else {
                let parts = batch.chunks(chunk).into_iter().enumerate();
                calls.extend(
                    parts.map(|(number, rows)| call(Some(rows), format!("{number} of {chunk} bytes"))),
                );
            }
        }
        calls.extend(groups.into_iter().enumerate().map(|(number, rows)| Call {
            controls: self.beside.clone(),
            rows: Some(rows),
            part: format!("beside {number}"),
        }));
        calls
    }

    /// The resources that controls with other kinds need, in groups that do not see each other.
    fn groups(&self, batch: &Batch, independent: bool) -> Vec<BTreeSet<u32>> {
        if self.beside.is_empty() {
            return Vec::new();
        }
        let wanted = self.wanted(&self.beside, batch);
        let is_subject = |row: &u32| {
            let resource = batch.resource(*row);
            resource.is_some_and(|it| self.judging(&self.beside, it).next().is_some())
        };
        let document = |row: u32| batch.resources.get(row as usize).map(|it| it.document);
        // Independent files without such resources may be in one group.
        let mut apart: BTreeSet<Option<u32>> = BTreeSet::new();
        if independent {
            let beside = rows(batch).filter(|(_, it)| self.looks_at(&self.beside, *it));
            apart.extend(beside.map(|(row, _)| document(row)));
        }
        let mut groups: BTreeMap<Option<u32>, BTreeSet<u32>> = BTreeMap::new();
        for row in wanted {
            let file = Some(document(row)).filter(|it| apart.contains(it)).flatten();
            groups.entry(file).or_default().insert(row);
        }
        let mut groups: Vec<BTreeSet<u32>> = groups.into_values().collect();
        groups.retain(|rows| rows.iter().any(is_subject));
        groups
    }
}

#[cfg(test)]
mod tests;
