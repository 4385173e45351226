//! A loaded folder of Rego.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use regorus::{Engine, Value};

use crate::ast::Version;
use crate::control::Control;
use crate::engine::{GAVE_UP, Loaded, evaluate};
use crate::joined::Lines;
use crate::problem::Problems;
use crate::result::{Found, Verdict, read_results};
use crate::settings::Settings;
use crate::test_rules::Test;

/// A failure of one control.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{control}: {what}")]
pub struct Failure {
    /// The control's name.
    pub control: String,
    /// What happened.
    pub what: String,
}

/// A loaded folder of Rego.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) controls: Vec<Control>,
    /// The rules that trace the reads of controls' rules, by package and rule.
    traced: BTreeMap<(Vec<String>, String), String>,
    /// Packages with exceptions.
    exceptions: BTreeSet<Vec<String>>,
    /// Maps the lines of joined modules to the author's files.
    lines: Lines,
    /// The engine after its first evaluation, and the one in use.
    primed: Engine,
    working: Engine,
    unused: Vec<String>,
    versions: Vec<(String, Version)>,
    pub(crate) tests: Option<Loaded>,
    pub(crate) loaded_tests: Vec<Test>,
    pub(crate) rule_lines: BTreeMap<String, Vec<u32>>,
}

/// Reads a folder: paths with `/` as separator, and texts. Nothing is evaluated.
pub fn compile(files: &[(String, String)], settings: &Settings) -> Result<Program, Problems> {
    let built = crate::build::build(files, settings)?;
    let Loaded { engine, traced, exceptions, lines } = built.loaded;
    Ok(Program {
        controls: built.controls,
        working: engine.clone(),
        primed: engine,
        traced,
        exceptions,
        lines,
        unused: built.unused,
        versions: built.versions,
        tests: built.tests,
        loaded_tests: built.test_rules,
        rule_lines: built.rule_lines,
    })
}

impl Program {
    /// The controls, in the order of their files and lines.
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// Files that are neither Rego, nor data, nor metadata of a control. They are ignored.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// The version of Rego of each file.
    pub fn versions(&self) -> &[(String, Version)] {
        &self.versions
    }

    /// Evaluates every control once with an empty input, so that the engine's preparations are done only once.
    pub fn prime(&mut self) {
        let mut engine = self.primed.clone();
        for control in &self.controls {
            let path = crate::engine::rule_path(&control.package, &control.rule);
            engine.set_input(Value::new_object());
            // A control that fails with an empty input may succeed with another; a real failure is reported then.
            let _ = evaluate(&mut engine, &path);
        }
        engine.set_input(Value::new_object());
        // A copy drops what the evaluations computed.
        self.working = engine.clone();
        self.primed = engine.clone();
    }

    /// Evaluates a control, by its row in `controls`, over an input.
    pub fn judge(&mut self, control: usize, input: &Value) -> Result<Verdict, Failure> {
        let Some(it) = self.controls.get(control) else {
            return Err(Failure { control: control.to_string(), what: "no such control".to_owned() });
        };
        let fail = |what: String| Failure { control: it.id.clone(), what };
        let path = crate::engine::rule_path(&it.package, &it.rule);
        self.working.set_input(input.clone());
        // The engine keeps what rules print; it is dropped.
        let _ = self.working.take_prints();
        let value = match evaluate(&mut self.working, &path) {
            Ok(value) => value,
            Err(what) => {
                self.working = self.primed.clone();
                return Err(fail(self.explain(&what)));
            }
        };
        let results = read_results(it, &value).map_err(fail)?;
        if results.is_empty() {
            return Ok(Verdict::default());
        }
        let origins = self.origins(control);
        let found: Vec<Found> =
            results.into_iter().map(|result| result.placed(input, origins.as_ref())).collect();
        let excepted = self.excepted(control);
        Ok(Verdict { found, excepted })
    }

    /// The value of a rule, or of a whole package, over an input: `["main", "deny"]`. Undefined if it does not exist.
    pub fn value(&mut self, path: &[&str], input: &Value) -> Result<Value, Failure> {
        let Some((last, package)) = path.split_last() else { return Ok(Value::Undefined) };
        let package: Vec<String> = package.iter().map(|step| (*step).to_owned()).collect();
        let query = crate::engine::rule_path(&package, last);
        self.working.set_input(input.clone());
        let asked = catch_unwind(AssertUnwindSafe(|| self.working.eval_query(query.clone(), false)));
        let failed = match asked {
            Ok(Ok(found)) => {
                let value =
                    found.result.into_iter().next().and_then(|row| row.expressions.into_iter().next());
                return Ok(value.map_or(Value::Undefined, |expression| expression.value));
            }
            Ok(Err(error)) => self.explain(&error.to_string()),
            Err(_) => GAVE_UP.to_owned(),
        };
        self.working = self.primed.clone();
        Err(Failure { control: query, what: failed })
    }

    /// An error of the engine, in readable form.
    fn explain(&self, error: &str) -> String {
        crate::engine::message_and_line(&self.lines.restore(error)).0
    }

    /// Where a control read its input, from its tracing rule.
    fn origins(&mut self, control: usize) -> Option<Value> {
        let it = self.controls.get(control)?;
        let beside = self.traced.get(&(it.package.clone(), it.rule.clone()))?;
        let path = crate::engine::rule_path(&it.package, beside);
        if let Ok(value) = evaluate(&mut self.working, &path) {
            Some(value)
        } else {
            self.working = self.primed.clone();
            None
        }
    }

    /// Whether Conftest's `exception` names the control for this input.
    fn excepted(&mut self, control: usize) -> bool {
        let Some(it) = self.controls.get(control) else { return false };
        if it.dialect != crate::control::Dialect::Conftest || !self.exceptions.contains(&it.package) {
            return false;
        }
        let name = it.rule.split_once('_').map_or("", |(_, name)| name).to_owned();
        let path = crate::engine::rule_path(&it.package, "exception");
        let Ok(Value::Set(lists)) = evaluate(&mut self.working, &path) else { return false };
        lists.iter().any(|list| match list {
            Value::Array(names) => names.contains(&Value::from(name.as_str())),
            Value::Set(names) => names.contains(&Value::from(name.as_str())),
            _ => false,
        })
    }
}
