//! A case as a pack.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use palisade_rego::{Settings, compile};
use regorus::Value;

use super::case::Case;
use super::{Answer, WRAPPER};

fn settings() -> Settings {
    let register = |engine: &mut regorus::Engine| {
        palisade_rego_builtins::register(engine).map_err(|error| error.to_string())
    };
    Settings {
        extensions: palisade_rego_builtins::extensions(),
        register: Some(register),
        time_limit: Some(Duration::from_secs(10)),
        ..Settings::default()
    }
}

/// The result of a pack with the case's modules.
pub(crate) fn answer(case: &Case) -> Answer {
    match catch_unwind(AssertUnwindSafe(|| value(case))) {
        Ok(Ok(Value::Undefined)) => Answer::Undefined,
        Ok(Ok(value)) => Answer::Value(value),
        Ok(Err(why)) => Answer::Error(why),
        Err(_) => Answer::Error("panic".to_owned()),
    }
}

fn value(case: &Case) -> Result<Value, String> {
    let mut files: Vec<(String, String)> =
        case.modules.iter().enumerate().map(|(at, text)| (format!("{at}.rego"), text.clone())).collect();
    files.push(("wrapper.rego".to_owned(), WRAPPER.to_owned()));
    if let Some(data) = &case.data {
        files.push(("data.json".to_owned(), data.to_json_str().map_err(|it| it.to_string())?));
    }
    let mut program = compile(&files, &settings())
        .map_err(|problems| problems.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    program.prime();
    let input = case.input.clone().unwrap_or(Value::Undefined);
    let value = program.value(&["palisade_reference", "answer"], &input).map_err(|it| it.to_string())?;
    if value == Value::Undefined {
        return Ok(value);
    }
    // As JSON, the only form in which OPA's server returns values.
    let text = value.to_json_str().map_err(|it| it.to_string())?;
    Value::from_json_str(&text).map_err(|it| format!("{text}: {it}"))
}
