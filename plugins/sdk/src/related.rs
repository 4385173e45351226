//! The resources that a subject refers to.

use std::cell::OnceCell;

use crate::Node;
use crate::rule::Subject;
use crate::tape::Relations;

/// Indices for judging a batch, built on first use.
#[derive(Debug, Default)]
pub(crate) struct Index {
    relations: OnceCell<Relations>,
}

impl<'b> Subject<'b> {
    /// The shapes with an id of the resources that values of this one refer to. A control without `related` kinds has
    /// them in its batch: resources that refer to each other are judged together.
    pub fn refers_to(&self, shape: &str) -> impl Iterator<Item = Node<'b>> {
        let batch = self.resource.batch();
        let relations = self.index.relations.get_or_init(|| Relations::of(batch));
        let relations = relations.from_resource(self.resource);
        relations.filter_map(move |it| batch.resource(it.to_resource)?.shape(shape))
    }
}
