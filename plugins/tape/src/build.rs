//! Builds a batch, in the order of parsing.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

use crate::batch::{Batch, Comment, Document, Kind, Origin, Relation, Resource, Shape, Unknown, row};

/// An open mapping or sequence, for [`Builder::close`].
#[derive(Debug)]
#[must_use = "an open node must be closed"]
pub struct Mark(u32);

impl Mark {
    /// The open node.
    pub fn node(&self) -> u32 {
        self.0
    }
}

/// Builds a [`Batch`]. Equal texts are stored once.
#[derive(Debug, Default)]
pub struct Builder {
    batch: Batch,
    known: HashTable<u32>,
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl From<Batch> for Builder {
    /// Continues a batch.
    fn from(batch: Batch) -> Builder {
        let mut known = HashTable::with_capacity(batch.strings.ends.len());
        for index in 1..row(batch.strings.ends.len()) {
            let text = batch.strings.get(index);
            let hashed = hash(text);
            if known.find(hashed, |it| batch.strings.get(*it) == text).is_none() {
                known.insert_unique(hashed, index, |it| hash(batch.strings.get(*it)));
            }
        }
        Builder { batch, known }
    }
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// The batch as built so far.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Returns the batch.
    pub fn finish(self) -> Batch {
        self.batch
    }

    /// The index of a text, which is added if it is new.
    pub fn text(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let strings = &mut self.batch.strings;
        let hashed = hash(text);
        if let Some(index) = self.known.find(hashed, |index| strings.get(*index) == text) {
            return *index;
        }
        let index = row(strings.ends.len());
        strings.arena.push_str(text);
        strings.ends.push(row(strings.arena.len()));
        self.known.insert_unique(hashed, index, |index| hash(strings.get(*index)));
        index
    }

    /// Adds a document.
    pub fn document(&mut self, path: &str, format: &str) -> u32 {
        let document = Document { path: self.text(path), format: self.text(format) };
        self.batch.documents.push(document);
        row(self.batch.documents.len() - 1)
    }

    /// Adds an origin.
    pub fn origin(&mut self, origin: Origin) -> u32 {
        self.batch.origins.push(origin)
    }

    fn push(&mut self, kind: Kind, key: u32, key_origin: u32, value: u32, origin: u32) -> u32 {
        let nodes = &mut self.batch.nodes;
        let index = row(nodes.kinds.len());
        nodes.kinds.push(kind as u8);
        nodes.keys.push(key);
        nodes.values.push(value);
        nodes.key_origins.push(key_origin);
        nodes.origins.push(origin);
        nodes.nexts.push(index.saturating_add(1));
        index
    }

    /// Opens a mapping or a sequence under a key (0 and [`NONE`](crate::NONE) outside a mapping).
    pub fn open(&mut self, kind: Kind, key: u32, key_origin: u32, origin: u32) -> Mark {
        Mark(self.push(kind, key, key_origin, 0, origin))
    }

    /// Closes the last opened collection, and returns its node. `origin`, if given, replaces the one from `open` (the
    /// end of a block is known only now).
    pub fn close(&mut self, Mark(index): Mark, origin: Option<u32>) -> u32 {
        let end = row(self.batch.nodes.kinds.len());
        if let Some(next) = self.batch.nodes.nexts.get_mut(index as usize) {
            *next = end;
        }
        if let Some(origin) = origin
            && let Some(place) = self.batch.nodes.origins.get_mut(index as usize)
        {
            *place = origin;
        }
        index
    }

    /// Adds a null, boolean, number or text; `value` is its text.
    pub fn scalar(&mut self, kind: Kind, key: u32, key_origin: u32, value: &str, origin: u32) -> u32 {
        let value = if kind == Kind::Null { 0 } else { self.text(value) };
        self.push(kind, key, key_origin, value, origin)
    }

    /// Adds a node that shares the subtree of an earlier, closed one.
    pub fn link(&mut self, key: u32, key_origin: u32, target: u32, origin: u32) -> u32 {
        self.push(Kind::Link, key, key_origin, target, origin)
    }

    /// Adds an unknown value.
    pub fn unknown(&mut self, key: u32, key_origin: u32, unknown: Unknown, origin: u32) -> u32 {
        self.batch.unknowns.push(unknown);
        let index = row(self.batch.unknowns.len() - 1);
        self.push(Kind::Unknown, key, key_origin, index, origin)
    }

    /// Adds a resource and returns its row.
    pub fn resource(&mut self, resource: Resource) -> u32 {
        self.batch.resources.push(resource);
        row(self.batch.resources.len() - 1)
    }

    /// Adds a relation.
    pub fn relation(&mut self, relation: Relation) {
        self.batch.relations.push(relation);
    }

    /// Adds a comment.
    pub fn comment(&mut self, document: u32, origin: u32, text: &str) {
        let text = self.text(text);
        self.batch.comments.push(Comment { document, origin, text });
    }

    /// Adds a shape of a resource.
    pub fn shape(&mut self, resource: u32, id: &str, root: u32) {
        let id = self.text(id);
        self.batch.shapes.push(Shape { resource, id, root });
    }

    /// The number of nodes, for parsers that limit their output.
    pub fn node_count(&self) -> u32 {
        row(self.batch.nodes.kinds.len())
    }

    /// Removes every node, origin and unknown value that was added since `nodes` and `origins` had these lengths: a
    /// document that turned out not to be ours. Texts stay, since the next document may need them too.
    pub fn truncate(&mut self, nodes: u32, origins: u32) {
        let to = nodes as usize;
        let table = &mut self.batch.nodes;
        // Each node of that kind has its own row.
        let forgotten = table.kinds.iter().skip(to).filter(|kind| **kind == Kind::Unknown as u8).count();
        let unknowns = &mut self.batch.unknowns;
        unknowns.truncate(unknowns.len().saturating_sub(forgotten));
        table.kinds.truncate(to);
        for column in
            [&mut table.keys, &mut table.values, &mut table.key_origins, &mut table.origins, &mut table.nexts]
        {
            column.truncate(to);
        }
        let to = origins as usize;
        let table = &mut self.batch.origins;
        for column in [
            &mut table.documents,
            &mut table.starts,
            &mut table.ends,
            &mut table.lines,
            &mut table.columns,
            &mut table.end_lines,
            &mut table.end_columns,
            &mut table.notes,
            &mut table.parents,
        ] {
            column.truncate(to);
        }
    }
}
