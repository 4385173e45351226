//! The engine with a loaded pack.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};

use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, PolicyLengthConfig, Value};

use crate::joined::{Lines, Text};
use crate::place::Place;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{guards, limits, lower, print};

/// The message after a panic of the engine.
pub(crate) const GAVE_UP: &str = "the engine gave up in the middle of the rule";

/// An engine with a loaded pack.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    /// The rules that trace the reads of controls' rules, by package and rule.
    pub(crate) traced: BTreeMap<(Vec<String>, String), String>,
    /// Packages with exceptions.
    pub(crate) exceptions: BTreeSet<Vec<String>>,
    /// Maps the lines of joined modules to the author's files.
    pub(crate) lines: Lines,
}

/// A new engine with what every pack needs.
pub(crate) fn new(settings: &Settings) -> Result<Engine, String> {
    let mut engine = Engine::new();
    engine.set_rego_v0(false);
    engine.set_strict_builtin_errors(false);
    // The output of `print` is not shown.
    engine.set_gather_prints(true);
    engine.set_policy_length_config(PolicyLengthConfig {
        max_col: NonZeroU32::MAX,
        // The size of files is checked where they are read; all of them may become one module.
        max_file_bytes: NonZeroUsize::new(limits::PACK_BYTES.saturating_mul(8)).unwrap_or(NonZeroUsize::MAX),
        max_lines: NonZeroUsize::new(limits::PACK_BYTES).unwrap_or(NonZeroUsize::MAX),
    });
    if let (Some(limit), Some(check_interval)) = (settings.time_limit, NonZeroU32::new(1024)) {
        engine.set_execution_timer_config(ExecutionTimerConfig { limit, check_interval });
    }
    if let Some(register) = settings.register {
        register(&mut engine)?;
    }
    guards::install(&mut engine);
    Ok(engine)
}

/// Adds a module under a name that errors contain.
pub(crate) fn add(engine: &mut Engine, module: Text) -> Result<(), String> {
    engine.add_policy(module.name, module.text).map(drop).map_err(|error| error.to_string())
}

/// Adds data at a path.
pub(crate) fn add_data(engine: &mut Engine, prefix: &[String], value: &Value) -> Result<(), String> {
    let nested = prefix.iter().rev().fold(value.clone(), |value, step| {
        Value::from(BTreeMap::from([(Value::from(step.as_str()), value)]))
    });
    engine.add_data(nested).map_err(|error| error.to_string())
}

/// Adds the constants that were moved out of the modules.
pub(crate) fn add_constants(engine: &mut Engine, constants: &[Value]) -> Result<(), String> {
    if constants.is_empty() {
        return Ok(());
    }
    let all =
        constants.iter().enumerate().map(|(index, value)| (Value::from(format!("c{index}")), value.clone()));
    add_data(engine, &[lower::CONSTANTS.to_owned()], &Value::from(all.collect::<BTreeMap<_, _>>()))
}

/// The full path of a rule.
pub(crate) fn rule_path(package: &[String], rule: &str) -> String {
    let mut path = "data".to_owned();
    for step in package.iter().map(String::as_str).chain([rule]) {
        if print::is_name(step) {
            path.push('.');
            path.push_str(step);
        } else {
            path.push('[');
            path.push_str(&serde_json::Value::String(step.to_owned()).to_string());
            path.push(']');
        }
    }
    path
}

/// The message of an error of the engine, without the quoted source, and its line.
pub(crate) fn message_and_line(error: &str) -> (String, u32) {
    let line = error
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("--> "))
        .and_then(|place| place.rsplit(':').nth(1))
        .and_then(|line| line.parse().ok())
        .unwrap_or(0);
    let what = error
        .lines()
        .find_map(|line| line.split_once("error: ").map(|(_, what)| what))
        .or_else(|| error.lines().find(|line| !line.trim().is_empty()))
        .unwrap_or_default();
    let what = crate::rename::as_written(what.trim());
    let place =
        if line > 0 && !error.trim_start().is_empty() { format!(" (line {line})") } else { String::new() };
    (format!("{what}{place}"), line)
}

/// A problem without a place.
pub(crate) fn problem(what: String) -> Problem {
    Problem { file: String::new(), place: Place::default(), what, fix: String::new() }
}

/// Evaluates a rule. A panic of the engine is an error of the rule. Inside the sandbox it would be a trap, so the known
/// panics are prevented (`guards`).
pub(crate) fn evaluate(engine: &mut Engine, path: &str) -> Result<Value, String> {
    match catch_unwind(AssertUnwindSafe(|| engine.eval_rule(path.to_owned()))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(GAVE_UP.to_owned()),
    }
}
