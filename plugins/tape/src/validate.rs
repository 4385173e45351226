//! Validates a batch against the contract. The host does so before it uses one, since guests are untrusted.

use std::fmt;

use crate::batch::{Batch, Kind, NONE, Shape};

/// A broken rule of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The table and column, as the contract names them.
    pub place: &'static str,
    /// The row.
    pub row: usize,
    /// The rule.
    pub rule: &'static str,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} row {}: {}", self.place, self.row, self.rule)
    }
}

impl std::error::Error for Invalid {}

fn all<T>(
    place: &'static str,
    rule: &'static str,
    column: &[T],
    holds: impl Fn(&T) -> bool,
) -> Result<(), Invalid> {
    match column.iter().position(|value| !holds(value)) {
        None => Ok(()),
        Some(row) => Err(Invalid { place, row, rule }),
    }
}

fn same(place: &'static str, length: usize, others: &[usize]) -> Result<(), Invalid> {
    match others.iter().find(|other| **other != length) {
        None => Ok(()),
        Some(other) => Err(Invalid { place, row: *other, rule: "columns differ in length" }),
    }
}

impl Batch {
    /// Checks every index, length and nesting.
    pub fn validate(&self) -> Result<(), Invalid> {
        self.validate_strings()?;
        let texts = self.strings.ends.len();
        let text = |index: &u32| (*index as usize) < texts;
        all("documents", "no such text", &self.documents, |it| text(&it.path) && text(&it.format))?;
        self.validate_origins(texts)?;
        let origins = self.origins.len();
        let origin = |index: &u32| *index == NONE || (*index as usize) < origins;
        all("unknowns", "no such text or origin", &self.unknowns, |it| {
            [it.expression, it.reason, it.known_prefix, it.expected_type].iter().all(text)
                && origin(&it.origin)
        })?;
        self.validate_nodes(texts, origins)?;
        let nodes = self.nodes.len();
        let node = |index: &u32| (*index as usize) < nodes;
        let documents = self.documents.len();
        let document = |index: &u32| (*index as usize) < documents;
        all("resources", "no such text, document, node or origin", &self.resources, |it| {
            [it.address, it.kind, it.provider, it.name, it.format, it.module].iter().all(text)
                && document(&it.document)
                && node(&it.root)
                && origin(&it.origin)
        })?;
        let resources = self.resources.len();
        let resource = |index: &u32| (*index as usize) < resources;
        all("relations", "no such text, resource or node", &self.relations, |it| {
            node(&it.from_node)
                && (it.to_resource == NONE || resource(&it.to_resource))
                && text(&it.target_text)
                && text(&it.attribute)
        })?;
        all("comments", "no such document, origin or text", &self.comments, |it| {
            document(&it.document) && origin(&it.origin) && text(&it.text)
        })?;
        all("shapes", "no such resource, text or node", &self.shapes, |it| {
            resource(&it.resource) && text(&it.id) && node(&it.root)
        })?;
        let ordered = |(one, next): (&Shape, &Shape)| one.resource <= next.resource;
        match self.shapes.iter().zip(self.shapes.iter().skip(1)).position(|pair| !ordered(pair)) {
            None => Ok(()),
            Some(before) => Err(Invalid {
                place: "shapes",
                row: before + 1,
                rule: "shapes must be in the order of their resources",
            }),
        }
    }

    fn validate_strings(&self) -> Result<(), Invalid> {
        let place = "strings.ends";
        if self.strings.ends.first() != Some(&0) {
            return Err(Invalid { place, row: 0, rule: "text 0 must be empty" });
        }
        let mut last = 0;
        for (row, end) in self.strings.ends.iter().enumerate() {
            if *end < last || !self.strings.arena.is_char_boundary(*end as usize) {
                return Err(Invalid {
                    place,
                    row,
                    rule: "an end must be in the arena, in order, between characters",
                });
            }
            last = *end;
        }
        Ok(())
    }

    fn validate_origins(&self, texts: usize) -> Result<(), Invalid> {
        let it = &self.origins;
        let length = it.len();
        let lengths = [
            it.starts.len(),
            it.ends.len(),
            it.lines.len(),
            it.columns.len(),
            it.end_lines.len(),
            it.end_columns.len(),
            it.notes.len(),
            it.parents.len(),
        ];
        same("origins", length, &lengths)?;
        let documents = self.documents.len();
        all("origins.documents", "no such document", &it.documents, |index| (*index as usize) < documents)?;
        all("origins.notes", "no such text", &it.notes, |index| (*index as usize) < texts)?;
        all("origins.lines", "lines count from 1", &it.lines, |line| *line > 0)?;
        all("origins.columns", "columns count from 1", &it.columns, |column| *column > 0)?;
        all("origins.end-lines", "lines count from 1", &it.end_lines, |line| *line > 0)?;
        all("origins.end-columns", "columns count from 1", &it.end_columns, |column| *column > 0)?;
        for (row, parent) in it.parents.iter().enumerate() {
            if *parent != NONE && *parent as usize >= row {
                return Err(Invalid {
                    place: "origins.parents",
                    row,
                    rule: "a parent must be an earlier row",
                });
            }
        }
        Ok(())
    }

    fn validate_nodes(&self, texts: usize, origins: usize) -> Result<(), Invalid> {
        let it = &self.nodes;
        let length = it.len();
        let lengths =
            [it.keys.len(), it.values.len(), it.key_origins.len(), it.origins.len(), it.nexts.len()];
        same("nodes", length, &lengths)?;
        all("nodes.kinds", "no such kind", &it.kinds, |kind| Kind::from_number(*kind).is_some())?;
        all("nodes.keys", "no such text", &it.keys, |index| (*index as usize) < texts)?;
        let origin = |index: &u32| *index == NONE || (*index as usize) < origins;
        all("nodes.key-origins", "no such origin", &it.key_origins, origin)?;
        all("nodes.origins", "no such origin", &it.origins, origin)?;
        // The open subtrees at each node; their ends must nest.
        let mut open: Vec<u32> = Vec::new();
        for (at, ((kind, next), value)) in (0u32..).zip(it.kinds.iter().zip(&it.nexts).zip(&it.values)) {
            let row = at as usize;
            while open.last().is_some_and(|end| *end <= at) {
                open.pop();
            }
            let limit = open.last().copied().unwrap_or(u32::try_from(length).unwrap_or(NONE));
            let kind = Kind::from_number(*kind).unwrap_or(Kind::Null);
            let container = matches!(kind, Kind::Mapping | Kind::Sequence);
            if *next <= at || *next > limit || (!container && *next != at + 1) {
                return Err(Invalid { place: "nodes.nexts", row, rule: "subtrees must nest" });
            }
            let sound = match kind {
                Kind::Boolean | Kind::Number | Kind::Text => (*value as usize) < texts,
                Kind::Unknown => (*value as usize) < self.unknowns.len(),
                Kind::Link => *value < at && it.next(*value) <= at,
                Kind::Mapping | Kind::Sequence | Kind::Null => true,
            };
            if !sound {
                return Err(Invalid {
                    place: "nodes.values",
                    row,
                    rule: "no such text, unknown or earlier whole node",
                });
            }
            if container {
                open.push(*next);
            }
        }
        Ok(())
    }
}
