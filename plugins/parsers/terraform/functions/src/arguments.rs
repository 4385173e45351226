//! The arguments of a call, for the implementations of functions.

use std::rc::Rc;

use palisade_terraform_values::{Data, Entries, Held, Number, Part, Type, Unknown, Value, to_text};

use crate::{Function, FunctionError, Host};

/// The result of a call, or of a part of it.
pub(crate) type Outcome<T = Value> = Result<T, FunctionError>;

/// The arguments of a call, checked against the function's parameters.
pub(crate) struct Arguments<'a> {
    pub(crate) function: &'a Function,
    pub(crate) values: Vec<Value>,
    pub(crate) host: &'a dyn Host,
}

impl Arguments<'_> {
    /// An argument that must exist.
    pub(crate) fn value(&self, index: usize) -> Outcome<&Value> {
        self.values.get(index).ok_or_else(|| self.blame(index, "is missing"))
    }

    /// The arguments from this index on.
    pub(crate) fn rest(&self, from: usize) -> &[Value] {
        self.values.get(from..).unwrap_or_default()
    }

    /// A known text.
    pub(crate) fn text(&self, index: usize) -> Outcome<&str> {
        self.value(index)?.as_str().ok_or_else(|| self.blame(index, "a text is required"))
    }

    /// A known number.
    pub(crate) fn number(&self, index: usize) -> Outcome<&Number> {
        match &self.value(index)?.data {
            Data::Number(number) => Ok(number),
            _ => Err(self.blame(index, "a number is required")),
        }
    }

    /// A known whole number.
    pub(crate) fn whole(&self, index: usize) -> Outcome<i64> {
        let number = self.number(index)?;
        number.as_i64().ok_or_else(|| self.blame(index, "a whole number of 64 bits is required"))
    }

    /// The items of a collection.
    pub(crate) fn items(&self, index: usize) -> Outcome<&Rc<Held<Vec<Value>>>> {
        self.value(index)?.items().ok_or_else(|| self.blame(index, "a list, set or tuple is required"))
    }

    /// The entries of a map or object.
    pub(crate) fn entries(&self, index: usize) -> Outcome<&Rc<Held<Entries>>> {
        self.value(index)?.entries().ok_or_else(|| self.blame(index, "a map or object is required"))
    }

    /// The error for an argument.
    pub(crate) fn blame(&self, index: usize, problem: impl Into<String>) -> FunctionError {
        let parameter = self.function.parameter(index).map_or("", |it| it.name);
        FunctionError::Argument { parameter, problem: problem.into() }
    }

    /// The host's error for an argument; limits and errors that depend on the run are unchanged.
    pub(crate) fn about(&self, index: usize, error: FunctionError) -> FunctionError {
        match error {
            FunctionError::Failed(problem) => self.blame(index, problem),
            other => other,
        }
    }

    /// An unknown result, caused by the arguments.
    pub(crate) fn unknown(&self, ty: Type) -> Value {
        unknown_of(&self.values, ty)
    }
}

/// An unknown result, caused by these values.
pub(crate) fn unknown_of<'a>(values: impl IntoIterator<Item = &'a Value>, ty: Type) -> Value {
    match Unknown::of_all(values, ty.clone()) {
        Some(unknown) => unknown.into(),
        None => Unknown::new("", "it cannot be known", ty).into(),
    }
}

/// Appends a value to a text. A partly known text appends its parts.
pub(crate) fn push_text(parts: &mut Vec<Part>, value: &Value) -> Outcome<()> {
    match value.as_unknown() {
        Some(unknown) if unknown.parts.is_empty() => parts.push(Part::Unknown(Rc::clone(unknown))),
        Some(unknown) => parts.extend(unknown.parts.iter().cloned()),
        None => {
            parts
                .push(Part::Known(to_text(value).map_err(|error| FunctionError::failed(error.to_string()))?));
        }
    }
    Ok(())
}

/// The total size in bytes of the known parts.
pub(crate) fn known_length(parts: &[Part]) -> usize {
    let length = |part: &Part| match part {
        Part::Known(text) => text.as_str().len(),
        Part::Unknown(_) => 0,
    };
    parts.iter().map(length).sum()
}
