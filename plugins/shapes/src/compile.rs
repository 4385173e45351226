//! Compiles fields of shapes for lookups.

use std::collections::{BTreeMap, BTreeSet};

use palisade_tape::path;

use crate::tables::{Companion, Field, Place, Scalar, Source};

/// A field of a shape, for the resources of one source.
#[derive(Debug)]
pub(crate) struct FieldRule {
    pub(crate) path: Vec<String>,
    pub(crate) many: bool,
    pub(crate) prefer: Option<String>,
    pub(crate) default: Option<Scalar>,
    /// Whether it is a sequence of blocks with fields.
    pub(crate) has_items: bool,
    pub(crate) places: Vec<PlaceRule>,
}

/// A place where a field may be set.
#[derive(Debug)]
pub(crate) struct PlaceRule {
    /// Row of [`Shapes::companions`](crate::Shapes); `None` for the resource itself.
    pub(crate) of: Option<usize>,
    pub(crate) at: Vec<String>,
    pub(crate) shape: Option<String>,
    pub(crate) document: bool,
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) only: BTreeSet<String>,
    pub(crate) default: Option<String>,
    pub(crate) certain: bool,
    /// The fields of the blocks at the path.
    pub(crate) fields: Vec<FieldRule>,
}

impl FieldRule {
    /// The shapes that its places look into.
    pub(crate) fn shapes(&self) -> Vec<&str> {
        let own = self.places.iter().filter_map(|it| it.shape.as_deref());
        let items = self.places.iter().flat_map(|it| &it.fields).flat_map(FieldRule::shapes);
        own.chain(items).collect()
    }
}

/// The companions of resources.
#[derive(Debug)]
pub(crate) struct Companions {
    pub(crate) kinds: BTreeSet<String>,
    pub(crate) by: Vec<Link>,
    pub(crate) named: Vec<Link>,
    pub(crate) same: Option<Vec<String>>,
}

/// Where one resource refers to another, and the paths of the other's possible names there.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) path: Vec<String>,
    pub(crate) names: Vec<Vec<String>>,
}

/// The keys of a path, which must be valid.
pub(crate) fn keys(text: &str) -> Result<Vec<String>, String> {
    path::check(text).map_err(|error| format!("`{text}`: {error}"))?;
    Ok(path::keys(text).map(str::to_owned).collect())
}

impl Companions {
    pub(crate) fn of(table: &Companion) -> Result<Companions, String> {
        let ways = [!table.by.is_empty(), !table.named.is_empty(), table.same.is_some()];
        if ways.into_iter().filter(|it| *it).count() > 1 {
            return Err("a companion has one of `by`, `named` and `same`".to_owned());
        }
        let same = table.same.as_deref().map(keys).transpose()?;
        if same.as_ref().is_some_and(Vec::is_empty) {
            return Err("`same` has an empty path".to_owned());
        }
        let links = |all: &BTreeMap<String, Vec<String>>| {
            let link = |(path, names): (&String, &Vec<String>)| {
                let names = names.iter().map(|it| keys(it)).collect::<Result<_, _>>()?;
                Ok(Link { path: keys(path)?, names })
            };
            all.iter().map(link).collect::<Result<Vec<Link>, String>>()
        };
        let (by, named) = (links(&table.by)?, links(&table.named)?);
        Ok(Companions { kinds: table.kinds.clone(), by, named, same })
    }
}

/// Checks the paths of the fields of a shape: none may lead through another.
pub(crate) fn check_fields(fields: &BTreeMap<String, Field>) -> Result<(), String> {
    let mut paths = BTreeSet::new();
    for (name, field) in fields {
        let path = keys(name)?;
        if path.is_empty() {
            return Err("a field has an empty path".to_owned());
        }
        if !field.items.is_empty() {
            check_fields(&field.items)?;
            if let Some(name) = field.items.iter().find(|(_, it)| !it.items.is_empty()).map(|(name, _)| name)
            {
                return Err(format!("field `{name}` of an item has items of its own"));
            }
        }
        if (field.many || !field.items.is_empty()) && (field.prefer.is_some() || field.default.is_some()) {
            return Err(format!("field `{name}` has many values: it cannot have `prefer` or `default`"));
        }
        if !paths.insert(path) {
            return Err(format!("field `{name}` is there twice"));
        }
    }
    // In sorted order, a path is followed by those that it leads to.
    let through = paths.iter().zip(paths.iter().skip(1)).find(|(one, next)| next.starts_with(one));
    through.map_or(Ok(()), |(one, _)| Err(format!("field `{}` has fields in it", one.join("."))))
}

/// The fields of a shape for a source; `None` if the shape has no fields.
pub(crate) fn fields(
    of_shape: &BTreeMap<String, Field>,
    source: &Source,
    companions: &BTreeMap<&str, usize>,
) -> Result<Option<Vec<FieldRule>>, String> {
    if of_shape.is_empty() && source.fields.is_empty() {
        return Ok(None);
    }
    if source.fields.is_empty() {
        return Err("the shape has fields: name where they are".to_owned());
    }
    if source.spelling.is_some() {
        return Err("the shape has fields, which need no `spelling`".to_owned());
    }
    compile(of_shape, &source.fields, companions).map(Some)
}

fn compile(
    of_shape: &BTreeMap<String, Field>,
    written: &BTreeMap<String, Vec<Place>>,
    companions: &BTreeMap<&str, usize>,
) -> Result<Vec<FieldRule>, String> {
    if let Some(name) = written.keys().find(|it| !of_shape.contains_key(*it)) {
        return Err(format!("the shape has no field `{name}`: only its definition names fields"));
    }
    let mut all = Vec::with_capacity(written.len());
    for (name, field) in of_shape {
        let Field { many, prefer, default, items } = field.clone();
        let places = match written.get(name) {
            Some(places) => {
                places.iter().map(|it| place(it, &items, companions)).collect::<Result<_, _>>()?
            }
            None if default.is_some() => Vec::new(),
            None => continue,
        };
        all.push(FieldRule {
            path: keys(name)?,
            many,
            prefer,
            default,
            has_items: !items.is_empty(),
            places,
        });
    }
    all.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(all)
}

fn place(
    place: &Place,
    items: &BTreeMap<String, Field>,
    companions: &BTreeMap<&str, usize>,
) -> Result<PlaceRule, String> {
    let Place { of, at, shape, document, values, only, default, certain, fields } = place;
    if items.is_empty() != fields.is_empty() {
        return Err("a place has `fields` where the field has `items`, and nowhere else".to_owned());
    }
    if !items.is_empty() && (of.is_some() || *document) {
        return Err("blocks with fields are looked for in the resource itself".to_owned());
    }
    let of = match of {
        None => None,
        Some(name) => {
            Some(*companions.get(name.as_str()).ok_or_else(|| format!("`companion.{name}` is not defined"))?)
        }
    };
    if of.is_none() && (shape.is_some() || default.is_some() || *certain) {
        return Err("only a place of a companion has `shape`, `default` or `certain`".to_owned());
    }
    if *document && shape.is_some() {
        return Err("a place has either `shape` or `document`".to_owned());
    }
    Ok(PlaceRule {
        of,
        at: keys(at)?,
        shape: shape.clone(),
        document: *document,
        values: values.clone(),
        only: only.clone(),
        default: default.clone(),
        certain: *certain,
        fields: compile(items, fields, companions)?,
    })
}
