//! Finds which resources belong to which: by a relation, or by a common name.
//!
//! A resource certainly belongs to another if it refers to it or names it, and possibly if the value that would refer
//! to it is unknown. The index is built once for each batch.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use palisade_tape::{Batch, DECODED, Kind, NONE, Resource, UNCERTAIN};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::compile::{Companions, Link};
use crate::walk::{Entry, column, prefix, resolve, scalar, values};

/// Maximum number of companions of one resource that are used for a place.
const MAX_COMPANIONS: usize = 256;

/// Maximum length of a known prefix that is compared with names, in bytes.
const MAX_PREFIX: usize = 256;

/// A resource, and the value that refers to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hit {
    row: u32,
    by: u32,
}

/// What possibly belongs to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Possible {
    /// The value that may refer to it.
    pub(crate) by: u32,
    /// The unknown value: the same, or the name of the resource.
    pub(crate) why: u32,
}

/// What belongs to a resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Rows that certainly belong to it.
    pub(crate) certain: Vec<u32>,
    /// The first that possibly belongs to it; for companions that refer to the resource, only if none certainly does.
    pub(crate) possible: Option<Possible>,
    /// Whether there are more than the limit.
    pub(crate) is_cut: bool,
}

/// The values of companions at the path of a link.
#[derive(Debug, Default)]
struct Values {
    /// By the resource that they refer to.
    referring: FxHashMap<u32, Vec<Hit>>,
    /// By each of several resources that they may refer to.
    choosing: FxHashMap<u32, Hit>,
    /// By their text, if they refer to no resource of the kind.
    known: BTreeMap<String, Vec<Hit>>,
    /// Unknown ones by their known prefix: the first of each, and its position.
    unknown: BTreeMap<String, (usize, Hit)>,
    /// The first unknown one.
    first: Option<(usize, Hit)>,
    /// The lengths of the known prefixes.
    lengths: BTreeSet<usize>,
}

impl Values {
    /// The first unknown value that may be this text.
    fn may_be(&self, text: &str) -> Option<(usize, Hit)> {
        let begins = self.lengths.range(..=text.len()).filter_map(|length| text.get(..*length));
        begins.filter_map(|it| self.unknown.get(it)).min_by_key(|(position, _)| *position).copied()
    }
}

/// Companions by their value at the path that they share with a resource.
#[derive(Debug, Default)]
struct Alike {
    /// By the resources that they refer to.
    referring: FxHashMap<Vec<u32>, Vec<u32>>,
    /// By their text.
    known: FxHashMap<String, Vec<u32>>,
    /// By their text, if they refer to no resource.
    free: FxHashMap<String, Vec<u32>>,
}

/// A list of companions, a link of it, and the format and the kind of the subjects.
type Key = (usize, usize, String, String);

/// The companions of a batch.
#[derive(Debug)]
pub(crate) struct Index {
    /// Rows of relations by the node that refers.
    relations: FxHashMap<u32, Vec<u32>>,
    /// Rows of resources by their kind, of the kinds that companions have.
    rows: FxHashMap<String, Vec<u32>>,
    uncertain: FxHashMap<u32, u32>,
    decoded: FxHashMap<u32, u32>,
    values: FxHashMap<Key, Rc<Values>>,
    /// Rows of companions by format, for those that belong to every resource.
    every: FxHashMap<(usize, String), Rc<Found>>,
    /// Companions that have a common value with a resource, by format.
    alike: FxHashMap<(usize, String), Rc<Alike>>,
}

/// The configuration of a resource.
pub(crate) fn root(batch: &Batch, row: u32) -> Option<u32> {
    batch.resources.get(row as usize).map(|it| resolve(batch, it.root))
}

impl Index {
    pub(crate) fn new(batch: &Batch, all: &[Companions]) -> Index {
        let mut relations: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (row, it) in (0u32..).zip(&batch.relations) {
            relations.entry(it.from_node).or_default().push(row);
        }
        let kinds: FxHashSet<&str> = all.iter().flat_map(|it| &it.kinds).map(String::as_str).collect();
        let mut rows: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (row, it) in (0u32..).zip(&batch.resources) {
            if let Some(kind) = kinds.get(batch.text(it.kind)) {
                rows.entry((*kind).to_owned()).or_default().push(row);
            }
        }
        let of = |id: &str| {
            let shapes = batch.shapes.iter().filter(|it| batch.text(it.id) == id);
            shapes.map(|it| (it.resource, resolve(batch, it.root))).collect::<FxHashMap<u32, u32>>()
        };
        let mut uncertain = of(UNCERTAIN);
        uncertain.retain(|_, node| batch.nodes.kind(*node) == Kind::Unknown);
        let decoded = of(DECODED);
        let (values, every, alike) = (FxHashMap::default(), FxHashMap::default(), FxHashMap::default());
        Index { relations, rows, uncertain, decoded, values, every, alike }
    }

    /// The decoded documents of a resource's texts.
    pub(crate) fn decoded(&self, row: u32) -> Option<u32> {
        self.decoded.get(&row).copied()
    }

    /// Rows of the resources of these kinds in a format, in order.
    fn rows_of(&self, batch: &Batch, kinds: &BTreeSet<String>, format: &str) -> Vec<u32> {
        let rows = kinds.iter().filter_map(|kind| self.rows.get(kind)).flatten().copied();
        let of_format =
            |row: &u32| batch.resources.get(*row as usize).is_some_and(|it| batch.text(it.format) == format);
        let mut rows: Vec<u32> = rows.filter(of_format).collect();
        rows.sort_unstable();
        rows
    }

    /// The resources that a value refers to, without duplicates, and whether it refers to anything of these kinds,
    /// known or not.
    fn targets(&self, batch: &Batch, value: Entry, is_kind: impl Fn(&str) -> bool) -> (Vec<u32>, bool) {
        let own = self.relations.get(&value.place).or_else(|| self.relations.get(&value.node));
        let mut rows = Vec::new();
        let mut refers = false;
        for relation in own.into_iter().flatten().filter_map(|row| batch.relations.get(*row as usize)) {
            match batch.resources.get(relation.to_resource as usize) {
                Some(target) if is_kind(batch.text(target.kind)) => {
                    refers = true;
                    rows.push(relation.to_resource);
                }
                Some(_) => {}
                None => {
                    let mut words = batch.text(relation.target_text).split(['.', '[', ' ']);
                    refers |= words.any(&is_kind);
                }
            }
        }
        rows.sort_unstable();
        rows.dedup();
        (rows, refers)
    }

    /// What belongs to a resource, or is named by a node of it.
    pub(crate) fn find(
        &mut self,
        batch: &Batch,
        row: u32,
        from: u32,
        companions: (usize, &Companions),
    ) -> Found {
        let Some(resource) = batch.resources.get(row as usize) else { return Found::default() };
        let (number, it) = companions;
        let mut found = if let Some(path) = &it.same {
            self.alike(batch, from, resource, companions, path)
        } else if it.by.is_empty() && it.named.is_empty() {
            let format = batch.text(resource.format);
            let every = self.every.get(&(number, format.to_owned())).cloned();
            Rc::unwrap_or_clone(every.unwrap_or_else(|| self.every(batch, number, it, format)))
        } else if it.named.is_empty() {
            self.belonging(batch, row, resource, companions)
        } else {
            self.named(batch, from, resource, companions)
        };
        found.is_cut |= found.certain.len() > MAX_COMPANIONS;
        found.certain.truncate(MAX_COMPANIONS);
        found
    }

    /// All companions of the batch.
    fn every(&mut self, batch: &Batch, number: usize, it: &Companions, format: &str) -> Rc<Found> {
        let mut found = Found::default();
        for row in self.rows_of(batch, &it.kinds, format) {
            match self.uncertain.get(&row) {
                None => found.certain.push(row),
                Some(by) if found.possible.is_none() => {
                    found.possible = Some(Possible { by: *by, why: *by });
                }
                Some(_) => {}
            }
        }
        found.is_cut = found.certain.len() > MAX_COMPANIONS;
        found.certain.truncate(MAX_COMPANIONS);
        if !found.certain.is_empty() {
            found.possible = None;
        }
        let found = Rc::new(found);
        self.every.insert((number, format.to_owned()), Rc::clone(&found));
        found
    }

    /// The values of companions at the path of a link, for subjects of a format and a kind.
    fn values(
        &mut self,
        batch: &Batch,
        number: usize,
        at: usize,
        kinds: &BTreeSet<String>,
        link: &[String],
        subject: (&str, &str),
    ) -> Rc<Values> {
        let key = (number, at, subject.0.to_owned(), subject.1.to_owned());
        if let Some(known) = self.values.get(&key) {
            return Rc::clone(known);
        }
        let mut all = Values::default();
        for (position, row) in self.rows_of(batch, kinds, subject.0).into_iter().enumerate() {
            let Some(root) = root(batch, row) else { continue };
            for value in values(batch, Entry::own(root), link) {
                let hit = Hit { row, by: value.node };
                let (targets, refers) = self.targets(batch, value, |kind| kind == subject.1);
                let is_unknown = batch.nodes.kind(value.node) == Kind::Unknown;
                // An unknown value refers to one of several resources.
                for target in &targets {
                    if is_unknown && targets.len() > 1 {
                        all.choosing.entry(*target).or_insert(hit);
                    } else {
                        all.referring.entry(*target).or_default().push(hit);
                    }
                }
                // A companion that refers to one resource belongs to no other.
                if refers {
                    continue;
                }
                if let Some(text) = scalar(batch, value.node) {
                    all.known.entry(text.to_owned()).or_default().push(hit);
                } else if is_unknown {
                    let begins = prefix(batch, value.node);
                    let begins = begins.get(..begins.floor_char_boundary(MAX_PREFIX)).unwrap_or(begins);
                    all.first = all.first.or(Some((position, hit)));
                    all.lengths.insert(begins.len());
                    all.unknown.entry(begins.to_owned()).or_insert((position, hit));
                }
            }
        }
        let all = Rc::new(all);
        self.values.insert(key, Rc::clone(&all));
        all
    }

    /// The companions that refer to a resource, or name it.
    fn belonging(
        &mut self,
        batch: &Batch,
        row: u32,
        resource: &Resource,
        (number, companions): (usize, &Companions),
    ) -> Found {
        let Some(root) = root(batch, row) else { return Found::default() };
        let subject = (batch.text(resource.format), batch.text(resource.kind));
        let (mut certain, mut possible) = (Vec::new(), Vec::new());
        let mut is_cut = false;
        for (at, link) in companions.by.iter().enumerate() {
            let all = self.values(batch, number, at, &companions.kinds, &link.path, subject);
            let mut take = |hits: &[Hit]| {
                is_cut |= hits.len() > MAX_COMPANIONS;
                certain.extend(hits.iter().take(MAX_COMPANIONS).copied());
            };
            if let Some(hits) = all.referring.get(&row) {
                take(hits);
            }
            possible.extend(all.choosing.get(&row).map(|it| Possible { by: it.by, why: it.by }));
            let names: Vec<u32> = own_names(batch, root, link);
            for name in &names {
                if let Some(text) = scalar(batch, *name) {
                    if let Some(hits) = all.known.get(text) {
                        take(hits);
                    }
                } else if batch.nodes.kind(*name) == Kind::Unknown {
                    let begins = prefix(batch, *name);
                    let like = all.known.range(begins.to_owned()..).next();
                    let like =
                        like.filter(|(text, _)| text.starts_with(begins)).and_then(|(_, hits)| hits.first());
                    possible.extend(like.map(|it| Possible { by: it.by, why: *name }));
                }
            }
            let texts: Vec<&str> = names.iter().filter_map(|name| scalar(batch, *name)).collect();
            let first = if texts.is_empty() || texts.len() < names.len() {
                all.first
            } else {
                texts.iter().filter_map(|text| all.may_be(text)).min_by_key(|(position, _)| *position)
            };
            possible.extend(first.map(|(_, it)| Possible { by: it.by, why: it.by }));
        }
        // A companion that may not exist is certain only if it exists whenever this resource does.
        let expression = |node: u32| {
            let unknown = batch.unknowns.get(column(&batch.nodes.values, node) as usize);
            unknown.map_or(NONE, |it| it.expression)
        };
        let own = self.uncertain.get(&row).map(|node| expression(*node));
        let mut rows = Vec::with_capacity(certain.len());
        for hit in certain {
            match self.uncertain.get(&hit.row) {
                Some(by) if own != Some(expression(*by)) => possible.push(Possible { by: *by, why: *by }),
                _ => rows.push(hit.row),
            }
        }
        rows.sort_unstable();
        rows.dedup();
        let possible = if rows.is_empty() { possible.into_iter().next() } else { None };
        Found { certain: rows, possible, is_cut }
    }

    /// The companions that a node of a resource refers to, or names.
    fn named(
        &mut self,
        batch: &Batch,
        from: u32,
        resource: &Resource,
        (number, companions): (usize, &Companions),
    ) -> Found {
        let format = batch.text(resource.format);
        for (at, link) in companions.named.iter().enumerate() {
            let mut found = Found::default();
            for value in values(batch, Entry::own(from), &link.path) {
                let is_unknown = batch.nodes.kind(value.node) == Kind::Unknown;
                let (mut rows, _) = self.targets(batch, value, |kind| companions.kinds.contains(kind));
                if let (true, Some(text)) = (rows.is_empty(), scalar(batch, value.node)) {
                    rows = self.of_name(batch, number, at, companions, format, text);
                }
                // A reference to another declared resource is not a companion.
                if rows.is_empty() && is_unknown && self.targets(batch, value, |_| true).0.is_empty() {
                    found.possible.get_or_insert(Possible { by: value.node, why: value.node });
                }
                found
                    .certain
                    .extend(rows.into_iter().filter(|it| !found.certain.contains(it)).collect::<Vec<_>>());
                if found.certain.len() > MAX_COMPANIONS {
                    break;
                }
            }
            if found.possible.is_some() || !found.certain.is_empty() {
                return found;
            }
        }
        Found::default()
    }

    /// The companions with the same value at a path as a node of a resource.
    fn alike(
        &mut self,
        batch: &Batch,
        from: u32,
        resource: &Resource,
        (number, companions): (usize, &Companions),
        path: &[String],
    ) -> Found {
        let all = self.all_alike(batch, number, &companions.kinds, path, batch.text(resource.format));
        let mut certain: Vec<u32> = Vec::new();
        for value in values(batch, Entry::own(from), path) {
            let (targets, _) = self.targets(batch, value, |_| true);
            // Companions that refer to different resources do not match, even if these have the same name.
            let texts = if targets.is_empty() { &all.known } else { &all.free };
            let named = scalar(batch, value.node).and_then(|it| texts.get(it));
            let rows = [all.referring.get(&targets), named].into_iter().flatten();
            certain.extend(rows.flat_map(|it| it.iter().take(MAX_COMPANIONS + 1)));
            certain.sort_unstable();
            certain.dedup();
            if certain.len() > MAX_COMPANIONS {
                break;
            }
        }
        Found { certain, ..Found::default() }
    }

    fn all_alike(
        &mut self,
        batch: &Batch,
        number: usize,
        kinds: &BTreeSet<String>,
        path: &[String],
        format: &str,
    ) -> Rc<Alike> {
        let key = (number, format.to_owned());
        if let Some(known) = self.alike.get(&key) {
            return Rc::clone(known);
        }
        let mut all = Alike::default();
        let add = |rows: &mut Vec<u32>, row: u32| {
            if rows.last() != Some(&row) {
                rows.push(row);
            }
        };
        for row in self.rows_of(batch, kinds, format) {
            let Some(root) = root(batch, row) else { continue };
            for value in values(batch, Entry::own(root), path) {
                let (targets, _) = self.targets(batch, value, |_| true);
                if let Some(text) = scalar(batch, value.node) {
                    add(all.known.entry(text.to_owned()).or_default(), row);
                    if targets.is_empty() {
                        add(all.free.entry(text.to_owned()).or_default(), row);
                    }
                }
                if !targets.is_empty() {
                    add(all.referring.entry(targets).or_default(), row);
                }
            }
        }
        let all = Rc::new(all);
        self.alike.insert(key, Rc::clone(&all));
        all
    }

    /// Rows of companions that have a name.
    fn of_name(
        &mut self,
        batch: &Batch,
        number: usize,
        at: usize,
        companions: &Companions,
        format: &str,
        text: &str,
    ) -> Vec<u32> {
        let key = (number, at, format.to_owned(), String::new());
        if !self.values.contains_key(&key) {
            let mut all = Values::default();
            for row in self.rows_of(batch, &companions.kinds, format) {
                let (root, link) = (root(batch, row), companions.named.get(at));
                for name in
                    root.zip(link).map(|(root, link)| own_names(batch, root, link)).unwrap_or_default()
                {
                    if let Some(text) = scalar(batch, name) {
                        all.known.entry(text.to_owned()).or_default().push(Hit { row, by: name });
                    }
                }
            }
            self.values.insert(key.clone(), Rc::new(all));
        }
        let hits = self.values.get(&key).and_then(|it| it.known.get(text)).into_iter().flatten();
        let mut rows: Vec<u32> = hits.take(MAX_COMPANIONS + 1).map(|it| it.row).collect();
        rows.dedup();
        rows
    }
}

/// The values of a resource by which it may be named.
fn own_names(batch: &Batch, root: u32, link: &Link) -> Vec<u32> {
    link.names.iter().flat_map(|name| values(batch, Entry::own(root), name)).map(|it| it.node).collect()
}
