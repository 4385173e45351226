//! Values.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::{Number, Part, Type, Unknown};

/// The maximum number of parts of an unknown text that are kept. A text with more parts only keeps its prefix.
const MAX_PARTS: usize = 1_000;

/// The origin of a value without a place.
pub const NO_ORIGIN: u32 = u32::MAX;

/// The entries of a map or object, in Terraform's order.
pub type Entries = BTreeMap<Rc<str>, Value>;

/// A value and its origin, which is an id of the evaluator. Functions that return one of their arguments (`merge`,
/// `lookup`, `try`) keep its origin; new values have none.
///
/// Values with equal data are equal.
#[derive(Clone, Debug)]
pub struct Value {
    /// The content.
    pub data: Data,
    /// The origin; [`NO_ORIGIN`] if there is none.
    pub origin: u32,
}

/// The content of a value. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `null`.
    Null(NullOf),
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(Text),
    /// `list(…)`: items of one type.
    List(Rc<Held<Vec<Value>>>),
    /// `set(…)`: sorted items without duplicates.
    Set(Rc<Held<Vec<Value>>>),
    /// `[…]`: items of any types.
    Tuple(Rc<Held<Vec<Value>>>),
    /// `map(…)`: entries of one type.
    Map(Rc<Held<Entries>>),
    /// `{…}`: entries of any types.
    Object(Rc<Held<Entries>>),
    /// An unknown value.
    Unknown(Rc<Unknown>),
}

/// The type that a null was converted to, which affects the type of values beside it. All nulls are equal.
#[derive(Clone, Debug)]
pub struct NullOf(pub Option<Rc<Type>>);

impl PartialEq for NullOf {
    fn eq(&self, _: &NullOf) -> bool {
        true
    }
}

/// The content of a collection, and the number of values in it. A shared value counts each time, since a traversal
/// visits it each time: with `b = [a, a]`, `c = [b, b]` and so on, a short text has exponentially many values.
#[derive(Clone, Debug, PartialEq)]
pub struct Held<T> {
    held: T,
    size: u64,
}

impl Held<Vec<Value>> {
    /// Items.
    pub fn items(held: Vec<Value>) -> Rc<Held<Vec<Value>>> {
        let size = sum(held.iter());
        Rc::new(Held { held, size })
    }
}

impl Held<Entries> {
    /// Entries. Their keys are normalized, like all texts.
    pub fn entries(mut held: Entries) -> Rc<Held<Entries>> {
        if !held.keys().all(|key| is_normalized(key)) {
            held = held.into_iter().map(|(key, value)| (normalized(key), value)).collect();
        }
        let size = sum(held.values());
        Rc::new(Held { held, size })
    }
}

impl<T: Clone> Held<T> {
    /// The content, without a copy if it is not shared.
    pub fn take(self: Rc<Held<T>>) -> T {
        Rc::unwrap_or_clone(self).held
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.held
    }
}

/// Whether a character is printable. Terraform escapes all others in quoted texts.
pub fn is_printable(character: char) -> bool {
    // At the beginning of a text Rust also escapes marks, which are printable.
    matches!(character, '"' | '\'' | '\\') || format!("a{character}").escape_debug().count() == 2
}

fn is_normalized(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

/// The text in Unicode normalization form NFC.
pub(crate) fn normalized(text: Rc<str>) -> Rc<str> {
    if is_normalized(&text) { text } else { text.nfc().collect::<String>().into() }
}

fn sum<'v>(values: impl Iterator<Item = &'v Value>) -> u64 {
    values.fold(0, |sum, value| sum.saturating_add(value.size()))
}

/// A text. One that `jsonencode` wrote keeps its document, and so the origins of its values.
#[derive(Clone, Debug)]
pub struct Text {
    text: Rc<str>,
    decoded: Option<Rc<Value>>,
}

impl Text {
    /// A text, normalized as Terraform normalizes every text (Unicode normalization form NFC).
    pub fn new(text: impl Into<Rc<str>>) -> Text {
        Text { text: normalized(text.into()), decoded: None }
    }

    /// The text of a JSON document, and that document.
    pub fn of_document(text: impl Into<Rc<str>>, document: Value) -> Text {
        Text { text: normalized(text.into()), decoded: Some(Rc::new(document)) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, as a shared reference.
    pub fn shared(&self) -> Rc<str> {
        Rc::clone(&self.text)
    }

    /// The document that the text encodes.
    pub fn decoded(&self) -> Option<&Value> {
        self.decoded.as_deref()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.text == other.text
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.data == other.data
    }
}

impl From<Data> for Value {
    fn from(data: Data) -> Value {
        Value { data, origin: NO_ORIGIN }
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Value {
        Data::Bool(it).into()
    }
}

impl From<Number> for Value {
    fn from(it: Number) -> Value {
        Data::Number(it).into()
    }
}

impl From<i64> for Value {
    fn from(it: i64) -> Value {
        Number::from(it).into()
    }
}

impl From<&str> for Value {
    fn from(it: &str) -> Value {
        Data::String(Text::new(it)).into()
    }
}

impl From<String> for Value {
    fn from(it: String) -> Value {
        Data::String(Text::new(it)).into()
    }
}

impl From<Rc<str>> for Value {
    fn from(it: Rc<str>) -> Value {
        Data::String(Text::new(it)).into()
    }
}

impl From<Unknown> for Value {
    fn from(it: Unknown) -> Value {
        Data::Unknown(Rc::new(it)).into()
    }
}

impl Value {
    /// `null`.
    pub fn null() -> Value {
        Data::Null(NullOf(None)).into()
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Value {
        Data::Tuple(Held::items(items)).into()
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Value {
        Data::List(Held::items(items)).into()
    }

    /// An object.
    pub fn object(entries: Entries) -> Value {
        Data::Object(Held::entries(entries)).into()
    }

    /// A map.
    pub fn map(entries: Entries) -> Value {
        Data::Map(Held::entries(entries)).into()
    }

    /// The same value with another origin.
    #[must_use]
    pub fn at(mut self, origin: u32) -> Value {
        self.origin = origin;
        self
    }

    /// The number of values in it, including itself; see [`Held`]. The size of the type of an unknown value is added.
    pub fn size(&self) -> u64 {
        let held = match &self.data {
            Data::List(items) | Data::Set(items) | Data::Tuple(items) => items.size,
            Data::Map(entries) | Data::Object(entries) => entries.size,
            Data::Unknown(unknown) => unknown.ty.size(),
            _ => 0,
        };
        held.saturating_add(1)
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null(_))
    }

    /// The unknown value, if the value itself is unknown.
    pub fn as_unknown(&self) -> Option<&Rc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The first unknown value in it, including itself.
    pub fn first_unknown(&self) -> Option<&Rc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
                items.iter().find_map(Value::first_unknown)
            }
            Data::Map(entries) | Data::Object(entries) => entries.values().find_map(Value::first_unknown),
            _ => None,
        }
    }

    /// All unknown values in it, including itself.
    pub(crate) fn collect_unknown<'a>(&'a self, into: &mut Vec<&'a Rc<Unknown>>) {
        match &self.data {
            Data::Unknown(unknown) => into.push(unknown),
            Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
                items.iter().for_each(|it| it.collect_unknown(into));
            }
            Data::Map(entries) | Data::Object(entries) => {
                entries.values().for_each(|it| it.collect_unknown(into));
            }
            _ => {}
        }
    }

    /// A text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The items of a list, set or tuple.
    pub fn items(&self) -> Option<&Rc<Held<Vec<Value>>>> {
        match &self.data {
            Data::List(items) | Data::Set(items) | Data::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map or object.
    pub fn entries(&self) -> Option<&Rc<Held<Entries>>> {
        match &self.data {
            Data::Map(entries) | Data::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// A text of known and unknown parts; adjacent known parts are joined.
    pub fn of_parts(parts: Vec<Part>) -> Value {
        let mut joined: Vec<Part> = Vec::new();
        let mut run: Vec<Text> = Vec::new();
        for part in parts {
            match part {
                Part::Known(text) if text.as_str().is_empty() => {}
                Part::Known(text) => run.push(text),
                Part::Unknown(_) => {
                    joined.extend(concatenated(&mut run));
                    joined.push(part);
                }
            }
        }
        joined.extend(concatenated(&mut run));
        let mut unknowns = joined.iter().filter_map(|part| match part {
            Part::Unknown(unknown) => Some(unknown),
            Part::Known(_) => None,
        });
        let Some(first) = unknowns.next() else {
            return match joined.pop() {
                Some(Part::Known(text)) => Data::String(text).into(),
                _ => "".into(),
            };
        };
        let others: Vec<u32> = unknowns.flat_map(|it| it.references.iter().copied()).collect();
        let mut whole = first.derive(crate::Type::String, others).never_null();
        whole.prefix = match joined.first() {
            Some(Part::Known(text)) => text.shared(),
            Some(Part::Unknown(unknown)) => Rc::clone(&unknown.prefix),
            None => "".into(),
        };
        if joined.len() <= MAX_PARTS {
            whole.parts = joined;
        }
        whole.into()
    }
}

/// Joins texts; a single one is unchanged.
fn concatenated(run: &mut Vec<Text>) -> Option<Part> {
    let texts = std::mem::take(run);
    match texts.as_slice() {
        [] => None,
        [text] => Some(Part::Known(text.clone())),
        many => Some(Part::Known(Text::new(many.iter().map(Text::as_str).collect::<String>()))),
    }
}
