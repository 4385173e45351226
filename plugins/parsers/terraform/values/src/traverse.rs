//! `collection[key]` and `object.name`, as HCL evaluates them.

use std::rc::Rc;

use crate::convert::kind;
use crate::{ConvertError, Data, Type, Unknown, Value, convert};

/// Why a step has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The value is null.
    #[error("the value is null, so nothing is in it")]
    Null,
    /// The key is null.
    #[error("the key is null")]
    NullKey,
    /// The type of the key is invalid for the collection.
    #[error("the key does not fit: {0}")]
    Key(ConvertError),
    /// The list is shorter.
    #[error("no item {index}, the list has {length}")]
    Range {
        /// The index.
        index: String,
        /// The number of items.
        length: usize,
    },
    /// The map or object does not have the key.
    #[error("`{key}` not found{}", hint(.similar.as_deref()))]
    Missing {
        /// The key.
        key: String,
        /// An existing key with a similar name.
        similar: Option<String>,
    },
    /// The value cannot be indexed.
    #[error("{kind} has no items to index")]
    NoItems {
        /// The kind of the value.
        kind: &'static str,
    },
    /// The value has no attributes.
    #[error("{kind} has no attributes, so no `{name}`")]
    NoAttributes {
        /// The kind of the value.
        kind: &'static str,
        /// The name of the attribute.
        name: String,
    },
}

fn hint(similar: Option<&str>) -> String {
    similar.map_or(String::new(), |it| format!("; did you mean `{it}`?"))
}

/// `collection[key]`.
pub fn index(collection: &Value, key: &Value) -> Result<Value, StepError> {
    if key.is_null() {
        return Err(StepError::NullKey);
    }
    match &collection.data {
        Data::Null(_) => Err(StepError::Null),
        Data::Unknown(unknown) => {
            let wanted = convert(key.clone(), &Type::String).unwrap_or_else(|_| key.clone());
            step(unknown, [collection, key], wanted.as_str())
        }
        Data::List(items) | Data::Tuple(items) => {
            let key = convert(key.clone(), &Type::Number).map_err(StepError::Key)?;
            let Data::Number(number) = &key.data else { return Ok(any(&key)) };
            let at = number.as_i64().and_then(|it| usize::try_from(it).ok());
            let item = at.and_then(|at| items.get(at)).cloned();
            item.ok_or_else(|| StepError::Range { index: number.to_string(), length: items.len() })
        }
        Data::Map(_) | Data::Object(_) => {
            let key = convert(key.clone(), &Type::String).map_err(StepError::Key)?;
            match key.as_str() {
                Some(name) => attribute(collection, name),
                None => Ok(any(&key)),
            }
        }
        Data::Set(_) => Err(StepError::NoItems { kind: "a set, which has no order," }),
        other => Err(StepError::NoItems { kind: kind(other) }),
    }
}

/// `object.name`.
pub fn attribute(value: &Value, name: &str) -> Result<Value, StepError> {
    match &value.data {
        Data::Null(_) => Err(StepError::Null),
        Data::Unknown(unknown) => step(unknown, [value], Some(name)),
        Data::Map(entries) | Data::Object(entries) => {
            if let Some(found) = entries.get(name) {
                return Ok(found.clone());
            }
            Err(missing(entries.keys(), name))
        }
        // `list.0`, the syntax before Terraform 0.12.
        Data::List(_) | Data::Tuple(_) if name.bytes().all(|it| it.is_ascii_digit()) && !name.is_empty() => {
            index(value, &name.into())
        }
        other => Err(StepError::NoAttributes { kind: kind(other), name: name.to_owned() }),
    }
}

fn missing<'k>(mut keys: impl Iterator<Item = &'k Rc<str>>, name: &str) -> StepError {
    let near = |key: &&Rc<str>| key.eq_ignore_ascii_case(name) || apart_by_one(key, name);
    StepError::Missing { key: name.to_owned(), similar: keys.find(near).map(ToString::to_string) }
}

/// Whether one text is the other with one additional character.
fn apart_by_one(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
    let same = long.bytes().zip(short.bytes()).take_while(|(one, other)| one == other).count();
    long.len() == short.len() + 1
        && long.as_bytes().get(same + 1..).is_some_and(|rest| short.as_bytes().get(same..) == Some(rest))
}

fn any(key: &Value) -> Value {
    Unknown::of_all([key], Type::Any).map_or_else(Value::null, Value::from)
}

/// A step into an unknown value. Its type may exclude the step.
fn step<const N: usize>(
    unknown: &Unknown,
    causes: [&Value; N],
    name: Option<&str>,
) -> Result<Value, StepError> {
    let ty = match (&unknown.ty, name) {
        (Type::List(item) | Type::Set(item) | Type::Map(item), _) => (**item).clone(),
        (Type::Object(attributes), Some(name)) => match attributes.get(name) {
            Some(it) => it.ty.clone(),
            None => return Err(missing(attributes.keys(), name)),
        },
        (Type::Tuple(items), Some(name)) => {
            let at = name.parse::<usize>().ok();
            let Some(item) = at.and_then(|at| items.get(at)) else {
                return Err(StepError::Range { index: name.to_owned(), length: items.len() });
            };
            item.clone()
        }
        (Type::Bool | Type::Number | Type::String, Some(name)) => {
            return Err(StepError::NoAttributes { kind: "a single value", name: name.to_owned() });
        }
        _ => Type::Any,
    };
    Ok(Unknown::of_all(causes, ty).map_or_else(Value::null, Value::from))
}
