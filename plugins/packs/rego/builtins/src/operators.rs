//! The functions behind operators, by their names.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined};
use crate::decimal::{Operation, compute};
use crate::order::compare;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("and", 2, and),
    Function::new("div", 2, div),
    Function::new("equal", 2, |call| Ok(Value::Bool(call.any(0)? == call.any(1)?))),
    Function::new("gt", 2, |call| Ok(Value::Bool(compare(call.any(0)?, call.any(1)?).is_gt()))),
    Function::new("gte", 2, |call| Ok(Value::Bool(compare(call.any(0)?, call.any(1)?).is_ge()))),
    Function::new("lt", 2, |call| Ok(Value::Bool(compare(call.any(0)?, call.any(1)?).is_lt()))),
    Function::new("lte", 2, |call| Ok(Value::Bool(compare(call.any(0)?, call.any(1)?).is_le()))),
    Function::new("minus", 2, minus),
    Function::new("mul", 2, mul),
    Function::new("neq", 2, |call| Ok(Value::Bool(call.any(0)? != call.any(1)?))),
    Function::new("or", 2, or),
    Function::new("plus", 2, plus),
    Function::new("rem", 2, rem),
    Function::new("set_diff", 2, difference),
];

fn plus(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_number().or_undefined()?, call.any(1)?.as_number().or_undefined()?);
    if let Some(answer) = compute(call.any(0)?, Operation::Plus, call.any(1)?) {
        return Ok(answer);
    }
    Ok(Value::from(left.add(right).or_undefined()?))
}

fn mul(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_number().or_undefined()?, call.any(1)?.as_number().or_undefined()?);
    if let Some(answer) = compute(call.any(0)?, Operation::Times, call.any(1)?) {
        return Ok(answer);
    }
    Ok(Value::from(left.mul(right).or_undefined()?))
}

fn minus(call: &Arguments<'_>) -> Outcome {
    if let (Value::Set(_), Value::Set(_)) = (call.any(0)?, call.any(1)?) {
        return difference(call);
    }
    let (left, right) = (call.any(0)?.as_number().or_undefined()?, call.any(1)?.as_number().or_undefined()?);
    if let Some(answer) = compute(call.any(0)?, Operation::Minus, call.any(1)?) {
        return Ok(answer);
    }
    Ok(Value::from(left.sub(right).or_undefined()?))
}

fn div(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_number().or_undefined()?, call.any(1)?.as_number().or_undefined()?);
    if *call.any(1)? == Value::from(0_u64) {
        return Err(Refusal::Undefined);
    }
    if let Some(answer) = compute(call.any(0)?, Operation::Divided, call.any(1)?) {
        return Ok(answer);
    }
    Ok(Value::from(left.clone().divide(right).or_undefined()?))
}

fn rem(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_number().or_undefined()?, call.any(1)?.as_number().or_undefined()?);
    if *call.any(1)? == Value::from(0_u64) || !left.is_integer() || !right.is_integer() {
        return Err(Refusal::Undefined);
    }
    Ok(Value::from(left.clone().modulo(right).or_undefined()?))
}

fn and(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_set().or_undefined()?, call.any(1)?.as_set().or_undefined()?);
    Ok(left.intersection(right).into_value())
}

fn or(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_set().or_undefined()?, call.any(1)?.as_set().or_undefined()?);
    Ok(left.union(right).into_value())
}

fn difference(call: &Arguments<'_>) -> Outcome {
    let (left, right) = (call.any(0)?.as_set().or_undefined()?, call.any(1)?.as_set().or_undefined()?);
    Ok(left.difference(right).into_value())
}
