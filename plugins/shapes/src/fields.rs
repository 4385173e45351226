//! Shapes with fields.

use palisade_tape::{Batch, Kind, NONE, Unknown};
use rustc_hash::FxHashMap;

use crate::apply::{Task, Writer};
use crate::companions::{Found, root};
use crate::compile::{FieldRule, PlaceRule};
use crate::merge::Shapes;
use crate::tables::Scalar;
use crate::walk::{Entry, column, document, origins, reach, scalar, values, walk};

/// What was found at a place.
#[derive(Clone, Copy)]
enum Candidate<'s> {
    /// A value, and its text in the shape if that differs.
    Value(u32, Option<&'s str>),
    /// A null or an empty text.
    Unset(u32),
    /// A block without the value.
    Missing(u32),
    /// A value for which the place does not apply.
    Other,
    /// Depends on whether a companion belongs to the resource: the referring value, and the unknown value.
    Possible(u32, u32),
    /// More companions than the limit.
    Cut,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value<'s> {
    Link(u32),
    /// A value with another text.
    Text(&'s str, u32),
    /// An unknown value, at another place.
    Unknown {
        why: u32,
        at: u32,
    },
    /// More companions than the limit.
    Cut,
    /// Null, at a block without the value.
    Null(u32),
    /// The default: at a null, at a block, or nowhere.
    Default(u32),
}

fn candidate<'s>(batch: &Batch, place: &'s PlaceRule, node: u32) -> Option<Candidate<'s>> {
    let is_empty = |node: u32| batch.nodes.next(node) == node.saturating_add(1);
    match batch.nodes.kind(node) {
        Kind::Null => Some(Candidate::Unset(node)),
        Kind::Sequence if is_empty(node) => None,
        _ => match scalar(batch, node) {
            Some("") => Some(Candidate::Unset(node)),
            Some(text) if !place.only.is_empty() && !place.only.contains(text) => Some(Candidate::Other),
            Some(text) => Some(Candidate::Value(node, place.values.get(text).map(String::as_str))),
            None => Some(Candidate::Value(node, None)),
        },
    }
}

impl<'s> Writer<'s> {
    /// Writes the fields of a resource, and returns the node that holds them.
    pub(crate) fn fields(&mut self, shapes: &'s Shapes, task: Task<'s>, all: &'s [FieldRule]) -> u32 {
        self.mapping_of(shapes, task, all, (NONE, NONE))
    }

    /// The same for a resource or a block of it, with these origins.
    fn mapping_of(
        &mut self,
        shapes: &'s Shapes,
        task: Task<'s>,
        all: &'s [FieldRule],
        (key_origin, origin): (u32, u32),
    ) -> u32 {
        let mut known = FxHashMap::default();
        let mut made = Vec::with_capacity(all.len());
        for field in all {
            if field.has_items {
                made.extend(self.items_of(shapes, task, field).map(|it| (field, it)));
                continue;
            }
            let mut candidates = Vec::new();
            for place in &field.places {
                self.candidates(shapes, task, place, field.many, &mut known, &mut candidates);
            }
            let value =
                if field.many { self.sequence_of(&candidates) } else { self.one_of(field, &candidates) };
            made.extend(value.map(|it| (field, it)));
        }
        let mark = self.out.open(Kind::Mapping, 0, key_origin, origin);
        let mut open: Vec<(&str, palisade_tape::Mark)> = Vec::new();
        for (field, value) in made {
            let Some((name, above)) = field.path.split_last() else { continue };
            let same = open.iter().zip(above).take_while(|((one, _), other)| *one == other.as_str()).count();
            while open.len() > same {
                if let Some((_, mark)) = open.pop() {
                    self.out.close(mark, None);
                }
            }
            for key in above.iter().skip(same) {
                let text = self.out.text(key);
                open.push((key, self.out.open(Kind::Mapping, text, NONE, NONE)));
            }
            self.value(name, &value, field.default.as_ref());
        }
        while let Some((_, mark)) = open.pop() {
            self.out.close(mark, None);
        }
        self.out.close(mark, None)
    }

    /// The blocks of a resource, each with its fields.
    fn items_of(&mut self, shapes: &'s Shapes, task: Task<'s>, field: &'s FieldRule) -> Option<Value<'s>> {
        let mut candidates = Vec::new();
        for place in &field.places {
            let batch = self.out.batch();
            for it in values(batch, Entry::own(task.root), &place.at) {
                let batch = self.out.batch();
                let item = match batch.nodes.kind(it.node) {
                    Kind::Unknown => it.node,
                    Kind::Mapping => {
                        let Some(left) = self.left.checked_sub(place.fields.len() + 1) else {
                            candidates.push(Candidate::Cut);
                            break;
                        };
                        self.left = left;
                        let origins = origins(self.out.batch(), it.node);
                        let item = Task { root: it.node, ..task };
                        self.mapping_of(shapes, item, &place.fields, origins)
                    }
                    _ => continue,
                };
                candidates.push(Candidate::Value(item, None));
            }
        }
        self.sequence_of(&candidates)
    }

    /// What was found at a place.
    fn candidates(
        &mut self,
        shapes: &Shapes,
        task: Task<'_>,
        place: &'s PlaceRule,
        many: bool,
        known: &mut FxHashMap<usize, Found>,
        candidates: &mut Vec<Candidate<'s>>,
    ) {
        let batch = self.out.batch();
        let index =
            self.index.get_or_insert_with(|| crate::companions::Index::new(batch, &shapes.companions));
        let Some((number, companions)) = place.of.and_then(|it| Some((it, shapes.companions.get(it)?)))
        else {
            self.read(task.row, task.root, place, many, candidates);
            return;
        };
        let found = known
            .entry(number)
            .or_insert_with(|| index.find(batch, task.row, task.root, (number, companions)));
        for row in &found.certain {
            let from = match &place.shape {
                Some(shape) => self.made.get(&(*row, shape.as_str())).copied(),
                None => root(batch, *row),
            };
            let Some(from) = from else { continue };
            let before = candidates.len();
            self.read(*row, from, place, many, candidates);
            let is_unset = candidates
                .iter()
                .skip(before)
                .all(|it| matches!(it, Candidate::Unset(_) | Candidate::Missing(_)));
            if let (true, Some(text)) = (is_unset, &place.default) {
                candidates.push(Candidate::Value(from, Some(text)));
            }
        }
        if let Some(it) = found.possible.filter(|_| !place.certain) {
            candidates.push(Candidate::Possible(it.by, it.why));
        }
        if found.is_cut {
            candidates.push(Candidate::Cut);
        }
    }

    /// What a resource has at a place, relative to a node of it.
    fn read(
        &self,
        row: u32,
        from: u32,
        place: &'s PlaceRule,
        many: bool,
        candidates: &mut Vec<Candidate<'s>>,
    ) {
        let batch = self.out.batch();
        if place.document {
            let documents = self.index.as_ref().and_then(|it| it.decoded(row));
            let document = documents.and_then(|it| document(batch, it, &place.at));
            // An unknown value has no document; any other text that is not decoded is not a document.
            let is_unknown = |node: &u32| batch.nodes.kind(*node) == Kind::Unknown;
            let node = document.or_else(|| walk(batch, from, &place.at, true).filter(is_unknown));
            candidates.extend(node.and_then(|it| candidate(batch, place, it)));
        } else if many {
            let found = values(batch, Entry::own(from), &place.at);
            candidates.extend(found.into_iter().filter_map(|it| candidate(batch, place, it.node)));
        } else {
            match reach(batch, from, &place.at, true) {
                Ok(node) => candidates.extend(candidate(batch, place, node)),
                Err(block) => candidates.extend(block.map(Candidate::Missing)),
            }
        }
    }

    /// The value of a field with a single value.
    fn one_of(&self, field: &FieldRule, candidates: &[Candidate<'s>]) -> Option<Value<'s>> {
        let batch = self.out.batch();
        let is_unknown = |node: u32| batch.nodes.kind(node) == Kind::Unknown;
        let made =
            |node: u32, text: Option<&'s str>| text.map_or(Value::Link(node), |it| Value::Text(it, node));
        let set = candidates.iter().enumerate().find_map(|(at, it)| match it {
            Candidate::Value(node, text) => Some((at, *node, *text)),
            _ => None,
        });
        let uncertain = candidates.iter().enumerate().find_map(|(at, it)| match *it {
            Candidate::Value(node, _) if is_unknown(node) => Some((at, Value::Link(node), node)),
            Candidate::Possible(by, why) if is_unknown(by) => Some((at, Value::Link(by), why)),
            Candidate::Possible(by, why) => Some((at, Value::Unknown { why, at: by }, why)),
            Candidate::Cut => Some((at, Value::Cut, NONE)),
            _ => None,
        });
        if let Some(wanted) = &field.prefer {
            let preferred = candidates.iter().find_map(|it| match *it {
                Candidate::Value(node, text) => {
                    let is = text.or_else(|| scalar(batch, node)) == Some(wanted.as_str());
                    is.then(|| made(node, text))
                }
                _ => None,
            });
            if preferred.is_some() {
                return preferred;
            }
            // It is placed at a value of the resource that does not decide.
            match (set, &uncertain) {
                (Some((at, node, _)), Some((other, _, why))) if at < *other && *why != NONE => {
                    return Some(Value::Unknown { why: *why, at: node });
                }
                (_, Some((_, value, _))) => return Some(value.clone()),
                _ => {}
            }
        }
        let unset = candidates.iter().find_map(|it| match *it {
            Candidate::Unset(node) => Some((node, Value::Link(node))),
            Candidate::Missing(block) => Some((block, Value::Null(block))),
            _ => None,
        });
        let otherwise = || match (&field.default, unset) {
            (Some(_), unset) => Some(Value::Default(unset.map_or(NONE, |(node, _)| node))),
            (None, unset) => unset.map(|(_, null)| null),
        };
        set.map(|(_, node, text)| made(node, text)).or(uncertain.map(|(_, it, _)| it)).or_else(otherwise)
    }

    /// The sequence of all values; resources with the same values share it.
    fn sequence_of(&mut self, candidates: &[Candidate<'s>]) -> Option<Value<'s>> {
        let items: Vec<Value<'s>> = candidates
            .iter()
            .filter_map(|it| match *it {
                Candidate::Value(node, Some(text)) => Some(Value::Text(text, node)),
                Candidate::Value(node, None) => Some(Value::Link(node)),
                Candidate::Possible(by, why)
                    if self.out.batch().nodes.kind(why) == Kind::Unknown && by == why =>
                {
                    Some(Value::Link(by))
                }
                Candidate::Possible(by, why) => Some(Value::Unknown { why, at: by }),
                Candidate::Cut => Some(Value::Cut),
                Candidate::Unset(_) | Candidate::Missing(_) | Candidate::Other => None,
            })
            .collect();
        if items.is_empty() {
            return None;
        }
        if let Some(known) = self.sequences.get(&items) {
            return Some(Value::Link(*known));
        }
        let (items, is_cut) = match self.left.checked_sub(items.len()) {
            Some(left) => {
                self.left = left;
                (items, false)
            }
            None => (Vec::new(), true),
        };
        let mark = self.out.open(Kind::Sequence, 0, NONE, NONE);
        for it in &items {
            self.value("", it, None);
        }
        if is_cut {
            self.value("", &Value::Cut, None);
        }
        let done = self.out.close(mark, None);
        if !is_cut {
            self.sequences.insert(items, done);
        }
        Some(Value::Link(done))
    }

    fn value(&mut self, key: &str, value: &Value<'_>, default: Option<&Scalar>) {
        let key = self.out.text(key);
        let batch = self.out.batch();
        match value {
            Value::Link(node) => {
                let (key_origin, origin) = origins(batch, *node);
                self.out.link(key, key_origin, *node, origin);
            }
            Value::Text(text, node) => {
                let (key_origin, origin) = origins(batch, *node);
                self.out.scalar(Kind::Text, key, key_origin, text, origin);
            }
            Value::Unknown { why, at } => {
                let (key_origin, origin) = origins(batch, *at);
                let row = column(&batch.nodes.values, *why);
                let unknown = batch.unknowns.get(row as usize).copied();
                let unknown = unknown.unwrap_or(NOT_KNOWN);
                self.out.unknown(key, key_origin, unknown, origin);
            }
            Value::Cut => {
                let reason = self.out.text("too many resources belong to it");
                self.out.unknown(key, NONE, Unknown { reason, ..NOT_KNOWN }, NONE);
            }
            Value::Null(block) => {
                let (key_origin, origin) = origins(batch, *block);
                let origin = if key_origin == NONE { origin } else { key_origin };
                self.out.scalar(Kind::Null, key, key_origin, "", origin);
            }
            Value::Default(node) => {
                let (key_origin, origin) = origins(batch, *node);
                // A block is shown at its key.
                let is_block = matches!(batch.nodes.kind(*node), Kind::Mapping | Kind::Sequence);
                let origin = if is_block && key_origin != NONE { key_origin } else { origin };
                let (kind, text) = match default {
                    Some(Scalar::Boolean(it)) => (Kind::Boolean, it.to_string()),
                    Some(Scalar::Number(it)) => (Kind::Number, it.to_string()),
                    Some(Scalar::Text(it)) => (Kind::Text, it.clone()),
                    None => (Kind::Null, String::new()),
                };
                self.out.scalar(kind, key, key_origin, &text, origin);
            }
        }
    }
}

const NOT_KNOWN: Unknown =
    Unknown { expression: 0, reason: 0, known_prefix: 0, expected_type: 0, origin: NONE };
