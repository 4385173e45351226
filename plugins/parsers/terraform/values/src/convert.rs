//! Conversion, as in `cty`: how the type of a variable, `tolist` and similar functions change a value.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::unify::{common_type, type_of};
use crate::{Attribute, Data, Entries, NullOf, Text, Type, Unknown, Value};

/// Why a value does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    /// The path in the value, as an expression (`.rules[0].port`); empty for the value itself.
    pub path: String,
    /// What was found there, and what was expected.
    pub problem: String,
}

impl std::error::Error for ConvertError {}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        f.write_str(&self.problem)
    }
}

impl ConvertError {
    /// An error of the value itself.
    pub fn new(problem: impl Into<String>) -> ConvertError {
        ConvertError { path: String::new(), problem: problem.into() }
    }

    /// The same error, for the value that contains this one.
    #[must_use]
    pub fn within(mut self, step: &str) -> ConvertError {
        self.path.insert_str(0, step);
        self
    }
}

/// Converts a value to a type. The value and the values in it keep their origins.
///
/// Nulls and unknown values fit every type; unknown values get the type.
pub fn convert(value: Value, ty: &Type) -> Result<Value, ConvertError> {
    fit(value, ty, Open::Unify)
}

/// How to convert the values in a collection whose item type is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// Convert them to their common type.
    Unify,
    /// Keep them: their common type was already found, and its open parts remain open. Unifying again at each depth
    /// would take exponential time.
    Leave,
}

fn fit(value: Value, ty: &Type, open: Open) -> Result<Value, ConvertError> {
    let origin = value.origin;
    let converted = match (value.data, ty) {
        (data, Type::Any) => Ok(data.into()),
        (Data::Null(_), ty) => Ok(null_of(ty)),
        (Data::Unknown(unknown), _) => Ok(retyped(&unknown, ty).into()),
        (data, Type::Bool) => to_bool(&data),
        (data, Type::Number) => to_number(data),
        (data, Type::String) => to_string(data),
        (data, Type::List(item)) => Ok(Value::list(to_items(data, item, "a list", open)?)),
        (data, Type::Set(item)) => Ok(Value::set(to_items(data, item, "a set", open)?)),
        (data, Type::Map(item)) => to_map(data, item, open),
        (data, Type::Tuple(items)) => to_tuple(data, items, open),
        (data, Type::Object(attributes)) => to_object(data, attributes, open),
    };
    converted.map(|value| value.at(origin))
}

fn null_of(ty: &Type) -> Value {
    let known = ty.size() <= MAX_UNKNOWN_TYPE && !is_open(ty);
    Data::Null(NullOf(known.then(|| Rc::new(ty.clone())))).into()
}

/// The maximum size of a type that a null or an unknown value gets. A larger one was derived from other values, and
/// each unknown value beside them would have a copy.
const MAX_UNKNOWN_TYPE: u64 = 64;

fn retyped(unknown: &Unknown, ty: &Type) -> Unknown {
    let mut retyped = unknown.clone();
    retyped.ty = if ty.size() > MAX_UNKNOWN_TYPE { Type::Any } else { ty.clone() };
    if *ty != Type::String {
        retyped.prefix = "".into();
        retyped.parts = Vec::new();
        retyped.decoded = None;
    }
    retyped
}

fn mismatch<T>(found: &Data, wanted: &str) -> Result<T, ConvertError> {
    Err(ConvertError::new(format!("{wanted} is required, not {}", kind(found))))
}

/// The kind of a value, for messages.
pub(crate) fn kind(data: &Data) -> &'static str {
    match data {
        Data::Null(_) => "null",
        Data::Bool(_) => "a boolean",
        Data::Number(_) => "a number",
        Data::String(_) => "a text",
        Data::List(_) => "a list",
        Data::Set(_) => "a set",
        Data::Tuple(_) => "a tuple",
        Data::Map(_) => "a map",
        Data::Object(_) => "an object",
        Data::Unknown(_) => "a value that cannot be known",
    }
}

fn to_bool(data: &Data) -> Result<Value, ConvertError> {
    match data {
        Data::Bool(it) => Ok((*it).into()),
        Data::String(text) => match text.as_str() {
            "true" | "1" => Ok(true.into()),
            "false" | "0" => Ok(false.into()),
            other if ["true", "false"].iter().any(|it| other.eq_ignore_ascii_case(it)) => {
                let lower = other.to_lowercase();
                Err(ConvertError::new(format!("a boolean is written in lower case: `{lower}`")))
            }
            _ => Err(ConvertError::new("a boolean is required: `true` or `false`")),
        },
        _ => mismatch(data, "a boolean"),
    }
}

fn to_number(data: Data) -> Result<Value, ConvertError> {
    match &data {
        Data::Number(_) => Ok(data.into()),
        Data::String(text) => match text.as_str().parse::<crate::Number>() {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(ConvertError::new("a number is required, and the text is none")),
        },
        _ => mismatch(&data, "a number"),
    }
}

fn to_string(data: Data) -> Result<Value, ConvertError> {
    match &data {
        Data::String(_) => Ok(data.into()),
        Data::Number(number) => Ok(number.to_string().into()),
        Data::Bool(it) => Ok(if *it { "true" } else { "false" }.into()),
        _ => mismatch(&data, "a text"),
    }
}

fn to_items(data: Data, item: &Type, wanted: &str, open: Open) -> Result<Vec<Value>, ConvertError> {
    let items = match data {
        Data::List(items) | Data::Set(items) | Data::Tuple(items) => items,
        other => return mismatch(&other, wanted),
    };
    let mut converted = Vec::with_capacity(items.len());
    for (index, value) in items.take().into_iter().enumerate() {
        converted.push(fit(value, item, open).map_err(|it| it.within(&format!("[{index}]")))?);
    }
    if open == Open::Unify && is_open(item) { unify(converted) } else { Ok(converted) }
}

fn to_map(data: Data, item: &Type, open: Open) -> Result<Value, ConvertError> {
    let entries = match data {
        Data::Map(entries) | Data::Object(entries) => entries,
        other => return mismatch(&other, "a map"),
    };
    let mut keys = Vec::with_capacity(entries.len());
    let mut values = Vec::with_capacity(entries.len());
    for (key, value) in entries.take() {
        values.push(fit(value, item, open).map_err(|it| it.within(&step(&key)))?);
        keys.push(key);
    }
    if open == Open::Unify && is_open(item) {
        values = unify(values)?;
    }
    Ok(Value::map(keys.into_iter().zip(values).collect()))
}

fn to_tuple(data: Data, types: &[Type], open: Open) -> Result<Value, ConvertError> {
    let items = match data {
        Data::Tuple(items) => items,
        other => return mismatch(&other, "a tuple"),
    };
    if items.len() != types.len() {
        let problem = format!("a tuple of {} is required, and this has {}", types.len(), items.len());
        return Err(ConvertError::new(problem));
    }
    let items = items.take().into_iter().zip(types).enumerate();
    let converted =
        items.map(|(index, (value, ty))| fit(value, ty, open).map_err(|it| it.within(&format!("[{index}]"))));
    Ok(Value::tuple(converted.collect::<Result<_, _>>()?))
}

fn to_object(
    data: Data,
    attributes: &BTreeMap<Rc<str>, Attribute>,
    open: Open,
) -> Result<Value, ConvertError> {
    let entries = match data {
        Data::Map(entries) | Data::Object(entries) => entries,
        other => return mismatch(&other, "an object"),
    };
    let mut converted = Entries::new();
    for (name, attribute) in attributes {
        let given = entries.get(name).cloned();
        let value = match (given, &attribute.default) {
            (Some(value), Some(default)) if value.is_null() && attribute.optional => default.clone(),
            (Some(value), _) => value,
            (None, Some(default)) if attribute.optional => default.clone(),
            (None, None) if attribute.optional => Value::null(),
            (None, _) => return Err(ConvertError::new(format!("attribute \"{name}\" is required"))),
        };
        let value = fit(value, &attribute.ty, open).map_err(|it| it.within(&step(name)))?;
        converted.insert(Rc::clone(name), value);
    }
    Ok(Value::object(converted))
}

fn step(key: &str) -> String {
    let plain = key.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
    if plain && !key.is_empty() { format!(".{key}") } else { format!("[{key:?}]") }
}

/// Whether a part of the type is not determined.
fn is_open(ty: &Type) -> bool {
    match ty {
        Type::Any => true,
        Type::Bool | Type::Number | Type::String => false,
        Type::List(item) | Type::Set(item) | Type::Map(item) => is_open(item),
        Type::Tuple(items) => items.iter().any(is_open),
        Type::Object(attributes) => attributes.values().any(|it| is_open(&it.ty)),
    }
}

/// Converts values to their common type, as in `tolist([1, "a"])` and the branches of a conditional.
pub fn unify(items: Vec<Value>) -> Result<Vec<Value>, ConvertError> {
    let types: Vec<Type> = items.iter().map(type_of).collect();
    let Some(ty) = common_type(&types) else {
        return Err(ConvertError::new(
            match (types.first(), types.iter().find(|it| types.first() != Some(it))) {
                (Some(one), Some(other)) => {
                    format!("all must be of one type, and these are {one} and {other}")
                }
                _ => "all must be of one type".to_owned(),
            },
        ));
    };
    let items = items.into_iter().enumerate();
    items
        .map(|(index, value)| fit(value, &ty, Open::Leave).map_err(|it| it.within(&format!("[{index}]"))))
        .collect()
}

/// A value as part of a text: a known text, number or boolean.
pub fn to_text(value: &Value) -> Result<Text, ConvertError> {
    match &value.data {
        Data::String(text) => Ok(text.clone()),
        Data::Number(number) => Ok(Text::new(number.to_string())),
        Data::Bool(it) => Ok(Text::new(if *it { "true" } else { "false" })),
        Data::Null(_) => Err(ConvertError::new("null has no text; give a value, or test for null before")),
        other => Err(ConvertError::new(format!("{} has no text; take one value of it", kind(other)))),
    }
}
