//! Tags: the types that a file gives to its nodes (YAML 1.2.2, 3.2.1.2).

use std::rc::Rc;

use rustc_hash::FxHashMap;
use saphyr_parser::Tag;

use crate::build::Fault;

/// The prefix of the tags of YAML's own types, in short `!!` (YAML 1.2.2, 6.8.2.1).
const CORE: &str = "tag:yaml.org,2002:";

/// The maximum total size in bytes of the distinct tags of a file. The size of the file limits it, except for a `%TAG`
/// line, which turns short tags into long ones.
const MAX_SIZE_BYTES: usize = 4 << 20;

/// The anchor and the tag before a node (YAML 1.2.2, 6.9).
#[derive(Clone, Copy, Default)]
pub(crate) struct Properties<'t> {
    /// Whether it has an anchor.
    pub(crate) anchored: bool,
    /// Its tag, resolved.
    pub(crate) tag: Option<&'t str>,
}

impl Properties<'_> {
    /// Whether there is an anchor or a tag.
    pub(crate) fn any(self) -> bool {
        self.anchored || self.tag.is_some()
    }
}

/// Index of a text of [`Tags`].
#[derive(Clone, Copy)]
pub(crate) struct TagText(usize);

/// The tags of the nodes of a file. Nodes without a tag are not included, and neither are keys.
#[derive(Default)]
pub struct Tags {
    texts: Vec<Rc<str>>,
    known: FxHashMap<Rc<str>, usize>,
    size_bytes: usize,
    /// Nodes with their tags, in the order of the nodes.
    nodes: Vec<(u32, TagText)>,
}

impl Tags {
    /// The resolved tag of a node: `!GetAtt` for `!GetAtt`, `tag:yaml.org,2002:str` for `!!str`, and `!`, which makes a
    /// scalar a text (YAML 1.2.2, 6.9.1).
    ///
    /// An alias has none: its tag is that of the node that [`resolve`](crate::resolve) returns.
    pub fn get(&self, node: u32) -> Option<&str> {
        let index = self.nodes.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        let (_, TagText(text)) = self.nodes.get(index)?;
        self.texts.get(*text).map(|text| &**text)
    }

    /// Stores the text of a tag; equal ones are stored once. `at` is the byte at which the node begins.
    pub(crate) fn add_text(&mut self, tag: &str, at: u32) -> Result<TagText, Fault> {
        if let Some(index) = self.known.get(tag) {
            return Ok(TagText(*index));
        }
        self.size_bytes = self.size_bytes.saturating_add(tag.len());
        if self.size_bytes > MAX_SIZE_BYTES {
            let message = "tags longer than 4 MiB in all; shorten the prefixes of the %TAG lines".to_owned();
            return Err(Fault { start: at, end: at, message, syntax: false, fatal: true });
        }
        let text: Rc<str> = tag.into();
        self.known.insert(Rc::clone(&text), self.texts.len());
        self.texts.push(text);
        Ok(TagText(self.texts.len() - 1))
    }

    /// Sets the tag of a node after all nodes with a tag.
    pub(crate) fn set(&mut self, node: u32, tag: Option<TagText>) {
        self.nodes.extend(tag.map(|tag| (node, tag)));
    }

    /// Removes the tags of all nodes from `first` on, and returns them in the order of the nodes.
    pub(crate) fn split_off(&mut self, first: u32) -> Vec<(u32, TagText)> {
        let kept = self.nodes.partition_point(|(node, _)| *node < first);
        self.nodes.split_off(kept)
    }
}

/// The full tag: the prefix of the handle and the suffix (YAML 1.2.2, 6.8.2). The scanner resolves the prefix, and
/// reports a verbatim tag `!<…>` and the tag `!` as suffixes.
pub(crate) fn resolved(tag: &Tag) -> String {
    [&*tag.handle, &*tag.suffix].concat()
}

/// The name of one of YAML's own types: `str` for `tag:yaml.org,2002:str`.
pub(crate) fn core(tag: &str) -> Option<&str> {
    tag.strip_prefix(CORE)
}
