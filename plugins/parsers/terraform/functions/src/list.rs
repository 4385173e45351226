//! Collection functions that return lists.

use palisade_terraform_values::{Data, Number, Part, Type, Unknown, Value, convert, operators, unify};

use crate::arguments::{Arguments, Outcome, unknown_of};
use crate::function::{any, items, number, takes};
use crate::{Function, FunctionError, Gives, Takes, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("chunklist", &[items("list").in_part(), number("size")], Gives::Any, chunklist),
    Function::new("coalesce", &[], Gives::Any, coalesce).rest(any("vals").or_null().or_unknown()),
    Function::new("coalescelist", &[], Gives::Any, coalescelist).rest(any("vals").or_null().or_unknown()),
    Function::new("compact", &[takes("list", Takes::Texts)], Gives::Texts, |it| {
        let full = |it: &&Value| it.as_str().is_some_and(|text| !text.is_empty());
        Ok(Value::list(it.items(0)?.iter().filter(full).cloned().collect()))
    }),
    Function::new("concat", &[], Gives::Any, concat).rest(items("seqs").in_part()),
    Function::new("distinct", &[items("list")], Gives::Any, distinct),
    Function::new("element", &[items("list").in_part(), number("index")], Gives::Any, element),
    Function::new("flatten", &[items("list").in_part()], Gives::Any, flatten),
    Function::new("list", &[], Gives::Any, |_| {
        Err(FunctionError::failed("it was removed from the language; write `tolist([…])`"))
    })
    .rest(any("items").or_null().or_unknown()),
    Function::new("range", &[number("start"), number("limit"), number("step")], Gives::Any, range)
        .optional(2),
    Function::new("reverse", &[items("list").in_part()], Gives::Any, |it| {
        let items: Vec<Value> = it.items(0)?.iter().rev().cloned().collect();
        Ok(like(it.value(0)?, items))
    }),
    Function::new(
        "slice",
        &[items("list").in_part(), number("start_index"), number("end_index")],
        Gives::Any,
        slice,
    ),
    Function::new("sort", &[takes("list", Takes::Texts).in_part()], Gives::Texts, sort),
];

/// A list of items that are converted to one type.
pub(crate) fn list(items: Vec<Value>) -> Outcome {
    unify(items).map(Value::list).map_err(|error| FunctionError::failed(error.to_string()))
}

/// A tuple if the model is one, otherwise a list.
fn like(model: &Value, items: Vec<Value>) -> Value {
    if matches!(model.data, Data::Tuple(_)) { Value::tuple(items) } else { Value::list(items) }
}

fn chunklist(arguments: &Arguments<'_>) -> Outcome {
    let size =
        usize::try_from(arguments.whole(1)?).map_err(|_| arguments.blame(1, "must not be negative"))?;
    let items = list(arguments.items(0)?.to_vec())?;
    let Some(all) = items.items().filter(|it| !it.is_empty()) else { return Ok(items) };
    if size == 0 {
        return Ok(Value::list(vec![items]));
    }
    Ok(Value::list(all.chunks(size).map(|it| Value::list(it.to_vec())).collect()))
}

fn coalesce(arguments: &Arguments<'_>) -> Outcome {
    let values = unify(arguments.values.clone()).map_err(|error| FunctionError::failed(error.to_string()))?;
    for value in values {
        if value.is_null() || value.as_str() == Some("") {
            continue;
        }
        return match value.as_unknown() {
            // It may be null or empty, unless a part of it is known.
            Some(unknown)
                if unknown.prefix.is_empty()
                    && unknown.decoded.is_none()
                    && !unknown.parts.iter().any(|it| matches!(it, Part::Known(_))) =>
            {
                let ty = unknown.ty.clone();
                Ok(arguments.unknown(ty))
            }
            _ => Ok(value),
        };
    }
    Err(FunctionError::failed("none of the arguments is anything but null or empty"))
}

fn coalescelist(arguments: &Arguments<'_>) -> Outcome {
    for (index, value) in arguments.values.iter().enumerate() {
        if value.is_null() {
            continue;
        }
        if value.as_unknown().is_some() {
            return Ok(arguments.unknown(Type::Any));
        }
        if !arguments.items(index)?.is_empty() {
            return Ok(value.clone());
        }
    }
    Err(FunctionError::failed("none of the lists has items"))
}

fn concat(arguments: &Arguments<'_>) -> Outcome {
    if arguments.values.is_empty() {
        return Err(FunctionError::Arity { takes: "at least 1 argument".into(), given: 0 });
    }
    let mut all = Vec::new();
    let mut lists = true;
    for (index, value) in arguments.values.iter().enumerate() {
        if matches!(value.data, Data::Set(_)) {
            return Err(arguments.blame(index, "a list is required, not a set; `tolist` makes one of it"));
        }
        lists &= matches!(value.data, Data::List(_));
        let items = arguments.items(index)?;
        limits::items(all.len().checked_add(items.len()))?;
        all.extend(items.iter().cloned());
    }
    if lists { list(all) } else { Ok(Value::tuple(all)) }
}

fn distinct(arguments: &Arguments<'_>) -> Outcome {
    let items = list(arguments.items(0)?.to_vec())?;
    let mut seen = std::collections::BTreeSet::new();
    let mut kept = Vec::new();
    for item in items.items().map(|it| it.iter()).into_iter().flatten() {
        if seen.insert(Sorted(item.clone())) {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

/// A value with the order of sets.
#[derive(PartialEq)]
pub(crate) struct Sorted(pub(crate) Value);

impl Eq for Sorted {}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Sorted) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Sorted) -> std::cmp::Ordering {
        palisade_terraform_values::order(&self.0, &other.0)
    }
}

fn element(arguments: &Arguments<'_>) -> Outcome {
    if matches!(arguments.value(0)?.data, Data::Set(_)) {
        return Err(arguments.blame(0, "a list is required, not a set; `tolist` makes one of it"));
    }
    let items = arguments.items(0)?;
    let index = arguments.whole(1)?;
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let wrapped = index.checked_rem_euclid(length).and_then(|it| usize::try_from(it).ok());
    let item = wrapped.and_then(|it| items.get(it)).cloned();
    item.ok_or_else(|| arguments.blame(0, "must not be empty"))
}

fn flatten(arguments: &Arguments<'_>) -> Outcome {
    fn gather(items: &[Value], into: &mut Vec<Value>) -> Outcome<bool> {
        for item in items {
            if let Some(inner) = item.items() {
                if !gather(inner, into)? {
                    return Ok(false);
                }
                continue;
            }
            // It may be a list of any length.
            if let Some(unknown) = item.as_unknown()
                && matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_))
            {
                return Ok(false);
            }
            limits::items(Some(into.len() + 1))?;
            into.push(item.clone());
        }
        Ok(true)
    }
    let mut flat = Vec::new();
    if gather(arguments.items(0)?, &mut flat)? {
        return Ok(Value::tuple(flat));
    }
    Ok(unknown_of(&arguments.values, Type::List(Box::new(Type::Any))))
}

/// The maximum number of items of `range`, as in Terraform.
const MAX_RANGE: usize = 1_024;

fn range(arguments: &Arguments<'_>) -> Outcome {
    let zero = Number::from(0);
    let (start, limit) = match arguments.values.len() {
        1 => (&zero, arguments.number(0)?),
        _ => (arguments.number(0)?, arguments.number(1)?),
    };
    let default = Number::from(if limit < start { -1 } else { 1 });
    let step = if arguments.values.len() == 3 { arguments.number(2)? } else { &default };
    if *step == zero {
        return Err(arguments.blame(2, "must not be 0"));
    }
    if start != limit && (limit < start) != (*step < zero) {
        return Err(arguments.blame(2, "leads away from the limit; change its sign"));
    }
    let mut numbers = Vec::new();
    let mut next = Value::from(start.clone());
    while let Data::Number(number) = &next.data {
        if (*step > zero && number >= limit) || (*step < zero && number <= limit) {
            break;
        }
        if numbers.len() == MAX_RANGE {
            return Err(FunctionError::failed(format!("the range has more than {MAX_RANGE} numbers")));
        }
        numbers.push(next.clone());
        next = operators::add(next, Value::from(step.clone()))
            .map_err(|error| FunctionError::failed(error.to_string()))?;
    }
    Ok(Value::list(numbers))
}

fn slice(arguments: &Arguments<'_>) -> Outcome {
    if matches!(arguments.value(0)?.data, Data::Set(_)) {
        return Err(arguments.blame(0, "a list is required, not a set; `tolist` makes one of it"));
    }
    let items = arguments.items(0)?;
    let bound = |index: usize| {
        let at = usize::try_from(arguments.whole(index)?).ok().filter(|it| *it <= items.len());
        at.ok_or_else(|| arguments.blame(index, format!("must be from 0 to {}", items.len())))
    };
    let (start, end) = (bound(1)?, bound(2)?);
    let part = items.get(start..end).ok_or_else(|| arguments.blame(1, "must not be after the end"))?;
    Ok(like(arguments.value(0)?, part.to_vec()))
}

fn sort(arguments: &Arguments<'_>) -> Outcome {
    let mut items = arguments.items(0)?.to_vec();
    if items.iter().any(Value::is_null) {
        return Err(arguments.blame(0, "has a null in it; `compact` takes nulls out"));
    }
    if let Some(unknown) = Unknown::of_all(&items, Type::String) {
        // The length is known, but no item.
        items.fill(unknown.never_null().into());
    }
    items.sort_by(palisade_terraform_values::order);
    Ok(Value::list(items))
}

/// Converts a collection to a set of one type.
pub(crate) fn to_set(value: &Value) -> Outcome {
    let ty = Type::Set(Box::new(Type::Any));
    convert(value.clone(), &ty).map_err(|error| FunctionError::failed(error.to_string()))
}
