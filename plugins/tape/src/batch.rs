//! The tables, as `palisade:types/tape` names them.

/// The index that points nowhere.
pub const NONE: u32 = u32::MAX;

/// How many keys of a mapping are looked up by way of a link: a file of links to one huge mapping must not cost its
/// square.
pub const MAX_LINKED_KEYS: usize = 1_000;

/// The id of a side table in the place of a shape: the JSON documents that the attributes of a resource of Terraform hold,
/// by their paths, such as `inline_policy.0.policy`.
pub const DECODED: &str = "terraform.decoded@1";

/// The id of another one: a value that cannot be known and decides whether a resource of Terraform is there at all, or how
/// many of it there are: its `count` or `for_each`.
pub const UNCERTAIN: &str = "terraform.uncertain@1";

/// What a node is. The numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Keys and values.
    Mapping = 0,
    /// Values in order.
    Sequence = 1,
    /// Nothing, said explicitly.
    Null = 2,
    /// `true` or `false`.
    Boolean = 3,
    /// A number, in JSON's notation.
    Number = 4,
    /// A text.
    Text = 5,
    /// A value that cannot be known yet; see [`Unknown`].
    Unknown = 6,
    /// The subtree of another node.
    Link = 7,
}

impl Kind {
    /// The kind of that number, if there is one.
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
    /// All texts, one behind the other.
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
    /// The text of that index; the empty one where there is none.
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
    /// Text: where it is in the tree.
    pub path: u32,
    /// Text: the format it was read as.
    pub format: u32,
}

/// Places in documents, in columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// Rows of documents.
    pub documents: Vec<u32>,
    /// First byte.
    pub starts: Vec<u32>,
    /// The byte past the last one.
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

    /// A row, if there is one.
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

    /// Adds a row and gives its index.
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
    /// The byte past the last one.
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
    /// Text: the expression that stopped it.
    pub expression: u32,
    /// Text: why.
    pub reason: u32,
    /// Text: what the value certainly begins with.
    pub known_prefix: u32,
    /// Text: its type as far as known.
    pub expected_type: u32,
    /// Where the expression stands.
    pub origin: u32,
}

/// Trees of values in pre-order, in columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes {
    /// See [`Kind`].
    pub kinds: Vec<u8>,
    /// Text: the key in the mapping above.
    pub keys: Vec<u32>,
    /// A text, an unknown or a node, depending on the kind.
    pub values: Vec<u32>,
    /// Where the key stands.
    pub key_origins: Vec<u32>,
    /// Where the value stands.
    pub origins: Vec<u32>,
    /// The node past the last one of the subtree.
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

    /// The kind of a node; null where there is no such node.
    pub fn kind(&self, index: u32) -> Kind {
        self.kinds.get(index as usize).copied().and_then(Kind::from_number).unwrap_or(Kind::Null)
    }

    /// The node past the subtree; never at or before the node itself.
    pub fn next(&self, index: u32) -> u32 {
        self.nexts.get(index as usize).copied().unwrap_or(NONE).max(index.saturating_add(1))
    }
}

/// One thing that is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Text: its address.
    pub address: u32,
    /// Text: its kind.
    pub kind: u32,
    /// Text: whose it is.
    pub provider: u32,
    /// Text: its own name.
    pub name: u32,
    /// Text: the format it was written in.
    pub format: u32,
    /// Row of the document.
    pub document: u32,
    /// Node that holds its configuration.
    pub root: u32,
    /// Where a reader finds it.
    pub origin: u32,
    /// Text: the module that holds it.
    pub module: u32,
}

impl Default for Resource {
    /// The first of each row, without texts and origin.
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
    /// Text: what the file says.
    pub target_text: u32,
    /// Text: what of the target is meant.
    pub attribute: u32,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Row of the document.
    pub document: u32,
    /// Where it stands.
    pub origin: u32,
    /// Text, without the markers.
    pub text: u32,
}

/// One form for one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Row of the resource.
    pub resource: u32,
    /// Text, such as `kubernetes.pod@1`.
    pub id: u32,
    /// The node that has the form.
    pub root: u32,
}

/// All that a unit holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Every text.
    pub strings: Strings,
    /// The files.
    pub documents: Vec<Document>,
    /// The places.
    pub origins: Origins,
    /// The values that cannot be known.
    pub unknowns: Vec<Unknown>,
    /// The values.
    pub nodes: Nodes,
    /// What is declared.
    pub resources: Vec<Resource>,
    /// What refers to what.
    pub relations: Vec<Relation>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// The common forms, in the order of their resources.
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

    /// About how many bytes it takes, for batching and limits.
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

/// A table's length as an index. Tables stop growing long before this saturates: the host refuses them.
pub(crate) fn row(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
