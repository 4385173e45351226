//! Values.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::{Number, Part, Type, Unknown};

/// How many parts of a text that cannot be known are remembered; of one with more, only what it begins with is.
const MAX_PARTS: usize = 1_000;

/// The origin of a value that stands nowhere.
pub const NO_ORIGIN: u32 = u32::MAX;

/// The entries of a map or object, in the order in which Terraform visits them.
pub type Entries = BTreeMap<Rc<str>, Value>;

/// A value, and where it came from: a number that only the evaluator understands. Functions that pass a value
/// on (`merge`, `lookup`, `try`) pass its origin on as well; what they make anew has none.
///
/// Two values are equal where their data are.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it came from; [`NO_ORIGIN`] where nowhere.
    pub origin: u32,
}

/// What a value is. Cheap to clone.
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
    /// What `list(…)` makes: items of one type.
    List(Rc<Held<Vec<Value>>>),
    /// What `set(…)` makes: sorted, each once.
    Set(Rc<Held<Vec<Value>>>),
    /// What `[…]` makes: items of any types.
    Tuple(Rc<Held<Vec<Value>>>),
    /// What `map(…)` makes: entries of one type.
    Map(Rc<Held<Entries>>),
    /// What `{…}` makes: entries of any types.
    Object(Rc<Held<Entries>>),
    /// A value that cannot be known.
    Unknown(Rc<Unknown>),
}

/// The type that a null was made to fit, which decides what others beside it become. All nulls are equal.
#[derive(Clone, Debug)]
pub struct NullOf(pub Option<Rc<Type>>);

impl PartialEq for NullOf {
    fn eq(&self, _: &NullOf) -> bool {
        true
    }
}

/// What a collection holds, and how many values that comes to. What is held several times counts each time, as
/// whoever walks through it meets it each time: `b = [a, a]`, `c = [b, b]` and so on is a short text and an
/// endless walk.
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
    /// Entries. Their keys are texts, and so normalised.
    pub fn entries(mut held: Entries) -> Rc<Held<Entries>> {
        if !held.keys().all(|key| is_normalized(key)) {
            held = held.into_iter().map(|(key, value)| (normalized(key), value)).collect();
        }
        let size = sum(held.values());
        Rc::new(Held { held, size })
    }
}

impl<T: Clone> Held<T> {
    /// What is held, without a copy where nobody else holds it.
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

/// Whether a character shows in a text. All others are escaped where Terraform writes a text between quotes.
pub fn is_printable(character: char) -> bool {
    // At the begin of a text Rust escapes marks as well, which are printable.
    matches!(character, '"' | '\'' | '\\') || format!("a{character}").escape_debug().count() == 2
}

fn is_normalized(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

/// The text in Unicode's form NFC.
pub(crate) fn normalized(text: Rc<str>) -> Rc<str> {
    if is_normalized(&text) { text } else { text.nfc().collect::<String>().into() }
}

fn sum<'v>(values: impl Iterator<Item = &'v Value>) -> u64 {
    values.fold(0, |sum, value| sum.saturating_add(value.size()))
}

/// A text; for one that `jsonencode` made, what it was made of, so that origins live on.
#[derive(Clone, Debug)]
pub struct Text {
    text: Rc<str>,
    decoded: Option<Rc<Value>>,
}

impl Text {
    /// A text, normalised as Terraform normalises every text (Unicode's form NFC).
    pub fn new(text: impl Into<Rc<str>>) -> Text {
        Text { text: normalized(text.into()), decoded: None }
    }

    /// The text of a JSON document, and that document.
    pub fn of_document(text: impl Into<Rc<str>>, document: Value) -> Text {
        Text { text: normalized(text.into()), decoded: Some(Rc::new(document)) }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it says, shared.
    pub fn shared(&self) -> Rc<str> {
        Rc::clone(&self.text)
    }

    /// The document that it was made of.
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

    /// What `[…]` makes.
    pub fn tuple(items: Vec<Value>) -> Value {
        Data::Tuple(Held::items(items)).into()
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Value {
        Data::List(Held::items(items)).into()
    }

    /// What `{…}` makes.
    pub fn object(entries: Entries) -> Value {
        Data::Object(Held::entries(entries)).into()
    }

    /// A map.
    pub fn map(entries: Entries) -> Value {
        Data::Map(Held::entries(entries)).into()
    }

    /// The same from elsewhere.
    #[must_use]
    pub fn at(mut self, origin: u32) -> Value {
        self.origin = origin;
        self
    }

    /// How many values it comes to, itself included; see [`Held`]. What is known of the type of one that cannot
    /// be known counts as well.
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

    /// What is known of it, if it itself (not only something in it) cannot be known.
    pub fn as_unknown(&self) -> Option<&Rc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The first value in it, itself included, that cannot be known.
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

    /// All values in it, itself included, that cannot be known.
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

    /// A text of parts some of which cannot be known; equal neighbours are joined.
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

/// The texts as one; a single one stays what it is.
fn concatenated(run: &mut Vec<Text>) -> Option<Part> {
    let texts = std::mem::take(run);
    match texts.as_slice() {
        [] => None,
        [text] => Some(Part::Known(text.clone())),
        many => Some(Part::Known(Text::new(many.iter().map(Text::as_str).collect::<String>()))),
    }
}
