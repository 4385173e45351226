//! What a pack is asked.

use palisade_domain::tape::Batch;

use crate::bindings::pack::palisade::types::tape as wire;

pub(crate) use crate::bindings::pack::palisade::types::core::PropertyParam as Property;

/// The small tables of a batch in the contract's types; the columns are borrowed as they are.
pub(crate) struct Tables {
    documents: Vec<wire::Document>,
    unknowns: Vec<wire::Unknown>,
    resources: Vec<wire::Resource>,
    relations: Vec<wire::Relation>,
    comments: Vec<wire::Comment>,
    shapes: Vec<wire::Shape>,
}

impl Tables {
    pub(crate) fn new(batch: &Batch) -> Tables {
        Tables {
            documents: batch
                .documents
                .iter()
                .map(|it| wire::Document { path: it.path, format: it.format })
                .collect(),
            unknowns: batch
                .unknowns
                .iter()
                .map(|it| wire::Unknown {
                    expression: it.expression,
                    reason: it.reason,
                    known_prefix: it.known_prefix,
                    expected_type: it.expected_type,
                    origin: it.origin,
                })
                .collect(),
            resources: batch
                .resources
                .iter()
                .map(|it| wire::Resource {
                    address: it.address,
                    kind: it.kind,
                    provider: it.provider,
                    name: it.name,
                    format: it.format,
                    document: it.document,
                    root: it.root,
                    origin: it.origin,
                    module: it.module,
                })
                .collect(),
            relations: batch
                .relations
                .iter()
                .map(|it| wire::Relation {
                    from_node: it.from_node,
                    to_resource: it.to_resource,
                    target_text: it.target_text,
                    attribute: it.attribute,
                })
                .collect(),
            comments: batch
                .comments
                .iter()
                .map(|it| wire::Comment { document: it.document, origin: it.origin, text: it.text })
                .collect(),
            shapes: batch
                .shapes
                .iter()
                .map(|it| wire::Shape { resource: it.resource, id: it.id, root: it.root })
                .collect(),
        }
    }

    pub(crate) fn wire<'a>(&'a self, batch: &'a Batch) -> wire::Batch<'a> {
        wire::Batch {
            strings: wire::Strings { arena: &batch.strings.arena, ends: &batch.strings.ends },
            documents: &self.documents,
            origins: wire::Origins {
                documents: &batch.origins.documents,
                starts: &batch.origins.starts,
                ends: &batch.origins.ends,
                lines: &batch.origins.lines,
                columns: &batch.origins.columns,
                end_lines: &batch.origins.end_lines,
                end_columns: &batch.origins.end_columns,
                notes: &batch.origins.notes,
                parents: &batch.origins.parents,
            },
            unknowns: &self.unknowns,
            nodes: wire::Nodes {
                kinds: &batch.nodes.kinds,
                keys: &batch.nodes.keys,
                values: &batch.nodes.values,
                key_origins: &batch.nodes.key_origins,
                origins: &batch.nodes.origins,
                nexts: &batch.nodes.nexts,
            },
            resources: &self.resources,
            relations: &self.relations,
            comments: &self.comments,
            shapes: &self.shapes,
        }
    }
}
