//! The tables, named as in `palisade:types/tape`.

/// The index that points nowhere.
pub const NONE: u32 = u32::MAX;

/// Maximum number of keys of a mapping that are looked up through a link, so that a file of links to one huge mapping
/// does not take quadratic time.
pub const MAX_LINKED_KEYS: usize = 1_000;

/// The ID of a side table in the place of a shape: the JSON documents in the attributes of a Terraform resource, by
/// their paths, such as `inline_policy.0.policy`.
pub const DECODED: &str = "terraform.decoded@1";

/// The ID of another side table: an unknown value that decides whether a Terraform resource exists, or how many
/// instances it has: its `count` or `for_each`.
pub const UNCERTAIN: &str = "terraform.uncertain@1";

/// The kind of a node. The numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Keys and values.
    Mapping = 0,
    /// Values in order.
    Sequence = 1,
    /// An explicit null.
    Null = 2,
    /// `true` or `false`.
    Boolean = 3,
    /// A number, in JSON's notation.
    Number = 4,
    /// A string.
    Text = 5,
    /// A value that cannot be known yet; see [`Unknown`].
    Unknown = 6,
    /// The subtree of another node.
    Link = 7,
}

impl Kind {
    /// The kind of a number, if it is valid.
    pub fn from_number(number: u8) -> Option<Kind> {
        Some(match number {
            0 => Kind::Mapping,
            1 => Kind::Sequence,
            2 => Kind::Null,
            3 => Kind::Boolean,
            4 => Kind::Number,
            5 => Kind::Text,
            6 => Kind::Unknown,
            7 => Kind::Link,
            _ => return None,
        })
    }
}

/// Every text of a batch, once. Text 0 is the empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strings {
    /// All texts, concatenated.
    pub arena: String,
    /// Where each text ends, in bytes.
    pub ends: Vec<u32>,
}

impl Default for Strings {
    fn default() -> Self {
        Strings { arena: String::new(), ends: vec![0] }
    }
}

impl Strings {
    /// The text of an index; empty if the index is invalid.
    pub fn get(&self, index: u32) -> &str {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(0) as usize };
        let end = self.ends.get(index).copied().unwrap_or(0) as usize;
        self.arena.get(start..end).unwrap_or("")
    }
}

/// A file that something was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Text: its path in the tree.
    pub path: u32,
    /// Text: the format that it was parsed as.
    pub format: u32,
}

/// Places in documents, in columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// Rows of documents.
    pub documents: Vec<u32>,
    /// First byte.
    pub starts: Vec<u32>,
    /// The byte after the last one.
    pub ends: Vec<u32>,
    /// Line of the first byte, from 1.
    pub lines: Vec<u32>,
    /// Column of the first byte in code points, from 1.
    pub columns: Vec<u32>,
    /// Line of the end.
    pub end_lines: Vec<u32>,
    /// Column of the end.
    pub end_columns: Vec<u32>,
    /// Text: what the place contributes.
    pub notes: Vec<u32>,
    /// The origin that caused this one; always an earlier row.
    pub parents: Vec<u32>,
}

impl Origins {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The origin of a row, if it exists.
    pub fn get(&self, index: u32) -> Option<Origin> {
        let index = index as usize;
        Some(Origin {
            document: *self.documents.get(index)?,
            start: *self.starts.get(index)?,
            end: *self.ends.get(index)?,
            line: *self.lines.get(index)?,
            column: *self.columns.get(index)?,
            end_line: *self.end_lines.get(index)?,
            end_column: *self.end_columns.get(index)?,
            note: *self.notes.get(index)?,
            parent: *self.parents.get(index)?,
        })
    }

    /// Adds a row and returns its index.
    pub fn push(&mut self, origin: Origin) -> u32 {
        let index = row(self.documents.len());
        self.documents.push(origin.document);
        self.starts.push(origin.start);
        self.ends.push(origin.end);
        self.lines.push(origin.line);
        self.columns.push(origin.column);
        self.end_lines.push(origin.end_line);
        self.end_columns.push(origin.end_column);
        self.notes.push(origin.note);
        self.parents.push(origin.parent);
        index
    }
}

/// One row of [`Origins`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Row of the document.
    pub document: u32,
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
    /// Line of the first byte, from 1.
    pub line: u32,
    /// Column of the first byte in code points, from 1.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column of the end.
    pub end_column: u32,
    /// Text: what the place contributes.
    pub note: u32,
    /// The origin that caused this one, or [`NONE`].
    pub parent: u32,
}

/// A value that cannot be known before the infrastructure exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Text: the expression that could not be evaluated.
    pub expression: u32,
    /// Text: the reason.
    pub reason: u32,
    /// Text: the known prefix of the value.
    pub known_prefix: u32,
    /// Text: its type as far as known.
    pub expected_type: u32,
    /// The origin of the expression.
    pub origin: u32,
}

/// Trees of values in pre-order, in columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes {
    /// See [`Kind`].
    pub kinds: Vec<u8>,
    /// Text: the key in the parent mapping.
    pub keys: Vec<u32>,
    /// A text, an unknown or a node, depending on the kind.
    pub values: Vec<u32>,
    /// The origin of the key.
    pub key_origins: Vec<u32>,
    /// The origin of the value.
    pub origins: Vec<u32>,
    /// The node after the last one of the subtree.
    pub nexts: Vec<u32>,
}

impl Nodes {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kind of a node; null if the node does not exist.
    pub fn kind(&self, index: u32) -> Kind {
        self.kinds.get(index as usize).copied().and_then(Kind::from_number).unwrap_or(Kind::Null)
    }

    /// The node after the subtree; always greater than the node itself.
    pub fn next(&self, index: u32) -> u32 {
        self.nexts.get(index as usize).copied().unwrap_or(NONE).max(index.saturating_add(1))
    }
}

/// A declared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Text: its address.
    pub address: u32,
    /// Text: its kind.
    pub kind: u32,
    /// Text: its provider.
    pub provider: u32,
    /// Text: its name.
    pub name: u32,
    /// Text: the format it was written in.
    pub format: u32,
    /// Row of the document.
    pub document: u32,
    /// Node that holds its configuration.
    pub root: u32,
    /// The origin that readers see.
    pub origin: u32,
    /// Text: the address of its module.
    pub module: u32,
}

impl Default for Resource {
    /// Row 0 of each table, without texts and origin.
    fn default() -> Resource {
        Resource {
            address: 0,
            kind: 0,
            provider: 0,
            name: 0,
            format: 0,
            document: 0,
            root: 0,
            origin: NONE,
            module: 0,
        }
    }
}

/// A value that refers to another resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The referring node.
    pub from_node: u32,
    /// Row of the resource referred to, or [`NONE`].
    pub to_resource: u32,
    /// Text: the reference as it is in the file.
    pub target_text: u32,
    /// Text: the attribute of the target.
    pub attribute: u32,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Row of the document.
    pub document: u32,
    /// Its origin.
    pub origin: u32,
    /// Text, without the markers.
    pub text: u32,
}

/// A common form of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Row of the resource.
    pub resource: u32,
    /// Text, such as `kubernetes.pod@1`.
    pub id: u32,
    /// The root node of the shape.
    pub root: u32,
}

/// The content of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// All texts.
    pub strings: Strings,
    /// The files.
    pub documents: Vec<Document>,
    /// The places in the files.
    pub origins: Origins,
    /// The values that cannot be known.
    pub unknowns: Vec<Unknown>,
    /// The values.
    pub nodes: Nodes,
    /// The declared objects.
    pub resources: Vec<Resource>,
    /// The references between resources.
    pub relations: Vec<Relation>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// The shapes, in the order of their resources.
    pub shapes: Vec<Shape>,
}

impl Batch {
    /// A text.
    pub fn text(&self, index: u32) -> &str {
        self.strings.get(index)
    }

    /// The path of a document.
    pub fn path(&self, document: u32) -> &str {
        self.documents.get(document as usize).map_or("", |document| self.text(document.path))
    }

    /// The approximate size in bytes, for chunks and limits.
    pub fn weight(&self) -> usize {
        self.strings.arena.len()
            + self.strings.ends.len() * 4
            + self.origins.len() * 36
            + self.nodes.len() * 21
            + self.resources.len() * 36
            + (self.relations.len() + self.unknowns.len()) * 20
            + (self.comments.len() + self.shapes.len()) * 12
    }
}

/// The length of a table as an index. It never saturates in practice: the host refuses such tables.
pub(crate) fn row(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
