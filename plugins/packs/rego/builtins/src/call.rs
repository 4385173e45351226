//! The functions that are added to the engine, and their arguments.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;

use crate::order;

/// Why a call gives no value.
#[derive(Debug, PartialEq)]
pub(crate) enum Refusal {
    /// An error of a builtin in OPA. Without strict errors, the call is undefined.
    Undefined,
    /// An error that must not look like an ordinary negative answer, such as a limit or an unavailable builtin. The
    /// evaluation ends with this message.
    Loud(String),
}

/// The result of a function.
pub(crate) type Outcome = Result<Value, Refusal>;

/// A function that is added to the engine.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) arity: u8,
    pub(crate) run: fn(&Arguments<'_>) -> Outcome,
}

impl Function {
    pub(crate) const fn new(name: &'static str, arity: u8, run: fn(&Arguments<'_>) -> Outcome) -> Self {
        Self { name, arity, run }
    }

    /// Calls it. An argument that is undefined makes the call undefined.
    pub(crate) fn call(&self, arguments: &[Value]) -> anyhow::Result<Value> {
        if arguments.iter().any(|it| matches!(it, Value::Undefined)) {
            return Ok(Value::Undefined);
        }
        match (self.run)(&Arguments { values: arguments }) {
            Ok(value) => Ok(value),
            Err(Refusal::Undefined) => Ok(Value::Undefined),
            Err(Refusal::Loud(why)) => Err(anyhow::anyhow!("`{}`: {why}", self.name)),
        }
    }
}

/// The arguments of a call. One of another type than requested makes the call undefined.
pub(crate) struct Arguments<'a> {
    values: &'a [Value],
}

impl<'a> Arguments<'a> {
    pub(crate) fn any(&self, place: usize) -> Result<&'a Value, Refusal> {
        self.values.get(place).ok_or(Refusal::Undefined)
    }

    pub(crate) fn text(&self, place: usize) -> Result<&'a str, Refusal> {
        text(self.any(place)?)
    }

    /// A whole number.
    pub(crate) fn int(&self, place: usize) -> Result<i64, Refusal> {
        let number = self.any(place)?.as_number().map_err(|_| Refusal::Undefined)?;
        if !number.is_integer() {
            return Err(Refusal::Undefined);
        }
        number.as_i64().ok_or(Refusal::Undefined)
    }

    pub(crate) fn number(&self, place: usize) -> Result<&'a Value, Refusal> {
        match self.any(place)? {
            number @ Value::Number(_) => Ok(number),
            _ => Err(Refusal::Undefined),
        }
    }

    pub(crate) fn array(&self, place: usize) -> Result<&'a [Value], Refusal> {
        match self.any(place)? {
            Value::Array(items) => Ok(items.as_slice()),
            _ => Err(Refusal::Undefined),
        }
    }

    /// The members of a set, or the items of an array.
    pub(crate) fn items(&self, place: usize) -> Result<Vec<&'a Value>, Refusal> {
        items(self.any(place)?)
    }

    /// The same, all of which must be text.
    pub(crate) fn texts(&self, place: usize) -> Result<Vec<&'a str>, Refusal> {
        self.items(place)?.into_iter().map(text).collect()
    }

    /// The entries of an object, in the order of its keys.
    pub(crate) fn entries(&self, place: usize) -> Result<Vec<(&'a Value, &'a Value)>, Refusal> {
        entries(self.any(place)?)
    }
}

/// The text of a string.
pub(crate) fn text(value: &Value) -> Result<&str, Refusal> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Refusal::Undefined),
    }
}

/// The members of a set, or the items of an array.
pub(crate) fn items(value: &Value) -> Result<Vec<&Value>, Refusal> {
    match value {
        Value::Array(items) => Ok(items.iter().collect()),
        Value::Set(members) => Ok(order::members(members.iter_sorted())),
        _ => Err(Refusal::Undefined),
    }
}

/// The entries of an object, in the order of its keys.
pub(crate) fn entries(value: &Value) -> Result<Vec<(&Value, &Value)>, Refusal> {
    match value {
        Value::Object(entries) => Ok(order::entries(entries.iter_sorted())),
        _ => Err(Refusal::Undefined),
    }
}

/// An array of these.
pub(crate) fn array(items: impl IntoIterator<Item = Value>) -> Value {
    Value::from(items.into_iter().collect::<Vec<_>>())
}

/// A set of these.
pub(crate) fn set(members: impl IntoIterator<Item = Value>) -> Value {
    Value::from(members.into_iter().collect::<BTreeSet<_>>())
}

/// An object of these, with strings as keys.
pub(crate) fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::from(
        entries.into_iter().map(|(key, value)| (Value::from(key.into()), value)).collect::<BTreeMap<_, _>>(),
    )
}

/// Converts any error to an error of the builtin.
pub(crate) trait Undefined<T> {
    fn or_undefined(self) -> Result<T, Refusal>;
}

impl<T> Undefined<T> for Option<T> {
    fn or_undefined(self) -> Result<T, Refusal> {
        self.ok_or(Refusal::Undefined)
    }
}

impl<T, E> Undefined<T> for Result<T, E> {
    fn or_undefined(self) -> Result<T, Refusal> {
        self.map_err(|_| Refusal::Undefined)
    }
}

/// A limit that was exceeded.
pub(crate) fn too_much(what: impl std::fmt::Display) -> Refusal {
    Refusal::Loud(format!("{what}; that is more than one call may ask for"))
}
