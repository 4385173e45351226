//! Type constraints.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::Value;

/// A type constraint, as in `type = list(object({ name = string }))`.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `any`, and every type that is not known.
    Any,
    /// `bool`.
    Bool,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `list(…)`.
    List(Box<Type>),
    /// `set(…)`.
    Set(Box<Type>),
    /// `map(…)`.
    Map(Box<Type>),
    /// `tuple([…])`.
    Tuple(Vec<Type>),
    /// `object({…})`.
    Object(BTreeMap<Rc<str>, Attribute>),
}

/// An attribute of an object type.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its type.
    pub ty: Type,
    /// Whether it was wrapped in `optional(…)`.
    pub optional: bool,
    /// The second argument of `optional(…)`.
    pub default: Option<Value>,
}
