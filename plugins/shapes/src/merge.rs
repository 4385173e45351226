//! Merges tables to one set of shapes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use thiserror::Error;

use crate::compile::{Companions, FieldRule, check_fields, fields, keys};
use crate::tables::{Define, Source, Spelling, Tables};

/// Why tables conflict, or a table is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    /// A shape is defined twice.
    #[error(
        "shape `{id}` of `{owner}` is already defined by `{other}`: add kinds to it with `[[shapes.extend]]`, or give it \
         another id"
    )]
    Defined {
        /// The shape.
        id: String,
        /// The owner of the second definition.
        owner: String,
        /// The owner of the first definition.
        other: String,
    },
    /// A kind has two sources for one shape.
    #[error(
        "kind `{kind}` ({format}) already has shape `{id}` by a table of `{other}`: remove it from the table of `{owner}`"
    )]
    Second {
        /// The shape.
        id: String,
        /// The kind.
        kind: String,
        /// Its format.
        format: String,
        /// The owner of the second source.
        owner: String,
        /// The owner of the first source.
        other: String,
    },
    /// A shape that is extended is not defined.
    #[error("`{owner}` extends shape `{id}`, which no table defines")]
    Undefined {
        /// The shape.
        id: String,
        /// The owner of the table that extends it.
        owner: String,
    },
    /// A table is invalid.
    #[error("table of shape `{id}` of `{owner}`: {why}")]
    Wrong {
        /// The shape, or the kind of a carrier.
        id: String,
        /// The owner of the table.
        owner: String,
        /// The error.
        why: String,
    },
}

/// Matches every kind.
const EVERY_KIND: &str = "*";

/// How a kind gets a shape.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) keys: BTreeSet<String>,
    pub(crate) at: Vec<String>,
    pub(crate) mappings: Vec<Vec<String>>,
    pub(crate) sequences: Vec<Vec<String>>,
    pub(crate) spelling: Option<Arc<Spelling>>,
    /// Its fields in the order of their paths, if the shape has fields.
    pub(crate) fields: Option<Vec<FieldRule>>,
    /// How many other shapes must be made before this one.
    pub(crate) rank: u32,
}

/// A format and a kind that has a shape, or is a carrier.
type Named = (String, String);

/// Where a carrier has its object, and the object's format.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) at: Vec<String>,
    /// Whether it is the document in a text.
    pub(crate) document: bool,
    pub(crate) holds: String,
}

/// All shapes, compiled for batches.
#[derive(Debug, Default)]
pub struct Shapes {
    pub(crate) rules: Vec<Rule>,
    /// Rules of a format and kind.
    by_kind: FxHashMap<Named, Vec<usize>>,
    /// Rules of a format for every other kind.
    others: FxHashMap<String, Vec<usize>>,
    carriers: FxHashMap<Named, Carried>,
    pub(crate) companions: Vec<Companions>,
    /// Kinds of all companions.
    pub(crate) beside: FxHashSet<String>,
    text: String,
}

/// Whether an ID is a name, `@` and a number.
fn is_id(id: &str) -> bool {
    let is_name = |it: &str| {
        !it.is_empty()
            && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b".-".contains(&it))
    };
    id.split_once('@').is_some_and(|(name, version)| is_name(name) && version.parse::<u32>().is_ok())
}

/// Tables while they are merged.
#[derive(Default)]
struct Merger<'a> {
    shapes: Shapes,
    /// The definitions of shapes, with their owners.
    defined: BTreeMap<&'a str, (&'a str, &'a Define)>,
    /// The owners of a format and kind of a shape.
    named: BTreeMap<(&'a str, &'a str, &'a str), &'a str>,
}

impl Shapes {
    /// Merges all tables, each with its owner. The order matters only for messages.
    ///
    /// # Errors
    /// If two tables conflict, or one is invalid.
    pub fn merge<'a>(all: impl IntoIterator<Item = (&'a str, &'a Tables)>) -> Result<Shapes, Conflict> {
        let all: Vec<(&str, &Tables)> = all.into_iter().collect();
        let mut merger = Merger::default();
        for (owner, tables) in &all {
            for it in &tables.define {
                if let Some((other, _)) = merger.defined.insert(&it.id, (owner, it)) {
                    let (id, owner, other) = (it.id.clone(), (*owner).to_owned(), other.to_owned());
                    return Err(Conflict::Defined { id, owner, other });
                }
            }
        }
        for (owner, tables) in all {
            let companions = merger.companions(owner, tables)?;
            let defined = tables.define.iter().map(|it| (&it.id, &it.from));
            for (id, from) in defined.chain(tables.extend.iter().map(|it| (&it.id, &it.from))) {
                for source in from {
                    merger.source((owner, tables), &companions, id, source)?;
                }
            }
            for carrier in &tables.carrier {
                let first = carrier.kinds.first().map_or("", String::as_str);
                let wrong = |why| Conflict::Wrong { id: first.to_owned(), owner: owner.to_owned(), why };
                let at = keys(&carrier.at).map_err(wrong)?;
                for (format, kind) in pairs(&carrier.formats, &carrier.kinds) {
                    let key = (format.to_owned(), kind.to_owned());
                    let (document, holds) = (carrier.document, carrier.holds.clone());
                    let carried = Carried { at: at.clone(), document, holds };
                    if merger.shapes.carriers.insert(key, carried).is_some() {
                        return Err(wrong(format!("`{kind}` ({format}) already carries something")));
                    }
                }
            }
            let text = toml::to_string(tables).map_err(|error| Conflict::Wrong {
                id: String::new(),
                owner: owner.to_owned(),
                why: error.to_string(),
            })?;
            merger.shapes.text.push_str(&text);
        }
        merger.rank()?;
        Ok(merger.shapes)
    }

    /// All tables as text, which completely determines the shapes: two sets with the same text add the same shapes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The rules for a kind: those that name it, and for other shapes those for every other kind.
    pub(crate) fn rules_of(&self, format: &str, kind: &str) -> Vec<&Rule> {
        let named = self.by_kind.get(&(format.to_owned(), kind.to_owned())).into_iter().flatten();
        let mut rules: Vec<&Rule> = named.filter_map(|rule| self.rules.get(*rule)).collect();
        let others = self.others.get(format).into_iter().flatten().filter_map(|rule| self.rules.get(*rule));
        let others: Vec<&Rule> = others.filter(|it| rules.iter().all(|rule| rule.id != it.id)).collect();
        rules.extend(others);
        rules
    }

    pub(crate) fn carried(&self, format: &str, kind: &str) -> Option<&Carried> {
        self.carriers.get(&(format.to_owned(), kind.to_owned()))
    }
}

fn pairs<'a>(
    formats: &'a BTreeSet<String>,
    kinds: &'a BTreeSet<String>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    formats.iter().flat_map(move |format| kinds.iter().map(move |kind| (format.as_str(), kind.as_str())))
}

impl<'a> Merger<'a> {
    /// The rows of the companions of a set, by name.
    fn companions<'t>(
        &mut self,
        owner: &str,
        tables: &'t Tables,
    ) -> Result<BTreeMap<&'t str, usize>, Conflict> {
        let mut rows = BTreeMap::new();
        for (name, table) in &tables.companion {
            let companions = Companions::of(table).map_err(|why| Conflict::Wrong {
                id: format!("companion.{name}"),
                owner: owner.to_owned(),
                why,
            })?;
            rows.insert(name.as_str(), self.shapes.companions.len());
            self.shapes.beside.extend(companions.kinds.iter().cloned());
            self.shapes.companions.push(companions);
        }
        Ok(rows)
    }

    /// Ranks the shapes, so that shapes that others look into are made first.
    fn rank(&mut self) -> Result<(), Conflict> {
        let mut into: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for rule in &self.shapes.rules {
            let looked_into = rule.fields.iter().flatten().flat_map(FieldRule::shapes);
            into.entry(&rule.id).or_default().extend(looked_into);
        }
        let mut ranks: BTreeMap<String, u32> = BTreeMap::new();
        let mut rank = 0;
        while ranks.len() < into.len() {
            let is_ready = |(id, shapes): &(&&str, &BTreeSet<&str>)| {
                !ranks.contains_key(**id) && shapes.iter().all(|it| ranks.contains_key(*it))
            };
            let ready: Vec<String> = into.iter().filter(is_ready).map(|(id, _)| (*id).to_owned()).collect();
            if ready.is_empty() {
                let stuck = into.iter().find(|(id, _)| !ranks.contains_key(**id));
                let Some((id, shapes)) = stuck else { break };
                let owner = self.defined.get(id).map_or("", |(owner, _)| owner).to_owned();
                let id = (*id).to_owned();
                let unknown = shapes.iter().find(|it| !self.defined.contains_key(**it));
                let why = match unknown {
                    Some(shape) => format!("shape `{shape}`, which a field looks into, is not defined"),
                    None => "its fields lead into a shape whose fields lead back".to_owned(),
                };
                return Err(Conflict::Wrong { id, owner, why });
            }
            ranks.extend(ready.into_iter().map(|id| (id, rank)));
            rank += 1;
        }
        for rule in &mut self.shapes.rules {
            rule.rank = ranks.get(&rule.id).copied().unwrap_or(0);
        }
        Ok(())
    }

    fn source(
        &mut self,
        (owner, tables): (&'a str, &Tables),
        companions: &BTreeMap<&str, usize>,
        id: &'a str,
        source: &'a Source,
    ) -> Result<(), Conflict> {
        let wrong = |why: String| Conflict::Wrong { id: id.to_owned(), owner: owner.to_owned(), why };
        let Some((definer, shape)) = self.defined.get(id).copied() else {
            return Err(Conflict::Undefined { id: id.to_owned(), owner: owner.to_owned() });
        };
        if !is_id(id) {
            return Err(wrong("an id is a name in lower case, `@` and a version: `acme.queue@1`".to_owned()));
        }
        let paths = |all: &BTreeSet<String>| all.iter().map(|it| keys(it)).collect::<Result<Vec<_>, _>>();
        let spelling = match &source.spelling {
            None => None,
            Some(name) => {
                let known = tables.spelling.get(name);
                let known = known.ok_or_else(|| wrong(format!("`spelling.{name}` is not found in it")))?;
                Some(Arc::new(known.clone()))
            }
        };
        check_fields(&shape.fields).map_err(wrong)?;
        let rule = self.shapes.rules.len();
        self.shapes.rules.push(Rule {
            id: id.to_owned(),
            keys: shape.keys.clone(),
            at: keys(&source.at).map_err(wrong)?,
            mappings: paths(&source.mappings).map_err(wrong)?,
            sequences: paths(&source.sequences).map_err(wrong)?,
            spelling,
            fields: fields(&shape.fields, source, companions).map_err(wrong)?,
            rank: 0,
        });
        if owner != definer && source.kinds.contains(EVERY_KIND) {
            return Err(wrong(format!("only `{definer}`, which defines the shape, may name every kind")));
        }
        for (format, kind) in pairs(&source.formats, &source.kinds) {
            if let Some(other) = self.named.insert((id, format, kind), owner) {
                let text = str::to_owned;
                let (id, kind, format) = (text(id), text(kind), text(format));
                return Err(Conflict::Second { id, kind, format, owner: text(owner), other: text(other) });
            }
            if kind == EVERY_KIND {
                self.shapes.others.entry(format.to_owned()).or_default().push(rule);
            } else {
                self.shapes.by_kind.entry((format.to_owned(), kind.to_owned())).or_default().push(rule);
            }
        }
        Ok(())
    }
}
