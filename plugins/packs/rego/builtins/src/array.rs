//! Arrays.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome};

pub(crate) const FUNCTIONS: &[Function] = &[Function::new("array.flatten", 1, flatten)];

/// Flattens one level: the items of items that are arrays.
fn flatten(call: &Arguments<'_>) -> Outcome {
    let mut flat = Vec::new();
    for item in call.array(0)? {
        match item {
            Value::Array(items) => flat.extend(items.iter().cloned()),
            _ => flat.push(item.clone()),
        }
    }
    Ok(Value::from(flat))
}
