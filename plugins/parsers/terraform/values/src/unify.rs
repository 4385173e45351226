//! Types of values, and the common type of several.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::{Attribute, Data, Entries, NullOf, Type, Value};

/// The type of a value. The unknown parts of the type of nulls and empty collections are `any`.
pub fn type_of(value: &Value) -> Type {
    let first = |items: &[Value]| {
        let known = items.iter().map(type_of).find(|it| *it != Type::Any);
        Box::new(known.unwrap_or(Type::Any))
    };
    match &value.data {
        Data::Null(NullOf(ty)) => ty.as_deref().cloned().unwrap_or(Type::Any),
        Data::Bool(_) => Type::Bool,
        Data::Number(_) => Type::Number,
        Data::String(_) => Type::String,
        Data::List(items) => Type::List(first(items)),
        Data::Set(items) => Type::Set(first(items)),
        Data::Tuple(items) => Type::Tuple(items.iter().map(type_of).collect()),
        Data::Map(entries) => {
            let known = entries.values().map(type_of).find(|it| *it != Type::Any);
            Type::Map(Box::new(known.unwrap_or(Type::Any)))
        }
        Data::Object(entries) => Type::Object(attributes(entries)),
        Data::Unknown(unknown) => unknown.ty.clone(),
    }
}

fn attributes(entries: &Entries) -> BTreeMap<Rc<str>, Attribute> {
    let attribute = |value| Attribute { ty: type_of(value), optional: false, default: None };
    entries.iter().map(|(name, value)| (Rc::clone(name), attribute(value))).collect()
}

/// The type to which values of all these types can be converted, if there is one. `any` is compatible with every type.
pub fn common_type(types: &[Type]) -> Option<Type> {
    let known: Vec<&Type> = types.iter().filter(|it| **it != Type::Any).collect();
    let Some(first) = known.first() else { return Some(Type::Any) };
    if known.iter().all(|it| it == first) {
        return Some((*first).clone());
    }
    if known.iter().all(|it| matches!(it, Type::Bool | Type::Number | Type::String)) {
        return known.iter().any(|it| **it == Type::String).then_some(Type::String);
    }
    if known.iter().all(|it| matches!(it, Type::Map(_) | Type::Object(_))) {
        return common_entries(&known);
    }
    common_items(&known)
}

fn common_entries(types: &[&Type]) -> Option<Type> {
    let mut objects = Vec::new();
    let mut items = Vec::new();
    for ty in types {
        match ty {
            Type::Object(attributes) => {
                objects.push(attributes);
                items.extend(attributes.values().map(|it| it.ty.clone()));
            }
            Type::Map(item) => items.push((**item).clone()),
            _ => return None,
        }
    }
    let alike = objects.len() == types.len()
        && objects.windows(2).all(|pair| match pair {
            [one, other] => one.keys().eq(other.keys()),
            _ => true,
        });
    let Some(first) = objects.first().filter(|_| alike) else {
        return Some(Type::Map(Box::new(common_type(&items)?)));
    };
    let mut attributes = BTreeMap::new();
    for name in first.keys() {
        let all: Vec<Type> = objects.iter().filter_map(|it| it.get(name)).map(|it| it.ty.clone()).collect();
        let optional = objects.iter().filter_map(|it| it.get(name)).any(|it| it.optional);
        attributes.insert(Rc::clone(name), Attribute { ty: common_type(&all)?, optional, default: None });
    }
    Some(Type::Object(attributes))
}

fn common_items(types: &[&Type]) -> Option<Type> {
    let mut tuples = Vec::new();
    let mut items = Vec::new();
    let mut lists = false;
    for ty in types {
        match ty {
            Type::Tuple(own) => {
                tuples.push(own);
                items.extend(own.iter().cloned());
            }
            Type::List(item) => {
                lists = true;
                items.push((**item).clone());
            }
            Type::Set(item) => items.push((**item).clone()),
            _ => return None,
        }
    }
    let length = tuples.first().map_or(0, |it| it.len());
    if tuples.len() == types.len() && tuples.iter().all(|it| it.len() == length) {
        let column = |index: usize| {
            let all: Vec<Type> = tuples.iter().filter_map(|it| it.get(index)).cloned().collect();
            common_type(&all)
        };
        return (0..length).map(column).collect::<Option<_>>().map(Type::Tuple);
    }
    let item = Box::new(common_type(&items)?);
    Some(if lists || tuples.len() == types.len() { Type::List(item) } else { Type::Set(item) })
}

impl fmt::Display for Type {
    /// The type in the syntax of the language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::List(item) => write!(f, "list({item})"),
            Type::Set(item) => write!(f, "set({item})"),
            Type::Map(item) => write!(f, "map({item})"),
            Type::Tuple(items) => {
                let items: Vec<String> = items.iter().map(Type::to_string).collect();
                write!(f, "tuple([{}])", items.join(", "))
            }
            Type::Object(attributes) if attributes.is_empty() => f.write_str("object({})"),
            Type::Object(attributes) => {
                let attribute = |(name, it): (&Rc<str>, &Attribute)| {
                    let ty = &it.ty;
                    if it.optional { format!("{name} = optional({ty})") } else { format!("{name} = {ty}") }
                };
                let attributes: Vec<String> = attributes.iter().map(attribute).collect();
                write!(f, "object({{ {} }})", attributes.join(", "))
            }
        }
    }
}
