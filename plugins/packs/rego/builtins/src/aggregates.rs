//! Aggregates.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined as _, array};
use crate::decimal::{Operation, compute};
use crate::order::{compare, members};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("all", 1, all),
    Function::new("any", 1, any),
    Function::new("count", 1, count),
    Function::new("max", 1, |call| {
        call.items(0)?.into_iter().max_by(|a, b| compare(a, b)).cloned().or_undefined()
    }),
    Function::new("min", 1, |call| {
        call.items(0)?.into_iter().min_by(|a, b| compare(a, b)).cloned().or_undefined()
    }),
    Function::new("sort", 1, |call| Ok(array(members(call.items(0)?.into_iter()).into_iter().cloned()))),
    Function::new("sum", 1, sum),
];

/// The sum of a collection; fractions are added as decimals.
fn sum(call: &Arguments<'_>) -> Outcome {
    let mut total = Value::from(0_u64);
    for item in call.items(0)? {
        let number = item.as_number().or_undefined()?;
        total = match compute(&total, Operation::Plus, item) {
            Some(total) => total,
            None => Value::from(total.as_number().or_undefined()?.add(number).or_undefined()?),
        };
    }
    Ok(total)
}

/// Deprecated: whether all are `true`.
fn all(call: &Arguments<'_>) -> Outcome {
    Ok(Value::Bool(call.items(0)?.into_iter().all(|it| *it == Value::Bool(true))))
}

/// Deprecated: whether one is `true`.
fn any(call: &Arguments<'_>) -> Outcome {
    Ok(Value::Bool(call.items(0)?.into_iter().any(|it| *it == Value::Bool(true))))
}

fn count(call: &Arguments<'_>) -> Outcome {
    Ok(Value::from(match call.any(0)? {
        Value::Array(items) => items.len(),
        Value::Set(members) => members.len(),
        Value::Object(entries) => entries.len(),
        Value::String(text) => text.chars().count(),
        _ => return Err(Refusal::Undefined),
    }))
}
