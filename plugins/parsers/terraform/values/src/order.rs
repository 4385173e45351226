//! The order of a set's items.

use std::cmp::Ordering;

use crate::{Data, Held, Value};

impl Value {
    /// A set: sorted as Terraform visits it, each item once. Items that cannot be known all stay, since they
    /// may differ.
    pub fn set(mut items: Vec<Value>) -> Value {
        items.sort_by(order);
        items.dedup_by(|one, other| one == other && one.first_unknown().is_none());
        Data::Set(Held::items(items)).into()
    }
}

/// A total order: texts by code point, numbers by size, false before true, and the rest by what is in it.
pub fn order(one: &Value, other: &Value) -> Ordering {
    match (&one.data, &other.data) {
        (Data::Bool(one), Data::Bool(other)) => one.cmp(other),
        (Data::Number(one), Data::Number(other)) => one.cmp(other),
        (Data::String(one), Data::String(other)) => one.as_str().cmp(other.as_str()),
        (Data::List(one), Data::List(other))
        | (Data::Set(one), Data::Set(other))
        | (Data::Tuple(one), Data::Tuple(other)) => {
            let unlike = one.iter().zip(other.iter()).map(|(one, other)| order(one, other));
            unlike.into_iter().find(|it| it.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        (Data::Map(one), Data::Map(other)) | (Data::Object(one), Data::Object(other)) => {
            let pairs = one.iter().zip(other.iter());
            let mut unlike = pairs.map(|((key, value), (other_key, other_value))| {
                key.cmp(other_key).then_with(|| order(value, other_value))
            });
            unlike.find(|it| it.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        (Data::Unknown(one), Data::Unknown(other)) => one.expression.cmp(&other.expression),
        (one, other) => rank(one).cmp(&rank(other)),
    }
}

fn rank(data: &Data) -> u8 {
    match data {
        Data::Bool(_) => 0,
        Data::Number(_) => 1,
        Data::String(_) => 2,
        Data::List(_) => 3,
        Data::Set(_) => 4,
        Data::Tuple(_) => 5,
        Data::Map(_) => 6,
        Data::Object(_) => 7,
        Data::Null => 8,
        Data::Unknown(_) => 9,
    }
}
