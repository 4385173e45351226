//! Adds shapes to a batch.

use std::collections::BTreeSet;

use palisade_tape::{Batch, Builder, DECODED, Kind, MAX_LINKED_KEYS, NONE, ResourceView};
use rustc_hash::FxHashMap;

use crate::companions::Index;
use crate::fields::Value;
use crate::merge::{Carried, Rule, Shapes};
use crate::tables::Spelling;
use crate::walk::{Entry, MAX_VALUES, child, column, document, entries, origins, walk};

/// Maximum nesting of blocks whose spelling is converted; deeper ones stay as they are.
const MAX_DEPTH: u32 = 100;

/// Maximum number of items of all sequences of fields, for each node of a batch.
const MAX_ITEMS: usize = 4;

/// A shape to add to a resource.
#[derive(Clone, Copy)]
pub(crate) struct Task<'s> {
    pub(crate) row: u32,
    pub(crate) rule: &'s Rule,
    /// The node where its path begins.
    pub(crate) root: u32,
}

impl Shapes {
    /// Adds the shapes of all resources, in addition to those that the parser added. A shape that a resource already
    /// has is not added again.
    #[must_use]
    pub fn apply(&self, batch: Batch) -> Batch {
        let mut tasks = Vec::new();
        let mut known = FxHashMap::default();
        for (it, view) in batch.resources.iter().zip(batch.resource_views()) {
            let (rules, carried) = known.entry((it.format, it.kind)).or_insert_with(|| {
                let (format, kind) = (view.format(), view.kind());
                (self.rules_of(format, kind), self.carried(format, kind))
            });
            let (row, root) = (view.row(), view.root().index());
            tasks.extend(rules.iter().map(|rule| Task { row, rule, root }));
            if let Some(carried) = carried {
                tasks.extend(self.of_carried(view, carried));
            }
        }
        if tasks.is_empty() {
            return batch;
        }
        // Shapes that fields look into are made first.
        tasks.sort_by_key(|task| task.rule.rank);
        // The shapes that the parser added stay.
        let of_rule = |id: &str| self.rules.iter().find(|rule| rule.id == id).map(|rule| rule.id.as_str());
        let own =
            batch.shapes.iter().filter_map(|it| Some(((it.resource, of_rule(batch.text(it.id))?), it.root)));
        let made: FxHashMap<(u32, &str), u32> = own.collect();
        let mut writer = Writer {
            left: batch.nodes.len().saturating_mul(MAX_ITEMS).saturating_add(MAX_VALUES),
            out: Builder::from(batch),
            roots: FxHashMap::default(),
            spelled: FxHashMap::default(),
            index: None,
            made,
            sequences: FxHashMap::default(),
        };
        for task in tasks {
            let id = task.rule.id.as_str();
            if !writer.made.contains_key(&(task.row, id))
                && let Some(root) = writer.root(self, task)
            {
                writer.made.insert((task.row, id), root);
                writer.out.shape(task.row, id, root);
            }
        }
        let mut batch = writer.out.finish();
        batch.shapes.sort_by_key(|it| it.resource);
        batch
    }

    /// Whether the shapes in the batch cover a resource: it has one, is a companion for the shape of another resource,
    /// or carries an object of a known kind.
    pub fn covers(&self, resource: ResourceView<'_>) -> bool {
        let has_one = resource.shapes().any(|(id, _)| self.rules.iter().any(|rule| rule.id == id));
        let carried = || self.carried(resource.format(), resource.kind());
        has_one
            || self.beside.contains(resource.kind())
            || carried().is_some_and(|it| Object::of(resource, it).is_some())
    }

    /// The shapes of an object that a resource carries.
    fn of_carried(&self, resource: ResourceView<'_>, carried: &Carried) -> Vec<Task<'_>> {
        let Some(Object { node, kind, group }) = Object::of(resource, carried) else { return Vec::new() };
        // Kinds that are not in a group of Kubernetes itself are named with their group.
        let qualified = format!("{kind}.{group}");
        let is_own = !group.contains('.') || group.ends_with(".k8s.io");
        let rules = self.rules_of(&carried.holds, if is_own { kind } else { &qualified });
        rules.into_iter().map(|rule| Task { row: resource.row(), rule, root: node }).collect()
    }
}

/// An object that a resource carries.
struct Object<'b> {
    node: u32,
    kind: &'b str,
    /// The group of its `apiVersion`; empty for the core group of Kubernetes.
    group: &'b str,
}

impl<'b> Object<'b> {
    /// The object of a resource; `None` if its kind is unknown.
    fn of(resource: ResourceView<'b>, carried: &Carried) -> Option<Object<'b>> {
        let batch = resource.batch();
        let node = if carried.document {
            document(batch, resource.shape(DECODED)?.index(), &carried.at)?
        } else {
            walk(batch, resource.root().index(), &carried.at, true)?
        };
        let text = |key: &str| {
            let node = child(batch, Entry::own(node), key)?.node;
            let is_text = batch.nodes.kind(node) == Kind::Text;
            is_text.then(|| batch.text(column(&batch.nodes.values, node)))
        };
        let group = text("apiVersion")?.split_once('/').map_or("", |(group, _)| group);
        Some(Object { node, kind: text("kind")?, group })
    }
}

/// The form of a value in the shape.
enum Form {
    /// A link to the value as it is written.
    Same(u32),
    /// Omitted, since the block does not exist.
    None,
    /// One block.
    Block(u32),
    /// All blocks of a sequence that may repeat.
    Blocks(u32),
}

impl Rule {
    /// Whether its resources have blocks, which are sequences even if there is only one.
    fn has_blocks(&self) -> bool {
        self.spelling.is_some() || self.fields.is_some()
    }

    /// Whether a node has what the shape requires.
    fn is_complete(&self, batch: &Batch, start: u32) -> bool {
        let has = |path: &[String], wanted: Kind| {
            let found = walk(batch, start, path, self.has_blocks()).map(|it| batch.nodes.kind(it));
            found == Some(wanted) || found == Some(Kind::Unknown)
        };
        batch.nodes.kind(start) == Kind::Mapping
            && self.mappings.iter().all(|it| has(it, Kind::Mapping))
            && self.sequences.iter().all(|it| has(it, Kind::Sequence))
    }
}

pub(crate) struct Writer<'s> {
    pub(crate) out: Builder,
    /// Shapes by rule and start node, so that many links to one resource share one.
    roots: FxHashMap<(*const Rule, u32), Option<u32>>,
    /// Converted blocks, by the rule's spelling and the block.
    spelled: FxHashMap<(*const Spelling, u32), u32>,
    /// The index of companions, created when it is first needed.
    pub(crate) index: Option<Index>,
    /// Shapes by resource and id.
    pub(crate) made: FxHashMap<(u32, &'s str), u32>,
    /// Sequences of fields, by their content.
    pub(crate) sequences: FxHashMap<Vec<Value<'s>>, u32>,
    /// How many more items may be added to them.
    pub(crate) left: usize,
}

impl<'s> Writer<'s> {
    /// The root of a shape; `None` if the resource does not have it.
    fn root(&mut self, shapes: &'s Shapes, task: Task<'s>) -> Option<u32> {
        let Task { rule, root, .. } = task;
        let batch = self.out.batch();
        let start = walk(batch, root, &rule.at, rule.has_blocks())?;
        if batch.nodes.kind(start) == Kind::Unknown {
            return Some(start);
        }
        let key = (std::ptr::from_ref(rule), start);
        if let Some(known) = self.roots.get(&key) {
            return *known;
        }
        if !rule.is_complete(batch, start) {
            self.roots.insert(key, None);
            return None;
        }
        // Fields depend on companions, and not only on the blocks of the resource.
        if let Some(fields) = &rule.fields {
            return Some(self.fields(shapes, Task { root: start, ..task }, fields));
        }
        let root = Some(self.make(rule, start));
        self.roots.insert(key, root);
        root
    }

    fn make(&mut self, rule: &Rule, start: u32) -> u32 {
        let batch = self.out.batch();
        match &rule.spelling {
            Some(spelling) => self.mapping(start, spelling, &rule.keys, 0),
            None if rule.keys.is_empty() => start,
            None => {
                let taken = |it: &Entry| rule.keys.contains(batch.text(column(&batch.nodes.keys, it.place)));
                let entries: Vec<Entry> = entries(batch, start).filter(taken).take(MAX_LINKED_KEYS).collect();
                let origin = column(&batch.nodes.origins, start);
                let mark = self.out.open(Kind::Mapping, 0, NONE, origin);
                for it in entries {
                    let key = column(&self.out.batch().nodes.keys, it.place);
                    self.link(key, it.place, it.node);
                }
                self.out.close(mark, None)
            }
        }
    }

    /// Adds a link to a node. The origin of its key is that of the key of the entry at `place`.
    fn link(&mut self, key: u32, place: u32, target: u32) {
        let nodes = &self.out.batch().nodes;
        let (key_origin, origin) = (column(&nodes.key_origins, place), column(&nodes.origins, target));
        self.out.link(key, key_origin, target, origin);
    }

    /// A block with its keys in the spelling of the shape.
    fn block(&mut self, block: u32, spelling: &Spelling, depth: u32) -> u32 {
        let known = (std::ptr::from_ref(spelling), block);
        if let Some(done) = self.spelled.get(&known) {
            return *done;
        }
        let done = self.mapping(block, spelling, &BTreeSet::new(), depth);
        self.spelled.insert(known, done);
        done
    }

    /// The same with only these keys; all if empty. Its content is written first, and linked.
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
            // An unknown value may be an argument of that name as well as blocks.
            let is_unknown = self.out.batch().nodes.kind(target) == Kind::Unknown;
            if let Some(many) = spelling.many.get(&key).filter(|many| is_unknown && **many != name) {
                links.push((many.clone(), entry.place, target));
            }
            links.push((name, entry.place, target));
        }
        let (key_origin, origin) = origins(self.out.batch(), block);
        let mark = self.out.open(Kind::Mapping, 0, key_origin, origin);
        for (name, place, target) in links {
            let key = self.out.text(&name);
            self.link(key, place, target);
        }
        self.out.close(mark, None)
    }

    /// The key of the shape for a key and its value, and the form of the value.
    fn form(&self, key: &str, node: u32, spelling: &Spelling, depth: u32) -> (String, Form) {
        let batch = self.out.batch();
        let kind = |node: u32| batch.nodes.kind(node);
        let same = |form| (spelling.key(key), form);
        let is_map = spelling.maps.contains(key) || depth >= MAX_DEPTH;
        match kind(node) {
            Kind::Mapping if is_map => same(Form::Same(node)),
            Kind::Mapping => match spelling.many.get(key) {
                // JSON may have a single block without a list.
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
        let (key_origin, origin) = origins(self.out.batch(), blocks);
        let mark = self.out.open(Kind::Sequence, 0, key_origin, origin);
        for (place, target) in targets {
            self.link(0, place, target);
        }
        let done = self.out.close(mark, None);
        self.spelled.insert(known, done);
        done
    }
}
