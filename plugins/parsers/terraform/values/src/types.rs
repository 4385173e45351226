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

impl Type {
    /// The number of types in it, including itself.
    pub fn size(&self) -> u64 {
        let inner = match self {
            Type::Any | Type::Bool | Type::Number | Type::String => 0,
            Type::List(item) | Type::Set(item) | Type::Map(item) => item.size(),
            Type::Tuple(items) => items.iter().map(Type::size).fold(0, u64::saturating_add),
            Type::Object(attributes) => {
                attributes.values().map(|it| it.ty.size()).fold(0, u64::saturating_add)
            }
        };
        inner.saturating_add(1)
    }
}

/// An attribute of an object type.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its type.
    pub ty: Type,
    /// Whether it is `optional(…)`.
    pub optional: bool,
    /// The second argument of `optional(…)`.
    pub default: Option<Value>,
}
