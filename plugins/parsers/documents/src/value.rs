//! A document as a tree, before it is written to the batch: keys may come in any order and repeatedly.

use palisade_sdk::Kind;
use palisade_sdk::tape::{Builder, NONE};
use palisade_text::Lines;
use palisade_yaml::Fault;
use rustc_hash::FxHashMap;

/// The maximum number of values in a file.
const MAX_NODES: u32 = 2_000_000;

/// A range of bytes of the file: the first one, and the one after the last.
pub(crate) type Place = (u32, u32);

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) form: Form,
    pub(crate) place: Place,
}

/// The content of a value.
#[derive(Debug)]
pub(crate) enum Form {
    Null,
    Boolean(bool),
    /// In JSON notation.
    Number(String),
    Text(String),
    List(Vec<Value>),
    Map(Map),
}

impl Value {
    pub(crate) fn new(form: Form, place: Place) -> Self {
        Value { form, place }
    }

    pub(crate) fn text(text: impl Into<String>, place: Place) -> Self {
        Value::new(Form::Text(text.into()), place)
    }
}

/// Keys with their values, in the order of their first occurrence.
#[derive(Debug, Default)]
pub(crate) struct Map {
    entries: Vec<(String, Place, Value)>,
    index: FxHashMap<String, usize>,
}

impl Map {
    /// Sets a key: the last value wins.
    pub(crate) fn set(&mut self, key: &str, place: Place, value: Value) {
        if let Some(entry) = self.index.get(key).and_then(|index| self.entries.get_mut(*index)) {
            (entry.1, entry.2) = (place, value);
            return;
        }
        self.index.insert(key.to_owned(), self.entries.len());
        self.entries.push((key.to_owned(), place, value));
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(*self.index.get(key)?).map(|(.., value)| value)
    }

    /// The value of a key, mutable.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.entries.get_mut(*self.index.get(key)?).map(|(.., value)| value)
    }

    /// The value of a key, added if missing.
    pub(crate) fn entry(
        &mut self,
        key: &str,
        place: Place,
        make: impl FnOnce() -> Value,
    ) -> Option<&mut Value> {
        let index = *self.index.entry(key.to_owned()).or_insert_with(|| {
            self.entries.push((key.to_owned(), place, make()));
            self.entries.len() - 1
        });
        self.entries.get_mut(index).map(|(.., value)| value)
    }

    /// Sorts the keys by their place in the file.
    pub(crate) fn sort(&mut self) {
        self.entries.sort_by_key(|(_, place, _)| place.0);
        self.index = self.entries.iter().enumerate().map(|(at, (key, ..))| (key.clone(), at)).collect();
    }

    /// From the first key to the end of the last value.
    pub(crate) fn place(&self) -> Place {
        let start = self.entries.iter().map(|(_, place, _)| place.0).min().unwrap_or(0);
        (start, self.entries.iter().map(|(.., value)| value.place.1).max().unwrap_or(start))
    }
}

/// Writes values to a batch.
pub(crate) struct Writer<'w, 'a> {
    pub(crate) out: &'w mut Builder,
    /// The text of the file.
    pub(crate) text: &'a str,
    pub(crate) lines: &'a Lines,
    pub(crate) document: u32,
}

impl Writer<'_, '_> {
    pub(crate) fn origin(&mut self, place: Place) -> u32 {
        let origin = self.lines.origin(self.document, place.0, place.1);
        self.out.origin(origin)
    }

    /// Writes a document and returns its root. The readers limit the depth of values.
    pub(crate) fn root(&mut self, value: &Value) -> Result<u32, Fault> {
        self.value((0, NONE), value)
    }

    fn value(&mut self, (key, key_origin): (u32, u32), value: &Value) -> Result<u32, Fault> {
        if self.out.node_count() >= MAX_NODES {
            let message = format!("more than {MAX_NODES} values; split the file, or exclude it");
            return Err(Fault::meaning(value.place.0, value.place.0, message));
        }
        let origin = self.origin(value.place);
        let out = &mut *self.out;
        Ok(match &value.form {
            Form::Null => out.scalar(Kind::Null, key, key_origin, "", origin),
            Form::Boolean(it) => {
                out.scalar(Kind::Boolean, key, key_origin, if *it { "true" } else { "false" }, origin)
            }
            Form::Number(number) => out.scalar(Kind::Number, key, key_origin, number, origin),
            Form::Text(text) => out.scalar(Kind::Text, key, key_origin, text, origin),
            Form::List(items) => {
                let mark = out.open(Kind::Sequence, key, key_origin, origin);
                for item in items {
                    self.value((0, NONE), item)?;
                }
                self.out.close(mark, None)
            }
            Form::Map(map) => {
                let mark = out.open(Kind::Mapping, key, key_origin, origin);
                for (name, place, value) in &map.entries {
                    let origin = self.origin(*place);
                    let text = self.out.text(name);
                    self.value((text, origin), value)?;
                }
                self.out.close(mark, None)
            }
        })
    }
}
