//! A cursor that hides the tables of a batch.

use crate::batch::{Batch, Kind, NONE, Origin, Resource, Unknown, row};

/// A value. Links are followed: a node behind an anchor looks like any other.
#[derive(Clone, Copy, Debug)]
pub struct Node<'b> {
    batch: &'b Batch,
    /// Its index in its mapping or sequence, links not followed.
    place: u32,
    /// The index of its value, links followed.
    index: u32,
}

impl<'b> Node<'b> {
    /// The node of an index.
    pub fn new(batch: &'b Batch, place: u32) -> Node<'b> {
        let mut index = place;
        // A link points at an earlier node (see `validate`), so this ends.
        while batch.nodes.kind(index) == Kind::Link {
            match batch.nodes.values.get(index as usize) {
                Some(target) if *target < index => index = *target,
                _ => break,
            }
        }
        Node { batch, place, index }
    }

    /// Its index, links followed. Outcomes refer to it.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its index in its mapping or sequence, links not followed.
    pub fn place(&self) -> u32 {
        self.place
    }

    /// Its kind; never [`Kind::Link`].
    pub fn kind(&self) -> Kind {
        self.batch.nodes.kind(self.index)
    }

    /// Its key; empty in a sequence.
    pub fn key(&self) -> &'b str {
        self.batch.text(self.batch.nodes.keys.get(self.place as usize).copied().unwrap_or(0))
    }

    /// The origin of its value.
    pub fn origin(&self) -> Option<Origin> {
        self.batch.origins.get(self.batch.nodes.origins.get(self.index as usize).copied().unwrap_or(NONE))
    }

    /// The origin of its key.
    pub fn key_origin(&self) -> Option<Origin> {
        self.batch.origins.get(self.batch.nodes.key_origins.get(self.place as usize).copied().unwrap_or(NONE))
    }

    /// The origin that readers see: that of a value, of the key of a block, or the first line of a block without a key.
    pub fn shown_at(&self) -> Option<Origin> {
        if !matches!(self.kind(), Kind::Mapping | Kind::Sequence) {
            return self.origin();
        }
        self.key_origin().or_else(|| {
            let whole = self.origin()?;
            let first = self.children().next();
            let until = first.and_then(|child| match child.kind() {
                Kind::Mapping | Kind::Sequence => child.key_origin(),
                _ => child.origin(),
            });
            Some(match until.filter(|it| it.document == whole.document && it.line == whole.line) {
                Some(it) => Origin { end: it.end, end_line: it.end_line, end_column: it.end_column, ..whole },
                None => whole,
            })
        })
    }

    /// Its direct children, in the order of the file; none for scalars.
    pub fn children(&self) -> impl Iterator<Item = Node<'b>> + use<'b> {
        let batch = self.batch;
        let end = match self.kind() {
            // Limited to the existing nodes, whatever the other columns contain.
            Kind::Mapping | Kind::Sequence => batch.nodes.next(self.index).min(row(batch.nodes.len())),
            _ => self.index,
        };
        let mut at = self.index.saturating_add(1);
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let node = Node::new(batch, at);
            at = batch.nodes.next(at);
            Some(node)
        })
    }

    /// The items of a sequence; none for other kinds.
    pub fn items(&self) -> impl Iterator<Item = Node<'b>> + use<'b> {
        let sequence = self.kind() == Kind::Sequence;
        self.children().filter(move |_| sequence)
    }

    /// The value of a key of a mapping. If the key occurs twice the last one counts, as with kubectl.
    pub fn get(&self, key: &str) -> Option<Node<'b>> {
        if self.kind() != Kind::Mapping {
            return None;
        }
        self.children().filter(|child| child.key() == key).last()
    }

    /// The value at a [path](crate::path); the node itself for an empty one.
    pub fn at(&self, path: &str) -> Option<Node<'b>> {
        crate::path::keys(path).try_fold(*self, |node, key| node.get(key))
    }

    /// The items of the sequence at a [path](crate::path); none for other kinds.
    pub fn items_at(&self, path: &str) -> impl Iterator<Item = Node<'b>> + use<'b> {
        self.at(path).into_iter().flat_map(|node| node.items())
    }

    fn raw(&self) -> &'b str {
        self.batch.text(self.batch.nodes.values.get(self.index as usize).copied().unwrap_or(0))
    }

    /// The value of a string.
    pub fn as_str(&self) -> Option<&'b str> {
        (self.kind() == Kind::Text).then(|| self.raw())
    }

    /// The text of a string, number or boolean, as written.
    pub fn as_scalar(&self) -> Option<&'b str> {
        matches!(self.kind(), Kind::Text | Kind::Number | Kind::Boolean).then(|| self.raw())
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.raw() == "true")
    }

    /// The value of an integer.
    pub fn as_i64(&self) -> Option<i64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// The value of a number.
    pub fn as_f64(&self) -> Option<f64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// What is known of an unknown value.
    pub fn as_unknown(&self) -> Option<&'b Unknown> {
        if self.kind() != Kind::Unknown {
            return None;
        }
        let row = self.batch.nodes.values.get(self.index as usize)?;
        self.batch.unknowns.get(*row as usize)
    }

    /// Its batch.
    pub fn batch(&self) -> &'b Batch {
        self.batch
    }
}

/// A resource of a batch.
#[derive(Clone, Copy, Debug)]
pub struct ResourceView<'b> {
    batch: &'b Batch,
    row: u32,
    resource: &'b Resource,
}

impl Batch {
    /// The resource of a row.
    pub fn resource(&self, row: u32) -> Option<ResourceView<'_>> {
        self.resources.get(row as usize).map(|resource| ResourceView { batch: self, row, resource })
    }

    /// All resources.
    pub fn resource_views(&self) -> impl Iterator<Item = ResourceView<'_>> {
        (0u32..).zip(&self.resources).map(|(row, resource)| ResourceView { batch: self, row, resource })
    }
}

impl<'b> ResourceView<'b> {
    /// Its row.
    pub fn row(&self) -> u32 {
        self.row
    }
    /// Its address.
    pub fn address(&self) -> &'b str {
        self.batch.text(self.resource.address)
    }
    /// Its kind.
    pub fn kind(&self) -> &'b str {
        self.batch.text(self.resource.kind)
    }
    /// Its provider.
    pub fn provider(&self) -> &'b str {
        self.batch.text(self.resource.provider)
    }
    /// Its name.
    pub fn name(&self) -> &'b str {
        self.batch.text(self.resource.name)
    }
    /// The format it was written in.
    pub fn format(&self) -> &'b str {
        self.batch.text(self.resource.format)
    }
    /// The address of its module.
    pub fn module(&self) -> &'b str {
        self.batch.text(self.resource.module)
    }
    /// The path of the file that declares it.
    pub fn path(&self) -> &'b str {
        self.batch.path(self.resource.document)
    }
    /// The origin that readers see.
    pub fn origin(&self) -> Option<Origin> {
        self.batch.origins.get(self.resource.origin)
    }
    /// Its configuration.
    pub fn root(&self) -> Node<'b> {
        Node::new(self.batch, self.resource.root)
    }
    /// Its shapes: the ID and the root node of each.
    pub fn shapes(&self) -> impl Iterator<Item = (&'b str, Node<'b>)> + use<'b> {
        let (batch, row) = (self.batch, self.row);
        let first = batch.shapes.partition_point(|shape| shape.resource < row);
        let own = batch.shapes.iter().skip(first).take_while(move |shape| shape.resource == row);
        own.map(|shape| (batch.text(shape.id), Node::new(batch, shape.root)))
    }

    /// The root node of a shape, if it has it.
    pub fn shape(&self, id: &str) -> Option<Node<'b>> {
        self.shapes().find(|(own, _)| *own == id).map(|(_, node)| node)
    }
    /// Its batch.
    pub fn batch(&self) -> &'b Batch {
        self.batch
    }
}
