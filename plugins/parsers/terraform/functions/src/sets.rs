//! Set functions.

use std::collections::BTreeSet;

use palisade_terraform_values::{Data, Value, unify};

use crate::arguments::{Arguments, Outcome};
use crate::function::items;
use crate::list::{Sorted, to_set};
use crate::{Function, FunctionError, Gives, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[items("first_set")], Gives::Any, |it| {
        combine(it, |all, own| all.into_iter().filter(|it| own.contains(it)).collect())
    })
    .rest(items("other_sets")),
    Function::new("setproduct", &[], Gives::Any, product).rest(items("sets").in_part()),
    Function::new("setsubtract", &[items("a"), items("b")], Gives::Any, |it| {
        combine(it, |all, own| all.into_iter().filter(|it| !own.contains(it)).collect())
    }),
    Function::new("setunion", &[items("first_set").in_part()], Gives::Any, |it| {
        let all = it.values.iter().filter_map(Value::items).flat_map(|items| items.iter().cloned());
        let all = all.take(limits::MAX_ITEMS + 1).collect::<Vec<Value>>();
        limits::items(Some(all.len()))?;
        to_set(&Value::list(all))
    })
    .rest(items("other_sets").in_part()),
];

/// Combines all sets into one, starting with the first.
fn combine(arguments: &Arguments<'_>, step: fn(Vec<Sorted>, &BTreeSet<Sorted>) -> Vec<Sorted>) -> Outcome {
    // All items are converted to one type, so that `1` and `"1"` are equal.
    let lengths: Vec<usize> = arguments.values.iter().filter_map(Value::items).map(|it| it.len()).collect();
    let all =
        arguments.values.iter().filter_map(Value::items).flat_map(|items| items.iter().cloned()).collect();
    let all: Vec<Value> = unify(all).map_err(|error| FunctionError::failed(error.to_string()))?;
    let mut rest = all.into_iter();
    let mut kept: Option<Vec<Sorted>> = None;
    for length in lengths {
        let own = rest.by_ref().take(length).map(Sorted);
        kept = Some(match kept {
            None => own.collect(),
            Some(kept) => step(kept, &own.collect()),
        });
    }
    Ok(Value::set(kept.unwrap_or_default().into_iter().map(|it| it.0).collect()))
}

fn product(arguments: &Arguments<'_>) -> Outcome {
    if arguments.values.len() < 2 {
        return Err(FunctionError::Arity {
            takes: "at least 2 arguments".into(),
            given: arguments.values.len(),
        });
    }
    let mut columns = Vec::new();
    let mut count = Some(1_usize);
    for index in 0..arguments.values.len() {
        let items = unify(arguments.items(index)?.to_vec());
        let items = items.map_err(|error| arguments.blame(index, error.to_string()))?;
        count = count.and_then(|it| it.checked_mul(items.len()));
        columns.push(items);
    }
    let count = limits::items(count)?;
    limits::items(count.checked_mul(columns.len()))?;
    let mut rows: Vec<Vec<Value>> = if count == 0 { Vec::new() } else { vec![Vec::new()] };
    for column in columns.iter().filter(|_| count > 0) {
        let longer = rows.iter().flat_map(|row| {
            column.iter().map(|item| row.iter().cloned().chain([item.clone()]).collect::<Vec<Value>>())
        });
        rows = longer.collect();
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    let sets = arguments.values.iter().all(|it| matches!(it.data, Data::Set(_)));
    Ok(if sets { Value::set(rows) } else { Value::list(rows) })
}
