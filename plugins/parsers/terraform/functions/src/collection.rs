//! Collection functions for maps, and predicates of collections.

use std::rc::Rc;

use palisade_terraform_values::{Data, Entries, Number, Type, Value, convert, operators, type_of, unify};
use unicode_segmentation::UnicodeSegmentation;

use crate::arguments::{Arguments, Outcome};
use crate::function::{any, entries, items, takes, text};
use crate::list::list;
use crate::numeric::calculated;
use crate::{Function, FunctionError, Gives, Takes, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[items("list").in_part()], Gives::Bool, |it| decide(it, false)),
    Function::new("anytrue", &[items("list").in_part()], Gives::Bool, |it| decide(it, true)),
    Function::new("contains", &[items("list").in_part(), any("value").or_unknown()], Gives::Bool, contains),
    Function::new("index", &[items("list").in_part(), any("value").or_unknown()], Gives::Number, index),
    Function::new("keys", &[entries("inputMap").or_unknown()], Gives::Any, keys),
    Function::new("length", &[any("value").or_unknown()], Gives::Number, length),
    Function::new(
        "lookup",
        &[entries("inputMap").in_part(), text("key"), any("default").or_null().or_unknown()],
        Gives::Any,
        lookup,
    )
    .optional(1),
    Function::new("map", &[], Gives::Any, |_| {
        Err(FunctionError::failed("it was removed from the language; write `tomap({ … })`"))
    })
    .rest(any("pairs").or_null().or_unknown()),
    Function::new(
        "matchkeys",
        &[items("values").in_part(), items("keys"), items("searchset")],
        Gives::Any,
        matchkeys,
    ),
    Function::new("merge", &[], Gives::Any, merge).rest(entries("maps").or_null().in_part()),
    Function::new("one", &[items("list").in_part()], Gives::Any, one),
    Function::new("sum", &[items("list")], Gives::Number, sum),
    Function::new("transpose", &[takes("values", Takes::TextsByKey)], Gives::Any, transpose),
    Function::new("values", &[entries("mapping").in_part()], Gives::Any, |it| {
        let values = it.entries(0)?.values().cloned().collect();
        Ok(if is_map(it.value(0)?) { Value::list(values) } else { Value::tuple(values) })
    }),
    Function::new("zipmap", &[takes("keys", Takes::Texts), items("values").in_part()], Gives::Any, zipmap),
];

fn is_map(value: &Value) -> bool {
    matches!(value.data, Data::Map(_))
}

/// A false decides `alltrue`, a true decides `anytrue`.
fn decide(arguments: &Arguments<'_>, by: bool) -> Outcome {
    let mut open = false;
    for item in arguments.items(0)?.iter() {
        let converted = convert(item.clone(), &Type::Bool);
        let converted = converted.map_err(|error| arguments.blame(0, error.to_string()))?;
        match converted.data {
            Data::Bool(it) if it == by => return Ok(by.into()),
            // Neither true nor false.
            Data::Null(_) if !by => return Ok(false.into()),
            Data::Unknown(_) => open = true,
            _ => {}
        }
    }
    Ok(if open { arguments.unknown(Type::Bool) } else { (!by).into() })
}

fn contains(arguments: &Arguments<'_>) -> Outcome {
    let wanted = arguments.value(1)?;
    let mut open = false;
    for item in arguments.items(0)?.iter() {
        match operators::equality(item, wanted) {
            Some(true) => return Ok(true.into()),
            Some(false) => {}
            None => open = true,
        }
    }
    Ok(if open { arguments.unknown(Type::Bool) } else { false.into() })
}

fn index(arguments: &Arguments<'_>) -> Outcome {
    let wanted = arguments.value(1)?;
    for (position, item) in arguments.items(0)?.iter().enumerate() {
        match operators::equality(item, wanted) {
            Some(true) => return Ok(i64::try_from(position).unwrap_or(i64::MAX).into()),
            Some(false) => {}
            None => return Ok(arguments.unknown(Type::Number)),
        }
    }
    Err(FunctionError::failed("the list has no such item"))
}

fn keys(arguments: &Arguments<'_>) -> Outcome {
    if let Some(unknown) = arguments.value(0)?.as_unknown() {
        // The type of an object has its names.
        return match &unknown.ty {
            Type::Object(attributes) => {
                Ok(Value::tuple(attributes.keys().map(|it| Value::from(Rc::clone(it))).collect()))
            }
            Type::Map(_) => Ok(arguments.unknown(Type::List(Box::new(Type::String)))),
            _ => Ok(arguments.unknown(Type::Any)),
        };
    }
    let keys = arguments.entries(0)?.keys().map(|it| Value::from(Rc::clone(it))).collect();
    Ok(if is_map(arguments.value(0)?) { Value::list(keys) } else { Value::tuple(keys) })
}

fn length(arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    let count = match &value.data {
        Data::String(text) => text.as_str().graphemes(true).count(),
        // Some items may be equal.
        Data::Set(items) if items.len() > 1 && value.first_unknown().is_some() => {
            return Ok(arguments.unknown(Type::Number));
        }
        Data::List(items) | Data::Set(items) | Data::Tuple(items) => items.len(),
        Data::Map(entries) | Data::Object(entries) => entries.len(),
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Tuple(items) => items.len(),
            _ => return Ok(arguments.unknown(Type::Number)),
        },
        _ => return Err(arguments.blame(0, "a collection or text is required")),
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX).into())
}

fn lookup(arguments: &Arguments<'_>) -> Outcome {
    let (map, key) = (arguments.entries(0)?, arguments.text(1)?);
    if let Some(found) = map.get(key) {
        return Ok(found.clone());
    }
    let Ok(default) = arguments.value(2) else {
        return Err(FunctionError::failed(format!("key `{key}` not found, and no default is given")));
    };
    // A map has one type of values.
    let ty = map
        .values()
        .map(type_of)
        .find(|it| *it != Type::Any)
        .filter(|_| arguments.values.first().is_some_and(is_map));
    Ok(ty.and_then(|ty| convert(default.clone(), &ty).ok()).unwrap_or_else(|| default.clone()))
}

fn matchkeys(arguments: &Arguments<'_>) -> Outcome {
    let (values, keys, wanted) = (arguments.items(0)?, arguments.items(1)?, arguments.items(2)?);
    if values.len() != keys.len() {
        return Err(arguments.blame(1, "must have as many items as the values"));
    }
    let together = keys.iter().chain(wanted.iter()).cloned().collect();
    let together = unify(together).map_err(|error| arguments.blame(2, error.to_string()))?;
    let (keys, wanted) = together.split_at_checked(keys.len()).unwrap_or_default();
    let wanted: std::collections::BTreeSet<_> = wanted.iter().cloned().map(crate::list::Sorted).collect();
    let found =
        values.iter().zip(keys).filter(|(_, key)| wanted.contains(&crate::list::Sorted((*key).clone())));
    list(found.map(|(value, _)| value.clone()).collect())
}

fn merge(arguments: &Arguments<'_>) -> Outcome {
    let mut merged = Entries::new();
    for value in arguments.values.iter().filter(|it| !it.is_null()) {
        for (key, item) in value.entries().map(|it| it.iter()).into_iter().flatten() {
            merged.insert(Rc::clone(key), item.clone());
        }
        limits::items(Some(merged.len()))?;
    }
    // Maps of one type result in a map of that type, everything else in an object.
    let mut types: Vec<Type> = Vec::new();
    for value in arguments.values.iter().filter(|it| !it.is_null()) {
        match type_of(value) {
            Type::Map(item) if *item == Type::Any => {}
            Type::Map(item) => types.push(*item),
            _ => return Ok(Value::object(merged)),
        }
    }
    let one = types.windows(2).all(|it| it.first() == it.last()) && arguments.values.iter().any(is_map);
    Ok(if one { Value::map(merged) } else { Value::object(merged) })
}

fn one(arguments: &Arguments<'_>) -> Outcome {
    let items = arguments.items(0)?;
    match items.as_slice() {
        [] => Ok(Value::null()),
        [only] => Ok(only.clone()),
        // All items may be equal.
        _ if matches!(arguments.value(0)?.data, Data::Set(_))
            && arguments.value(0)?.first_unknown().is_some() =>
        {
            Ok(arguments.unknown(Type::Any))
        }
        _ => Err(arguments.blame(0, format!("must have one item or none, and has {}", items.len()))),
    }
}

fn sum(arguments: &Arguments<'_>) -> Outcome {
    let items = arguments.items(0)?;
    if items.is_empty() {
        return Err(arguments.blame(0, "must not be empty"));
    }
    let mut total: Option<Number> = None;
    for item in items.iter() {
        let number = convert(item.clone(), &Type::Number);
        let number = number.map_err(|error| arguments.blame(0, error.to_string()))?;
        match &number.data {
            Data::Number(number) => {
                let sum = match total {
                    Some(total) => total.add(number),
                    None => Some(number.clone()),
                };
                total = Some(sum.ok_or_else(|| FunctionError::limit("the sum has too many digits"))?);
            }
            _ => return Err(arguments.blame(0, "has a null in it")),
        }
    }
    calculated(total)
}

fn transpose(arguments: &Arguments<'_>) -> Outcome {
    let mut turned: std::collections::BTreeMap<Rc<str>, Vec<Value>> = std::collections::BTreeMap::new();
    for (key, texts) in arguments.entries(0)?.iter() {
        let texts = texts.items().ok_or_else(|| arguments.blame(0, "has a null in it"))?;
        for text in texts.iter() {
            let text = text.as_str().ok_or_else(|| arguments.blame(0, "has a null in it"))?;
            turned.entry(text.into()).or_default().push(Value::from(Rc::clone(key)));
        }
    }
    // Keys were visited in order, so each list is sorted.
    Ok(Value::map(turned.into_iter().map(|(key, keys)| (key, Value::list(keys))).collect()))
}

fn zipmap(arguments: &Arguments<'_>) -> Outcome {
    let (keys, values) = (arguments.items(0)?, arguments.items(1)?);
    if keys.len() != values.len() {
        let problem = format!("there are {} keys and {} values", keys.len(), values.len());
        return Err(FunctionError::failed(problem));
    }
    let mut entries = Entries::new();
    for (key, value) in keys.iter().zip(values.iter()) {
        let key = key.as_str().ok_or_else(|| arguments.blame(0, "has a null in it"))?;
        entries.insert(key.into(), value.clone());
    }
    let list = !matches!(arguments.value(1)?.data, Data::Tuple(_));
    Ok(if list { Value::map(entries) } else { Value::object(entries) })
}
