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
use crate::terraform::{uncertainty, values};
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

    /// The shapes of an id of those resources that values of this one refer to. A control without `related` kinds has them
    /// in sight: resources that refer to each other are judged together.
    pub fn refers_to(&self, shape: &str) -> impl Iterator<Item = Node<'b>> {
        let batch = self.resource.batch();
        let relations = self.index.relations(batch).from_resource(self.resource);
        relations.filter_map(move |it| batch.resource(it.to_resource)?.shape(shape))
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
        // What may not be there at all is certain only where it is there whenever this one is.
        let expression = |node: Node<'b>| node.as_unknown().map(|unknown| unknown.expression);
        let own = uncertainty(resource).and_then(expression);
        let (certain, missing): (Vec<_>, Vec<_>) = found.certain.into_iter().partition(|it| {
            uncertainty(it.resource).is_none_or(|node| own.is_some() && own == expression(node))
        });
        found.certain = certain;
        let by = |it: Companion<'b>| uncertainty(it.resource).map(|by| Companion { by, ..it });
        found.possible.extend(missing.into_iter().filter_map(by));
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

#[cfg(test)]
mod tests {
    use super::Link;
    use crate::Control;
    use crate::pack::{Pack, Request};
    use crate::rule::{Found, Rule};
    use crate::tape::{Batch, Builder, Kind, NONE, Relation, Resource, Unknown};
    use crate::terraform::UNCERTAIN;

    const BLOCK: Link = Link { kind: "block", path: "bucket", names: &["name"] };

    static COVERED: Control = Control {
        id: "test-covered",
        kinds: &["bucket"],
        rule: Rule::Coded(|subject, findings| {
            let blocks = subject.companions(&[BLOCK]);
            match (blocks.certain.first(), blocks.possible.first()) {
                (Some(_), _) => {}
                (None, Some(block)) => {
                    findings.unknown(block.by, "");
                }
                (None, None) => {
                    findings.fail_whole("", "no block");
                }
            }
        }),
        ..Control::TEMPLATE
    };

    static PACK: Pack = Pack { title: "Test", controls: &[&COVERED] };

    /// What a value is: a text, or unknown with what it certainly begins with.
    #[derive(Clone, Copy)]
    enum Says {
        Text(&'static str),
        Begins(&'static str),
    }

    #[derive(Default)]
    struct Tape(Builder);

    impl Tape {
        fn unknown(&mut self, key: u32, expression: &str, begins: &str) -> u32 {
            let builder = &mut self.0;
            let (expression, known_prefix) = (builder.text(expression), builder.text(begins));
            let unknown = Unknown { expression, reason: 0, known_prefix, expected_type: 0, origin: NONE };
            builder.unknown(key, NONE, unknown, NONE)
        }

        /// Adds a resource with one attribute, and gives its row and the attribute's node.
        fn resource(&mut self, kind: &str, attribute: &str, says: Says, only_if: Option<&str>) -> (u32, u32) {
            let root = self.0.open(Kind::Mapping, 0, NONE, NONE);
            let key = self.0.text(attribute);
            let value = match says {
                Says::Text(text) => self.0.scalar(Kind::Text, key, NONE, text, NONE),
                Says::Begins(text) => self.unknown(key, "var.name", text),
            };
            let root = self.0.close(root, None);
            let (document, kind) = (self.0.document("main.tf", "terraform"), self.0.text(kind));
            let row = self.0.resource(Resource {
                address: kind,
                kind,
                provider: 0,
                name: 0,
                format: 0,
                document,
                root,
                origin: NONE,
                module: 0,
            });
            if let Some(expression) = only_if {
                let node = self.unknown(0, expression, "");
                self.0.shape(row, UNCERTAIN, node);
            }
            (row, value)
        }

        fn refer(&mut self, from_node: u32, to_resource: u32) {
            self.0.relation(Relation { from_node, to_resource, target_text: 0, attribute: 0 });
        }
    }

    /// What is found at each bucket.
    fn judge(batch: Batch) -> Vec<Option<Found>> {
        batch.validate().unwrap();
        let rows: Vec<u32> =
            batch.resource_views().filter(|it| it.kind() == "bucket").map(|it| it.row()).collect();
        let request = Request {
            batch,
            subjects: rows.clone(),
            enabled: vec![0],
            parameters: Vec::new(),
            environment: String::new(),
            list_passed: false,
        };
        let outcomes = PACK.judge(&request).outcomes;
        let found = |row: u32| outcomes.iter().find(|it| it.resource == row).map(|it| it.kind);
        rows.into_iter().map(found).collect()
    }

    #[test]
    fn names_decide_as_far_as_they_are_known() {
        use Says::{Begins, Text};
        for (bucket, block, expected) in [
            (Text("logs"), Text("logs"), None),
            (Text("logs"), Text("data"), Some(Found::Failed)),
            (Text("logs"), Begins("lo"), Some(Found::Unknown)),
            (Text("logs"), Begins("da"), Some(Found::Failed)),
            (Begins("lo"), Text("logs"), Some(Found::Unknown)),
            (Begins("da"), Text("logs"), Some(Found::Failed)),
            (Begins(""), Begins(""), Some(Found::Unknown)),
        ] {
            let mut tape = Tape::default();
            tape.resource("bucket", "name", bucket, None);
            tape.resource("block", "bucket", block, None);
            assert_eq!(judge(tape.0.finish()), [expected]);
        }
    }

    #[test]
    fn what_refers_to_one_is_no_others() {
        let mut tape = Tape::default();
        let (one, _) = tape.resource("bucket", "name", Says::Text("one"), None);
        tape.resource("bucket", "name", Says::Text("other"), None);
        let (_, node) = tape.resource("block", "bucket", Says::Begins(""), None);
        tape.refer(node, one);
        assert_eq!(judge(tape.0.finish()), [None, Some(Found::Failed)]);
    }

    #[test]
    fn a_choice_between_two_is_unknown_for_both() {
        let mut tape = Tape::default();
        let (one, _) = tape.resource("bucket", "name", Says::Text("one"), None);
        let (other, _) = tape.resource("bucket", "name", Says::Text("other"), None);
        let (_, node) = tape.resource("block", "bucket", Says::Begins(""), None);
        tape.refer(node, one);
        tape.refer(node, other);
        assert_eq!(judge(tape.0.finish()), [Some(Found::Unknown); 2]);
    }

    #[test]
    fn what_may_be_missing_counts_only_where_the_subject_is_missing_with_it() {
        for (bucket, block, expected) in [
            (None, None, None),
            (None, Some("var.on"), Some(Found::Unknown)),
            (Some("var.on"), Some("var.on"), None),
            (Some("var.on"), Some("var.off"), Some(Found::Unknown)),
            (Some("var.on"), None, None),
        ] {
            let mut tape = Tape::default();
            let (row, _) = tape.resource("bucket", "name", Says::Text("logs"), bucket);
            let (_, node) = tape.resource("block", "bucket", Says::Text("logs"), block);
            tape.refer(node, row);
            assert_eq!(judge(tape.0.finish()), [expected], "{bucket:?} {block:?}");
        }
    }
}
