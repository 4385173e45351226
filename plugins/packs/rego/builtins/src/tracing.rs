//! Notes for whoever looks for a fault. `print` is the engine's own, and gathers them; nobody explains an evaluation
//! here, so that the notes of `trace` go nowhere.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome};

pub(crate) const FUNCTIONS: &[Function] = &[Function::new("trace", 1, trace)];

fn trace(call: &Arguments<'_>) -> Outcome {
    call.text(0)?;
    Ok(Value::Bool(true))
}
