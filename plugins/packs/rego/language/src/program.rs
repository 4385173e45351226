//! A folder of Rego, ready to judge.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use regorus::{Engine, Value};

use crate::ast::Version;
use crate::control::{Control, Namespaces};
use crate::engine::Loaded;
use crate::joined::Lines;
use crate::problem::Problems;
use crate::result::{Found, Verdict, read_results};
use crate::testing::Test;

/// What is said where the engine panics.
const GAVE_UP: &str = "the engine gave up in the middle of the rule";

/// Registers functions with the engine that it does not have itself.
pub type Register = fn(&mut Engine) -> Result<(), String>;

/// How a folder is read.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which packages are Conftest's.
    pub namespaces: Namespaces,
    /// Functions from outside: their names, how many arguments each takes, and what registers them.
    pub extensions: Vec<(String, u8)>,
    /// What registers them.
    pub register: Option<Register>,
    /// How long one control may take for one input, where the engine has a clock: that is in its feature `std`,
    /// which no guest has. There the sandbox's own budget ends what loops.
    pub time_limit: Option<Duration>,
}

/// What one control did that it should not have done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{control}: {what}")]
pub struct Failure {
    /// The control's name.
    pub control: String,
    /// What happened.
    pub what: String,
}

/// A folder of Rego, ready to judge.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) controls: Vec<Control>,
    /// The rules that tell where controls' rules read, by package and rule.
    traced: BTreeMap<(Vec<String>, String), String>,
    /// Packages with exceptions.
    exceptions: BTreeSet<Vec<String>>,
    /// Where what the engine names is in the author's files.
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

/// Reads a folder: paths with `/` between, and texts. Nothing is evaluated.
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

    /// Files that are neither Rego, nor data, nor beside a control. They take no part.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Which Rego each file is written in.
    pub fn versions(&self) -> &[(String, Version)] {
        &self.versions
    }

    /// Evaluates every control once over nothing, so that what the engine prepares is there once and for all.
    pub fn prime(&mut self) {
        let mut engine = self.primed.clone();
        for control in &self.controls {
            let path = crate::engine::rule_path(&control.package, &control.rule);
            engine.set_input(Value::new_object());
            // What fails over nothing may well do over something, and says so then.
            let _ = evaluate(&mut engine, &path);
        }
        engine.set_input(Value::new_object());
        // A copy leaves behind what the evaluations computed.
        self.working = engine.clone();
        self.primed = engine.clone();
    }

    /// What a control, by its row in `controls`, finds in an input.
    pub fn judge(&mut self, control: usize, input: &Value) -> Result<Verdict, Failure> {
        let Some(it) = self.controls.get(control) else {
            return Err(Failure { control: control.to_string(), what: "no such control".to_owned() });
        };
        let fail = |what: String| Failure { control: it.id.clone(), what };
        let path = crate::engine::rule_path(&it.package, &it.rule);
        self.working.set_input(input.clone());
        // What rules print is kept by the engine, and nobody reads it.
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

    /// The value of a rule, or of a whole package, over an input: `["main", "deny"]`. Undefined where there is none.
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

    /// An error of the engine, for a reader.
    fn explain(&self, error: &str) -> String {
        crate::engine::message_and_line(&self.lines.restore(error)).0
    }

    /// Where a control read its input, from the companion rule beside it.
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

/// Evaluates a rule. A panic of the engine is an error of the rule; inside the sandbox it is a trap, so the known
/// ones are pre-empted (`guards`).
pub(crate) fn evaluate(engine: &mut Engine, path: &str) -> Result<Value, String> {
    match catch_unwind(AssertUnwindSafe(|| engine.eval_rule(path.to_owned()))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(GAVE_UP.to_owned()),
    }
}
