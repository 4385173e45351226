//! What lies beside a subject: resources that say something about it, and those that it speaks of.
//!
//! Two resources belong together where one refers to the other (`bucket = aws_s3_bucket.logs.id`) or names it
//! (`bucket = "logs"`). Where a value cannot be known, a resource may belong to the subject or not, and what
//! a control would say without it is not certain.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::rule::Subject;
use crate::tape::{Batch, Relation, Relations};
use crate::terraform::values;
use crate::{Kind, Node, ResourceView};

/// What is looked up while a batch is judged, made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Index {
    relations: OnceCell<Relations>,
    kinds: OnceCell<BTreeMap<String, Vec<u32>>>,
    values: RefCell<BTreeMap<Place, Rc<Values>>>,
    free: RefCell<BTreeMap<(Place, String), Rc<Values>>>,
}

/// A kind and a path in its resources.
type Place = (&'static str, &'static str);

/// What resources of one kind have at one path.
#[derive(Debug, Default)]
struct Values {
    /// Row and node, by text.
    known: BTreeMap<String, Vec<(u32, u32)>>,
    /// Row and node.
    unknown: Vec<(u32, u32)>,
}

impl Index {
    fn relations(&self, batch: &Batch) -> &Relations {
        self.relations.get_or_init(|| Relations::of(batch))
    }

    fn rows(&self, batch: &Batch, kind: &str) -> &[u32] {
        let kinds = self.kinds.get_or_init(|| {
            let mut kinds: BTreeMap<String, Vec<u32>> = BTreeMap::new();
            for resource in batch.resource_views() {
                match kinds.get_mut(resource.kind()) {
                    Some(rows) => rows.push(resource.row()),
                    None => {
                        kinds.insert(resource.kind().to_owned(), vec![resource.row()]);
                    }
                }
            }
            kinds
        });
        kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    fn values(&self, batch: &Batch, kind: &'static str, path: &'static str) -> Rc<Values> {
        let mut cache = self.values.borrow_mut();
        let made = cache.entry((kind, path)).or_insert_with(|| {
            let mut found = Values::default();
            for row in self.rows(batch, kind) {
                let Some(resource) = batch.resource(*row) else { continue };
                for node in values(resource.root(), path) {
                    match (node.as_scalar(), node.kind()) {
                        (Some(text), _) => {
                            found.known.entry(text.to_owned()).or_default().push((*row, node.index()));
                        }
                        (None, Kind::Unknown) => found.unknown.push((*row, node.index())),
                        _ => {}
                    }
                }
            }
            Rc::new(found)
        });
        Rc::clone(made)
    }

    /// The same without what refers to a resource of a kind: that means the one it refers to, and no other.
    fn free(&self, batch: &Batch, link: &Link, of: &str) -> Rc<Values> {
        let mut cache = self.free.borrow_mut();
        let made = cache.entry(((link.kind, link.path), of.to_owned())).or_insert_with(|| {
            let all = self.values(batch, link.kind, link.path);
            let is_free = |(_, node): &(u32, u32)| {
                let mut relations = self.relations(batch).from_node(Node::new(batch, *node));
                !relations.any(|relation| points_at(batch, relation, &[of]))
            };
            let mut free = Values::default();
            free.unknown.extend(all.unknown.iter().copied().filter(is_free));
            for (text, places) in &all.known {
                let places: Vec<(u32, u32)> = places.iter().copied().filter(is_free).collect();
                if !places.is_empty() {
                    free.known.insert(text.clone(), places);
                }
            }
            Rc::new(free)
        });
        Rc::clone(made)
    }
}

/// How resources of a kind say to which resource they belong.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Their kind.
    pub kind: &'static str,
    /// Where in them the other one is referred to or named; blocks on the way are entered, each of them.
    pub path: &'static str,
    /// What of the other one may be written there: paths of its names. Empty: it can only be referred to.
    pub names: &'static [&'static str],
}

/// A resource that says something about another one.
#[derive(Clone, Copy, Debug)]
pub struct Companion<'b> {
    /// That resource.
    pub resource: ResourceView<'b>,
    /// The value by which it does.
    pub by: Node<'b>,
}

/// What says something about a resource.
#[derive(Clone, Debug, Default)]
pub struct Companions<'b> {
    /// Those that certainly do.
    pub certain: Vec<Companion<'b>>,
    /// Those of which that cannot be known.
    pub possible: Vec<Companion<'b>>,
}

/// The resource that a value speaks of.
#[derive(Clone, Debug)]
pub enum Referent<'b> {
    /// These; more than one only where the choice cannot be known.
    Of(Vec<ResourceView<'b>>),
    /// It cannot be known which one.
    Unknown(Node<'b>),
    /// None of those that are declared here.
    Elsewhere,
}

/// What an unknown value certainly begins with.
fn prefix(node: Node<'_>) -> &str {
    node.as_unknown().map_or("", |unknown| node.batch().text(unknown.known_prefix))
}

/// Whether a relation points at a resource of one of these kinds, whatever is known of the target.
fn points_at(batch: &Batch, relation: &Relation, kinds: &[&str]) -> bool {
    if let Some(target) = batch.resource(relation.to_resource) {
        return kinds.contains(&target.kind());
    }
    let text = batch.text(relation.target_text);
    kinds.iter().any(|kind| text.split(['.', '[', ' ']).any(|part| part == *kind))
}

impl<'b> Subject<'b> {
    /// Every resource of a kind.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = ResourceView<'b>> + use<'b> {
        let batch = self.resource.batch();
        self.index.rows(batch, kind).iter().filter_map(move |row| batch.resource(*row))
    }

    /// What a value refers to: the resource, and what of it.
    pub fn targets(&self, node: Node<'b>) -> impl Iterator<Item = (ResourceView<'b>, &'b str)> + use<'b> {
        let batch = node.batch();
        self.index
            .relations(batch)
            .from_node(node)
            .filter_map(move |it| Some((batch.resource(it.to_resource)?, batch.text(it.attribute))))
    }

    /// What says something about this subject.
    pub fn companions(&self, links: &[Link]) -> Companions<'b> {
        self.companions_of(self.resource, links)
    }

    /// What says something about a resource. Each companion is there once.
    pub fn companions_of(&self, resource: ResourceView<'b>, links: &[Link]) -> Companions<'b> {
        let mut found = Companions::default();
        for link in links {
            self.referring(resource, link, &mut found);
            self.naming(resource, link, &mut found);
        }
        let rows: Vec<u32> = found.certain.iter().map(|it| it.resource.row()).collect();
        found.possible.retain(|it| !rows.contains(&it.resource.row()));
        found.possible.dedup_by_key(|it| it.resource.row());
        found
    }

    /// By relation.
    fn referring(&self, resource: ResourceView<'b>, link: &Link, found: &mut Companions<'b>) {
        let batch = resource.batch();
        for (from, relation) in self.index.relations(batch).towards(resource) {
            if from.kind() != link.kind {
                continue;
            }
            let start = Node::new(batch, relation.from_node).index();
            let Some(by) = values(from.root(), link.path).into_iter().find(|it| it.index() == start) else {
                continue;
            };
            let companion = Companion { resource: from, by };
            // Of two that it may refer to, an unknown value chooses one.
            let others = self.targets(by).filter(|(it, _)| it.kind() == resource.kind());
            if by.kind() == Kind::Unknown && others.into_iter().any(|(it, _)| it.row() != resource.row()) {
                found.possible.push(companion);
            } else if !found.certain.iter().any(|it| it.resource.row() == from.row()) {
                found.certain.push(companion);
            }
        }
    }

    /// By name.
    fn naming(&self, resource: ResourceView<'b>, link: &Link, found: &mut Companions<'b>) {
        let batch = resource.batch();
        let candidates = self.index.free(batch, link, resource.kind());
        let names: Vec<Node<'b>> = link.names.iter().flat_map(|name| values(resource.root(), name)).collect();
        let companion = |(row, node): (u32, u32)| {
            batch.resource(row).map(|resource| Companion { resource, by: Node::new(batch, node) })
        };
        for name in &names {
            if let Some(text) = name.as_scalar() {
                let named = candidates.known.get(text).into_iter().flatten().copied();
                for it in named.filter_map(companion) {
                    if !found.certain.iter().any(|known| known.resource.row() == it.resource.row()) {
                        found.certain.push(it);
                    }
                }
            } else if name.kind() == Kind::Unknown {
                let start = prefix(*name);
                let range = candidates.known.range(start.to_owned()..);
                let like = range.take_while(|(text, _)| text.starts_with(start));
                let first = like.flat_map(|(_, list)| list.iter().copied()).find_map(companion);
                found.possible.extend(first);
            }
        }
        let may_mean = |by: Node<'b>| {
            let start = prefix(by);
            let unknown = names.is_empty() || names.iter().any(|name| name.as_scalar().is_none());
            unknown || names.iter().any(|name| name.as_scalar().is_some_and(|text| text.starts_with(start)))
        };
        let first = candidates.unknown.iter().copied().filter_map(companion).find(|it| may_mean(it.by));
        found.possible.extend(first);
    }

    /// The resource of one of these kinds that a value speaks of, by reference or by one of its names.
    pub fn referent(
        &self,
        node: Node<'b>,
        kinds: &'static [&'static str],
        names: &'static [&'static str],
    ) -> Referent<'b> {
        let batch = node.batch();
        let mut found: Vec<ResourceView<'b>> = Vec::new();
        for (target, _) in self.targets(node) {
            if kinds.contains(&target.kind()) && !found.iter().any(|it| it.row() == target.row()) {
                found.push(target);
            }
        }
        if let (true, Some(text)) = (found.is_empty(), node.as_scalar()) {
            for kind in kinds {
                for name in names {
                    let named = self.index.values(batch, kind, name);
                    let rows = named.known.get(text).into_iter().flatten();
                    found.extend(rows.filter_map(|(row, _)| batch.resource(*row)));
                }
            }
        }
        if !found.is_empty() {
            return Referent::Of(found);
        }
        // What refers to something else that is declared here leads out of the tree there.
        if node.kind() == Kind::Unknown && self.targets(node).next().is_none() {
            return Referent::Unknown(node);
        }
        Referent::Elsewhere
    }
}
