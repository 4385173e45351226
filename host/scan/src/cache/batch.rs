//! Encodes a batch: its columns one after another, each with its length.

use palisade_domain::tape::{
    Batch, Comment, Document, Nodes, Origins, Relation, Resource, Shape, Strings, Unknown,
};

fn put(out: &mut Vec<u8>, length: usize, words: impl Iterator<Item = u32>) {
    out.extend_from_slice(&(length as u64).to_le_bytes());
    words.for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

fn column(out: &mut Vec<u8>, words: &[u32]) {
    put(out, words.len(), words.iter().copied());
}

fn rows<T, const N: usize>(out: &mut Vec<u8>, rows: &[T], row: impl Fn(&T) -> [u32; N]) {
    put(out, rows.len() * N, rows.iter().flat_map(row));
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Encodes a batch; equal batches give equal bytes.
pub(super) fn encode(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(batch.weight() + 512);
    bytes(&mut out, batch.strings.arena.as_bytes());
    column(&mut out, &batch.strings.ends);
    rows(&mut out, &batch.documents, |it| [it.path, it.format]);
    let origins = &batch.origins;
    for words in [
        &origins.documents,
        &origins.starts,
        &origins.ends,
        &origins.lines,
        &origins.columns,
        &origins.end_lines,
        &origins.end_columns,
        &origins.notes,
        &origins.parents,
    ] {
        column(&mut out, words);
    }
    rows(&mut out, &batch.unknowns, |it| {
        [it.expression, it.reason, it.known_prefix, it.expected_type, it.origin]
    });
    let nodes = &batch.nodes;
    bytes(&mut out, &nodes.kinds);
    for words in [&nodes.keys, &nodes.values, &nodes.key_origins, &nodes.origins, &nodes.nexts] {
        column(&mut out, words);
    }
    rows(&mut out, &batch.resources, |it| {
        [it.address, it.kind, it.provider, it.name, it.format, it.document, it.root, it.origin, it.module]
    });
    rows(&mut out, &batch.relations, |it| [it.from_node, it.to_resource, it.target_text, it.attribute]);
    rows(&mut out, &batch.comments, |it| [it.document, it.origin, it.text]);
    rows(&mut out, &batch.shapes, |it| [it.resource, it.id, it.root]);
    out
}

/// The bytes that are not yet read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, width: usize) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?.checked_mul(width)?;
        let (taken, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        Some(self.take(1)?.to_vec())
    }

    fn column(&mut self) -> Option<Vec<u32>> {
        let (words, _) = self.take(4)?.as_chunks::<4>();
        Some(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    fn rows<T, const N: usize>(&mut self, row: impl Fn([u32; N]) -> T) -> Option<Vec<T>> {
        let (words, _) = self.take(4)?.as_chunks::<4>();
        let (rows, rest) = words.as_chunks::<N>();
        rest.is_empty().then(|| rows.iter().map(|it| row(it.map(u32::from_le_bytes))).collect())
    }
}

/// Decodes a batch. It is validated against the contract again: that is faster than decoding, and no code of the host
/// sees a batch that is not validated.
pub(super) fn decode(bytes: &[u8]) -> Option<Batch> {
    let mut from = Reader(bytes);
    let batch = Batch {
        strings: Strings { arena: String::from_utf8(from.bytes()?).ok()?, ends: from.column()? },
        documents: from.rows(|[path, format]| Document { path, format })?,
        origins: Origins {
            documents: from.column()?,
            starts: from.column()?,
            ends: from.column()?,
            lines: from.column()?,
            columns: from.column()?,
            end_lines: from.column()?,
            end_columns: from.column()?,
            notes: from.column()?,
            parents: from.column()?,
        },
        unknowns: from.rows(|[expression, reason, known_prefix, expected_type, origin]| Unknown {
            expression,
            reason,
            known_prefix,
            expected_type,
            origin,
        })?,
        nodes: Nodes {
            kinds: from.bytes()?,
            keys: from.column()?,
            values: from.column()?,
            key_origins: from.column()?,
            origins: from.column()?,
            nexts: from.column()?,
        },
        resources: from.rows(|[address, kind, provider, name, format, document, root, origin, module]| {
            Resource { address, kind, provider, name, format, document, root, origin, module }
        })?,
        relations: from.rows(|[from_node, to_resource, target_text, attribute]| Relation {
            from_node,
            to_resource,
            target_text,
            attribute,
        })?,
        comments: from.rows(|[document, origin, text]| Comment { document, origin, text })?,
        shapes: from.rows(|[resource, id, root]| Shape { resource, id, root })?,
    };
    (from.0.is_empty() && batch.validate().is_ok()).then_some(batch)
}
