//! Builds the tree of one document from the events of a YAML or JSON reader.

use palisade_sdk::tape::{Batch, Builder, Mark, NONE};
use palisade_sdk::{Kind, Node};
use palisade_text::{Lines, to_offset};
use rustc_hash::FxHashSet;

use crate::compact::compact;
use crate::scalar::{self, Value};
use crate::tags::{Properties, TagText, Tags};

/// The maximum depth of a document.
pub(crate) const MAX_DEPTH: usize = 512;
/// The maximum number of nodes in a file.
pub(crate) const MAX_NODES: u32 = 2_000_000;

/// Why a document cannot be read, and its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
    /// The error, with the fix if it is known.
    pub message: String,
    /// Whether the text is malformed, so that the tolerant reader may succeed.
    pub syntax: bool,
    /// Whether reading must stop.
    pub fatal: bool,
}

impl Fault {
    /// A document that is well-formed but invalid.
    pub fn meaning(start: u32, end: u32, message: impl Into<String>) -> Self {
        Fault { start, end, message: message.into(), syntax: false, fatal: false }
    }

    /// A malformed document.
    pub fn syntax(start: u32, message: impl Into<String>) -> Self {
        Fault { start, end: start, message: message.into(), syntax: true, fatal: false }
    }
}

/// A key whose value is ignored.
pub struct Duplicate {
    /// The text of the key.
    pub key: u32,
    /// The origin of the later one of two equal keys, or of the key that a merge key overrides.
    pub origin: u32,
    /// Whether a later `<<` overrides it.
    pub merged: bool,
}

/// A message about a file, for its diagnostics.
#[derive(Clone, Debug)]
pub struct Remark {
    /// A stable code.
    pub code: &'static str,
    /// The message for users.
    pub message: String,
    /// The first byte, and the byte after the last one.
    pub place: (u32, u32),
}

impl Duplicate {
    /// The message for it. `otherwise` is its place if the origin of the key is not known.
    pub fn remark(&self, batch: &Batch, otherwise: (u32, u32)) -> Remark {
        let key = batch.text(self.key);
        let (code, message) = if self.merged {
            let message = format!(
                "the key `{key}` does not count, because a `<<` after it has it too; put the `<<` before it, or remove it"
            );
            ("yaml-overridden-key", message)
        } else {
            let message = format!(
                "the key `{key}` comes twice in this mapping, and only the last one counts; remove one"
            );
            ("yaml-duplicate-key", message)
        };
        let place = batch.origins.get(self.origin).map_or(otherwise, |origin| (origin.start, origin.end));
        Remark { code, message, place }
    }
}

impl Fault {
    /// The message for a document that only the tolerant reader accepts.
    pub fn tolerated(&self) -> Remark {
        let message = format!("read as kubectl reads it, though it is not strict YAML: {}", self.message);
        Remark { code: "yaml-tolerated", message, place: (self.start, self.end) }
    }
}

#[derive(Clone, Copy)]
enum Anchor {
    /// Its node is not complete.
    Open,
    Node(u32),
    /// The anchor of a key: the kind of the key, its text and its tag.
    Key(Kind, u32, Option<TagText>),
}

pub(crate) struct Frame {
    mark: Mark,
    sequence: bool,
    /// Index in `anchors` plus one; 0 for none.
    anchor: usize,
    pub(crate) start: u32,
    /// Text and origin of the key whose value comes next.
    key: Option<(u32, u32)>,
    merging: bool,
    /// Index in `keys` of the first key of this mapping.
    pub(crate) keys: usize,
    /// Nodes of the values of `<<`, each with the number of own keys before it.
    merges: Vec<(u32, usize)>,
}

/// A document that is being read.
pub struct Tree<'b, 'a> {
    /// The builder that receives the nodes.
    pub out: &'b mut Builder,
    /// The text of the file.
    pub text: &'a str,
    /// Its lines.
    pub lines: &'a Lines,
    document: u32,
    first_node: u32,
    first_origin: u32,
    frames: Vec<Frame>,
    /// Key and node of every child of the open mappings.
    pub(crate) keys: Vec<(u32, u32)>,
    anchors: Vec<Anchor>,
    pub(crate) dead: FxHashSet<u32>,
    pub(crate) merged: u32,
    /// The byte after the last one that was read.
    pub(crate) last: u32,
    /// Duplicate and overridden keys of this document.
    pub duplicates: Vec<Duplicate>,
    /// Ranges of the scalars, in order, if requested.
    pub scalars: Option<Vec<(u32, u32)>>,
    /// The tags of the nodes, including those of earlier documents.
    pub tags: Tags,
}

impl<'b, 'a> Tree<'b, 'a> {
    /// A tree without an open document. `scalars` requests the ranges of scalars.
    pub fn new(out: &'b mut Builder, text: &'a str, lines: &'a Lines, document: u32, scalars: bool) -> Self {
        let first_node = out.node_count();
        let first_origin = to_offset(out.batch().origins.len());
        Tree {
            out,
            text,
            lines,
            document,
            first_node,
            first_origin,
            frames: Vec::new(),
            keys: Vec::new(),
            anchors: Vec::new(),
            dead: FxHashSet::default(),
            merged: 0,
            last: 0,
            duplicates: Vec::new(),
            scalars: scalars.then(Vec::new),
            tags: Tags::default(),
        }
    }

    /// Begins a document at this byte, also for a second attempt.
    pub(crate) fn begin(&mut self, start: u32) {
        self.keep();
        self.last = start;
        if let Some(scalars) = &mut self.scalars {
            while scalars.pop_if(|(scalar, _)| *scalar >= start).is_some() {}
        }
        self.frames.clear();
        self.keys.clear();
        self.anchors.clear();
        self.dead.clear();
        self.duplicates.clear();
        self.merged = 0;
    }

    /// Ends a document and returns its root, if it has one.
    pub fn end(&mut self) -> Option<u32> {
        if self.out.node_count() == self.first_node {
            return None;
        }
        if !self.dead.is_empty() {
            compact(self.out, &mut self.tags, self.first_node, &self.dead);
            self.dead.clear();
        }
        Some(self.first_node)
    }

    /// Whether the root of the document is complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.frames.is_empty() && self.out.node_count() > self.first_node
    }

    /// Whether a key is expected next.
    pub(crate) fn expects_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| !frame.sequence && frame.key.is_none())
    }

    /// Keeps the nodes so far, whatever follows.
    pub fn keep(&mut self) {
        self.first_node = self.out.node_count();
        self.first_origin = to_offset(self.out.batch().origins.len());
    }

    /// Removes the nodes after the last document that was kept.
    pub fn discard(&mut self) {
        self.frames.clear();
        self.out.truncate(self.first_node, self.first_origin);
        self.tags.split_off(self.first_node);
    }

    /// Registers the next anchor, if there is one, and returns its index plus one; 0 for none.
    fn anchor(&mut self, anchored: bool, state: Anchor) -> usize {
        if !anchored {
            return 0;
        }
        self.anchors.push(state);
        self.anchors.len()
    }

    fn origin(&mut self, start: u32, end: u32) -> u32 {
        let origin = self.lines.origin(self.document, start, end);
        self.out.origin(origin)
    }

    /// Text and origin of the key of a value; none if the next scalar is a key.
    fn key_of_value(&mut self) -> Option<(u32, u32)> {
        match self.frames.last_mut() {
            Some(frame) if !frame.sequence => frame.key.take(),
            _ => Some((0, NONE)),
        }
    }

    /// Adds a child to the innermost mapping.
    fn added(&mut self, key: u32, node: u32) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.sequence {
            return;
        }
        if frame.merging {
            frame.merging = false;
            frame.merges.push((node, self.keys.len() - frame.keys));
        } else {
            self.keys.push((key, node));
        }
    }

    /// The resolved tag of a node; for an alias, that of its target. See [`Tags::get`].
    pub fn tag(&self, node: u32) -> Option<&str> {
        self.tags.get(resolve(self.out, node))
    }

    /// The text of the tag in the properties of a node that begins at this byte.
    fn tag_text(&mut self, properties: Properties<'_>, at: u32) -> Result<Option<TagText>, Fault> {
        properties.tag.map(|tag| self.tags.add_text(tag, at)).transpose()
    }

    pub(crate) fn room(&self, at: u32) -> Result<(), Fault> {
        if self.out.node_count() < MAX_NODES {
            return Ok(());
        }
        let message = format!("more than {MAX_NODES} values; split the file, or exclude it");
        Err(Fault { start: at, end: at, message, syntax: false, fatal: true })
    }

    /// Adds a scalar. `merge` is true for a plain `<<`; `covers` is its first byte without its header.
    pub(crate) fn scalar(
        &mut self,
        (start, end): (u32, u32),
        covers: u32,
        value: &Value<'_>,
        merge: bool,
        properties: Properties<'_>,
    ) -> Result<(), Fault> {
        self.last = end.max(self.last);
        if let Some(scalars) = &mut self.scalars {
            scalars.push((covers, end));
        }
        match self.key_of_value() {
            None => {
                let text = match scalar::key(value.kind, &value.text) {
                    Ok(text) => self.out.text(&text),
                    Err(message) => return Err(Fault::meaning(start, end, message)),
                };
                let origin = self.origin(start, end);
                if properties.anchored {
                    let text = self.out.text(&value.text);
                    let tag = self.tag_text(properties, start)?;
                    self.anchor(true, Anchor::Key(value.kind, text, tag));
                }
                if let Some(frame) = self.frames.last_mut() {
                    frame.merging = merge;
                    frame.key = Some((text, origin));
                }
            }
            Some((key, key_origin)) => {
                self.room(start)?;
                if value.kind == Kind::Number && scalar::is_beyond_json(&value.text) {
                    let message =
                        "JSON has no number for this value, so nothing reads it; quote it if it is a text";
                    return Err(Fault::meaning(start, end, message));
                }
                let tag = self.tag_text(properties, start)?;
                let origin = self.origin(start, end);
                let node = self.out.scalar(value.kind, key, key_origin, &value.text, origin);
                self.tags.set(node, tag);
                self.anchor(properties.anchored, Anchor::Node(node));
                self.added(key, node);
            }
        }
        Ok(())
    }

    /// Begins a mapping or sequence.
    pub(crate) fn open(&mut self, kind: Kind, start: u32, properties: Properties<'_>) -> Result<(), Fault> {
        self.last = start.max(self.last);
        self.room(start)?;
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels; no file needs that");
            return Err(Fault::meaning(start, start, message));
        }
        let Some((key, key_origin)) = self.key_of_value() else {
            let what = if kind == Kind::Mapping { "mapping" } else { "list" };
            return Err(Fault::meaning(
                start,
                start,
                format!(
                    "a key must be a text, and this one is a {what}; quote it if it holds a brace or bracket"
                ),
            ));
        };
        let tag = self.tag_text(properties, start)?;
        let anchor = self.anchor(properties.anchored, Anchor::Open);
        let mark = self.out.open(kind, key, key_origin, NONE);
        self.tags.set(mark.node(), tag);
        self.added(key, mark.node());
        self.frames.push(Frame {
            mark,
            sequence: kind == Kind::Sequence,
            anchor,
            start,
            key: None,
            merging: false,
            keys: self.keys.len(),
            merges: Vec::new(),
        });
        Ok(())
    }

    /// Ends the innermost collection: at `end`, or without a bracket after its last child.
    pub(crate) fn close(&mut self, end: Option<u32>) -> Result<(), Fault> {
        let Some(mut frame) = self.frames.pop() else { return Ok(()) };
        let end = end.unwrap_or(self.last).max(frame.start);
        self.last = end.max(self.last);
        if !frame.sequence {
            let merges = std::mem::take(&mut frame.merges);
            if merges.is_empty() {
                self.duplicates(frame.keys);
            } else {
                self.merge(&frame, &merges, end)?;
            }
            self.keys.truncate(frame.keys);
        }
        let origin = self.origin(frame.start, end);
        let node = self.out.close(frame.mark, Some(origin));
        if let Some(place) = frame.anchor.checked_sub(1).and_then(|index| self.anchors.get_mut(index)) {
            *place = Anchor::Node(node);
        }
        Ok(())
    }

    /// Adds an alias. `anchor` is the index of the anchor in the document.
    pub(crate) fn alias(&mut self, anchor: Option<usize>, start: u32, end: u32) -> Result<(), Fault> {
        self.last = end.max(self.last);
        let target = anchor.and_then(|index| self.anchors.get(index)).copied();
        let Some(target) = target else {
            return Err(Fault::meaning(
                start,
                end,
                "this alias names an anchor of another document; define the anchor in the same document",
            ));
        };
        match (self.key_of_value(), target) {
            (_, Anchor::Open) => {
                let message = "this alias stands inside what it refers to; a value cannot contain itself";
                Err(Fault::meaning(start, end, message))
            }
            (Some((key, key_origin)), Anchor::Node(node)) => {
                self.room(start)?;
                let origin = self.origin(start, end);
                let link = self.out.link(key, key_origin, node, origin);
                self.added(key, link);
                Ok(())
            }
            (Some((key, key_origin)), Anchor::Key(kind, text, tag)) => {
                self.room(start)?;
                let origin = self.origin(start, end);
                let text = self.out.batch().text(text).to_owned();
                if kind == Kind::Number && scalar::is_beyond_json(&text) {
                    return Err(Fault::meaning(
                        start,
                        end,
                        "JSON has no number for this value; quote the key",
                    ));
                }
                let node = self.out.scalar(kind, key, key_origin, &text, origin);
                self.tags.set(node, tag);
                self.added(key, node);
                Ok(())
            }
            (None, target) => {
                let scalar = match target {
                    Anchor::Key(kind, text, _) => Some((kind, text)),
                    Anchor::Node(node) => self.scalar_text(node),
                    Anchor::Open => None,
                };
                let Some((kind, text)) = scalar else {
                    return Err(Fault::meaning(start, end, "a key must be a text, and this alias is none"));
                };
                let text = self.out.batch().text(text).to_owned();
                let text = match scalar::key(kind, &text) {
                    Ok(text) => self.out.text(&text),
                    Err(message) => return Err(Fault::meaning(start, end, message)),
                };
                let origin = self.origin(start, end);
                if let Some(frame) = self.frames.last_mut() {
                    frame.merging = false;
                    frame.key = Some((text, origin));
                }
                Ok(())
            }
        }
    }

    fn scalar_text(&self, node: u32) -> Option<(Kind, u32)> {
        let nodes = &self.out.batch().nodes;
        match nodes.kind(node) {
            kind @ (Kind::Text | Kind::Number | Kind::Boolean | Kind::Null) => {
                Some((kind, nodes.values.get(node as usize).copied()?))
            }
            _ => None,
        }
    }
}

/// The node, or the target of a link.
pub fn resolve(out: &Builder, node: u32) -> u32 {
    Node::new(out.batch(), node).index()
}
