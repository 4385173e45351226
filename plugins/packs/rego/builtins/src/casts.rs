//! Casts, all deprecated: a value of the type is returned as it is, and only `cast_array` and `cast_set` convert
//! others.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, array, set};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("cast_array", 1, |call| Ok(array(call.items(0)?.into_iter().cloned()))),
    Function::new("cast_boolean", 1, |call| same(call, |it| matches!(it, Value::Bool(_)))),
    Function::new("cast_null", 1, |call| same(call, |it| matches!(it, Value::Null))),
    Function::new("cast_object", 1, |call| same(call, |it| matches!(it, Value::Object(_)))),
    Function::new("cast_set", 1, |call| Ok(set(call.items(0)?.into_iter().cloned()))),
    Function::new("cast_string", 1, |call| same(call, |it| matches!(it, Value::String(_)))),
];

fn same(call: &Arguments<'_>, is: fn(&Value) -> bool) -> Outcome {
    let value = call.any(0)?;
    if is(value) { Ok(value.clone()) } else { Err(Refusal::Undefined) }
}
