//! Shapes added to a batch.

use std::collections::BTreeSet;

use palisade_tape::{Batch, Builder, Kind, NONE, Shape};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::merge::{Carried, Rule, Shapes};
use crate::tables::Spelling;

/// How deep blocks are spelled anew; what is deeper stays as it is.
const MAX_DEPTH: u32 = 100;

/// How many keys of a mapping are looked at by way of a link: a file of links to one huge mapping must not cost its
/// square.
const MAX_KEYS: usize = 1_000;

/// What to do with a resource.
#[derive(Clone, Copy)]
struct Task<'s> {
    row: u32,
    rule: &'s Rule,
    /// Where its path begins.
    root: u32,
}

/// An entry of a mapping: where it stands, and its value, links followed.
#[derive(Clone, Copy)]
struct Entry {
    place: u32,
    node: u32,
}

impl Entry {
    /// A node that is looked at where it stands.
    fn own(node: u32) -> Entry {
        Entry { place: node, node }
    }
}

impl Shapes {
    /// Adds the shapes of all resources, beside those that the parser gave them. A shape that a resource has already is not
    /// added.
    #[must_use]
    pub fn apply(&self, batch: Batch) -> Batch {
        let mut tasks = Vec::new();
        let mut known = FxHashMap::default();
        for (row, it) in (0u32..).zip(&batch.resources) {
            let (rules, carried) = known.entry((it.format, it.kind)).or_insert_with(|| {
                let (format, kind) = (batch.text(it.format), batch.text(it.kind));
                (self.rules_of(format, kind), self.carried(format, kind))
            });
            tasks.extend(rules.iter().map(|rule| Task { row, rule, root: resolve(&batch, it.root) }));
            if let Some(carried) = carried {
                tasks.extend(self.of_carried(&batch, row, it.root, carried));
            }
        }
        if tasks.is_empty() {
            return batch;
        }
        let own: FxHashSet<(u32, String)> =
            batch.shapes.iter().map(|it| (it.resource, batch.text(it.id).to_owned())).collect();
        let mut writer =
            Writer { out: Builder::from(batch), roots: FxHashMap::default(), spelled: FxHashMap::default() };
        for task in tasks {
            if own.contains(&(task.row, task.rule.id.clone())) {
                continue;
            }
            if let Some(root) = writer.root(task) {
                writer.out.shape(task.row, &task.rule.id, root);
            }
        }
        let mut batch = writer.out.finish();
        batch.shapes.sort_by_key(|it: &Shape| it.resource);
        batch
    }

    /// Whether a resource of a batch, which has its shapes, is seen through them: it has one, or carries an object of a
    /// known kind.
    pub fn covers(&self, batch: &Batch, row: u32) -> bool {
        let Some(resource) = batch.resources.get(row as usize) else { return false };
        let own =
            |it: &&Shape| it.resource == row && self.rules.iter().any(|rule| rule.id == batch.text(it.id));
        if batch.shapes.iter().find(own).is_some() {
            return true;
        }
        let carried = self.carried(batch.text(resource.format), batch.text(resource.kind));
        carried.is_some_and(|it| Object::of(batch, resource.root, it).is_some())
    }

    /// What an object that a resource carries gets.
    fn of_carried(&self, batch: &Batch, row: u32, root: u32, carried: &Carried) -> Vec<Task<'_>> {
        let Some(Object { node, kind, group }) = Object::of(batch, root, carried) else { return Vec::new() };
        // Kinds outside the groups of Kubernetes itself are named with their group.
        let qualified = format!("{kind}.{group}");
        let is_own = !group.contains('.') || group.ends_with(".k8s.io");
        let rules = self.rules_of(&carried.holds, if is_own { kind } else { &qualified });
        rules.into_iter().map(|rule| Task { row, rule, root: node }).collect()
    }
}

/// An object that a resource carries.
struct Object<'b> {
    node: u32,
    kind: &'b str,
    /// The group of its `apiVersion`; empty for the first one of Kubernetes.
    group: &'b str,
}

impl<'b> Object<'b> {
    /// The object of a resource; none where its kind is not known.
    fn of(batch: &'b Batch, root: u32, carried: &Carried) -> Option<Object<'b>> {
        let node = walk(batch, resolve(batch, root), &carried.at, true)?;
        let text = |key: &str| {
            let node = child(batch, Entry::own(node), key)?.node;
            let is_text = batch.nodes.kind(node) == Kind::Text;
            is_text.then(|| batch.text(column(&batch.nodes.values, node)))
        };
        let group = text("apiVersion")?.split_once('/').map_or("", |(group, _)| group);
        Some(Object { node, kind: text("kind")?, group })
    }
}

/// A value of a column; [`NONE`] where there is none.
fn column(column: &[u32], index: u32) -> u32 {
    column.get(index as usize).copied().unwrap_or(NONE)
}

/// The node that a link stands for.
fn resolve(batch: &Batch, mut node: u32) -> u32 {
    while batch.nodes.kind(node) == Kind::Link {
        match column(&batch.nodes.values, node) {
            target if target < node => node = target,
            _ => break,
        }
    }
    node
}

/// What is in a collection.
fn entries(batch: &Batch, collection: u32) -> impl Iterator<Item = Entry> {
    let nodes = &batch.nodes;
    let is_collection = matches!(nodes.kind(collection), Kind::Mapping | Kind::Sequence);
    let end = if is_collection { nodes.next(collection) } else { collection };
    std::iter::successors(Some(collection.saturating_add(1)), |at| Some(nodes.next(*at)))
        .take_while(move |at| *at < end)
        .map(|place| Entry { place, node: resolve(batch, place) })
}

/// The value under a key of a mapping; of two of one key the last one.
fn child(batch: &Batch, mapping: Entry, key: &str) -> Option<Entry> {
    let is_mapping = batch.nodes.kind(mapping.node) == Kind::Mapping;
    let named = |it: &Entry| batch.text(column(&batch.nodes.keys, it.place)) == key;
    let most = if mapping.place == mapping.node { usize::MAX } else { MAX_KEYS };
    is_mapping.then(|| entries(batch, mapping.node).take(most).filter(named).last()).flatten()
}

/// The node at a path, or the one on the way to it that cannot be known. A block of which there is one is entered where
/// the format has `blocks`.
fn walk(batch: &Batch, from: u32, path: &[String], blocks: bool) -> Option<u32> {
    let mut at = Entry::own(from);
    for key in path {
        let holder = enter(batch, at, blocks);
        if batch.nodes.kind(holder.node) == Kind::Unknown {
            return Some(holder.node);
        }
        at = child(batch, holder, key)?;
    }
    Some(enter(batch, at, blocks).node)
}

/// The one block of a sequence.
fn enter(batch: &Batch, at: Entry, blocks: bool) -> Entry {
    if !blocks || batch.nodes.kind(at.node) != Kind::Sequence {
        return at;
    }
    let mut items = entries(batch, at.node);
    match (items.next(), items.next()) {
        (Some(only), None) => only,
        _ => at,
    }
}

/// How a value stands in the shape.
enum Form {
    /// As it is written: a link to it.
    Same(u32),
    /// Nothing: there is no such block.
    None,
    /// One block.
    Block(u32),
    /// All blocks of a sequence, of which there may be many.
    Blocks(u32),
}

struct Writer {
    out: Builder,
    /// Shapes by rule and by what they begin at, so that a thousand links to one resource have one.
    roots: FxHashMap<(*const Rule, u32), Option<u32>>,
    /// Blocks that are spelled, by the rule's spelling and the block.
    spelled: FxHashMap<(*const Spelling, u32), u32>,
}

impl Writer {
    /// The root of a shape; none where the resource has none.
    fn root(&mut self, task: Task<'_>) -> Option<u32> {
        let Task { rule, root, .. } = task;
        let start = walk(self.out.batch(), root, &rule.at, rule.spelling.is_some())?;
        let key = (std::ptr::from_ref(rule), start);
        if let Some(known) = self.roots.get(&key) {
            return *known;
        }
        let root = self.make(rule, start);
        self.roots.insert(key, root);
        root
    }

    fn make(&mut self, rule: &Rule, start: u32) -> Option<u32> {
        let batch = self.out.batch();
        let blocks = rule.spelling.is_some();
        if batch.nodes.kind(start) == Kind::Unknown {
            return Some(start);
        }
        let has = |path: &[String], wanted: Kind| {
            let found = walk(batch, start, path, blocks).map(|it| batch.nodes.kind(it));
            found == Some(wanted) || found == Some(Kind::Unknown)
        };
        let complete = rule.mappings.iter().all(|it| has(it, Kind::Mapping))
            && rule.sequences.iter().all(|it| has(it, Kind::Sequence));
        if !complete || batch.nodes.kind(start) != Kind::Mapping {
            return None;
        }
        match &rule.spelling {
            Some(spelling) => Some(self.mapping(start, spelling, &rule.keys, 0)),
            None if rule.keys.is_empty() => Some(start),
            None => {
                let taken = |it: &Entry| rule.keys.contains(batch.text(column(&batch.nodes.keys, it.place)));
                let entries: Vec<Entry> = entries(batch, start).filter(taken).take(MAX_KEYS).collect();
                let origin = column(&batch.nodes.origins, start);
                let mark = self.out.open(Kind::Mapping, 0, NONE, origin);
                for it in entries {
                    let key = column(&self.out.batch().nodes.keys, it.place);
                    self.link(key, it.place, it.node);
                }
                Some(self.out.close(mark, None))
            }
        }
    }

    /// A link to a node, under a key that stands where an entry has its own.
    fn link(&mut self, key: u32, place: u32, target: u32) {
        let nodes = &self.out.batch().nodes;
        let (key_origin, origin) = (column(&nodes.key_origins, place), column(&nodes.origins, target));
        self.out.link(key, key_origin, target, origin);
    }

    /// A block with its keys as the shape has them.
    fn block(&mut self, block: u32, spelling: &Spelling, depth: u32) -> u32 {
        let known = (std::ptr::from_ref(spelling), block);
        if let Some(done) = self.spelled.get(&known) {
            return *done;
        }
        let done = self.mapping(block, spelling, &BTreeSet::new(), depth);
        self.spelled.insert(known, done);
        done
    }

    /// The same with these keys alone; none: all. What is in it is written first, and linked to.
    fn mapping(&mut self, block: u32, spelling: &Spelling, keys: &BTreeSet<String>, depth: u32) -> u32 {
        let batch = self.out.batch();
        let named = |it: Entry| (batch.text(column(&batch.nodes.keys, it.place)).to_owned(), it);
        let all: Vec<(String, Entry)> = entries(batch, block).map(named).collect();
        let mut links = Vec::with_capacity(all.len());
        for (key, entry) in all {
            let (name, form) = self.form(&key, entry.node, spelling, depth);
            if !keys.is_empty() && !keys.contains(&name) {
                continue;
            }
            let target = match form {
                Form::None => continue,
                Form::Same(node) => node,
                Form::Block(node) => self.block(node, spelling, depth + 1),
                Form::Blocks(node) => self.sequence(node, spelling, depth + 1),
            };
            // What cannot be known may be an argument of that name as well as blocks.
            let is_unknown = self.out.batch().nodes.kind(target) == Kind::Unknown;
            if let Some(many) = spelling.many.get(&key).filter(|many| is_unknown && **many != name) {
                links.push((many.clone(), entry.place, target));
            }
            links.push((name, entry.place, target));
        }
        let nodes = &self.out.batch().nodes;
        let (key_origin, origin) = (column(&nodes.key_origins, block), column(&nodes.origins, block));
        let mark = self.out.open(Kind::Mapping, 0, key_origin, origin);
        for (name, place, target) in links {
            let key = self.out.text(&name);
            self.link(key, place, target);
        }
        self.out.close(mark, None)
    }

    /// The key of a shape for a key and its value, and how the value is written in it.
    fn form(&self, key: &str, node: u32, spelling: &Spelling, depth: u32) -> (String, Form) {
        let batch = self.out.batch();
        let kind = |node: u32| batch.nodes.kind(node);
        let same = |form| (spelling.key(key), form);
        let is_map = spelling.maps.contains(key) || depth >= MAX_DEPTH;
        match kind(node) {
            Kind::Mapping if is_map => same(Form::Same(node)),
            Kind::Mapping => match spelling.many.get(key) {
                // JSON may have one block without the list around it.
                Some(many) => (many.clone(), Form::Blocks(node)),
                None => same(Form::Block(node)),
            },
            Kind::Sequence => {
                let mut items = entries(batch, node).map(|it| it.node);
                let (first, is_one) = (items.next(), items.next().is_none());
                let Some(first) = first else { return same(Form::None) };
                let is_block = kind(first) == Kind::Mapping;
                match spelling.many.get(key) {
                    Some(many) if is_block || kind(first) == Kind::Unknown => {
                        (many.clone(), Form::Blocks(node))
                    }
                    _ if is_map && is_block && is_one => same(Form::Same(first)),
                    _ if is_map || !is_block => same(Form::Same(node)),
                    _ if is_one => same(Form::Block(first)),
                    _ => same(Form::Blocks(node)),
                }
            }
            _ => same(Form::Same(node)),
        }
    }

    fn sequence(&mut self, blocks: u32, spelling: &Spelling, depth: u32) -> u32 {
        let known = (std::ptr::from_ref(spelling), blocks);
        if let Some(done) = self.spelled.get(&known) {
            return *done;
        }
        let batch = self.out.batch();
        let items: Vec<Entry> = match batch.nodes.kind(blocks) {
            Kind::Mapping => vec![Entry::own(blocks)],
            _ => entries(batch, blocks).collect(),
        };
        let mut targets = Vec::with_capacity(items.len());
        for it in items {
            let is_block = self.out.batch().nodes.kind(it.node) == Kind::Mapping;
            let target = if is_block { self.block(it.node, spelling, depth) } else { it.node };
            targets.push((it.place, target));
        }
        let nodes = &self.out.batch().nodes;
        let (key_origin, origin) = (column(&nodes.key_origins, blocks), column(&nodes.origins, blocks));
        let mark = self.out.open(Kind::Sequence, 0, key_origin, origin);
        for (place, target) in targets {
            self.link(0, place, target);
        }
        let done = self.out.close(mark, None);
        self.spelled.insert(known, done);
        done
    }
}
