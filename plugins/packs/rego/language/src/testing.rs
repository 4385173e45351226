//! A pack's own tests, and which lines of its rules they reach.

use std::collections::BTreeMap;

use regorus::Value;

use crate::engine::{evaluate, rule_path};
use crate::program::Program;
use crate::source::is_rego;

/// One `test_` rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The file it is in.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Its name.
    pub name: String,
    /// Whether it holds. `None` for one that begins with `todo_` and was not run.
    pub passed: Option<bool>,
    /// Why it could not be evaluated; empty if it was.
    pub error: String,
}

/// The covered and missed lines of a file's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The file.
    pub file: String,
    /// Lines that tests reached.
    pub covered: Vec<u32>,
    /// Lines that tests did not reach.
    pub missed: Vec<u32>,
}

/// All tests of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestRun {
    /// Each test, by file and line.
    pub results: Vec<TestResult>,
    /// Each file that is not a test.
    pub coverage: Vec<Coverage>,
}

impl Program {
    /// Runs the `test_` rules of the files whose names end in `_test.rego`, and reports which lines they reached.
    pub fn test(&self) -> TestRun {
        let Some(loaded) = &self.tests else { return TestRun::default() };
        let mut engine = loaded.engine.clone();
        engine.set_enable_coverage(true);
        let mut run = TestRun::default();
        let mut ran: BTreeMap<String, Result<Value, String>> = BTreeMap::new();
        for test in &self.loaded_tests {
            let path = rule_path(&test.package, &test.name);
            if test.name.starts_with("todo_") {
                run.results.push(TestResult {
                    file: test.file.clone(),
                    line: test.line,
                    name: test.name.clone(),
                    passed: None,
                    error: String::new(),
                });
                continue;
            }
            let value = ran.entry(path.clone()).or_insert_with(|| {
                engine.set_input(Value::new_object());
                evaluate(&mut engine, &path)
            });
            let (passed, error) = match value {
                Ok(value) => (*value == Value::Bool(true), String::new()),
                Err(error) => (false, crate::engine::message_and_line(error).0),
            };
            run.results.push(TestResult {
                file: test.file.clone(),
                line: test.line,
                name: test.name.clone(),
                passed: Some(passed),
                error,
            });
        }
        let mut untouched = self.rule_lines.clone();
        if let Ok(report) = engine.get_coverage_report() {
            run.coverage = report
                .files
                .into_iter()
                .filter(|file| !file.path.ends_with("_test.rego") && is_rego(&file.path))
                .map(|file| Coverage {
                    file: file.path,
                    covered: file.covered.into_iter().collect(),
                    missed: file.not_covered.into_iter().collect(),
                })
                .collect();
        }
        run.coverage.iter().for_each(|it| drop(untouched.remove(&it.file)));
        // Files that no test reached are not in the engine's report.
        run.coverage.extend(untouched.into_iter().map(|(file, missed)| Coverage {
            file,
            covered: Vec::new(),
            missed,
        }));
        run.coverage.sort_by(|one, other| one.file.cmp(&other.file));
        run
    }
}
