//! Reads and runs a case.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use regorus::{Engine, PolicyLengthConfig, Value};

/// The result of a case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Value(Value),
    Undefined,
    Error(String),
    Panic,
    /// The stack overflows, which aborts the process.
    Overflow,
}

impl Answer {
    /// Whether the result is the expected one; messages of errors are not compared.
    pub(crate) fn is(&self, want: &Self) -> bool {
        match (self, want) {
            (Self::Error(_), Self::Error(_)) => true,
            _ => self == want,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The builtin or language construct.
    pub(crate) of: String,
    pub(crate) note: String,
    pub(crate) modules: Vec<String>,
    pub(crate) input: Option<Value>,
    pub(crate) data: Option<Value>,
    pub(crate) v0: bool,
    pub(crate) want: Answer,
    /// The engine's known deviation.
    pub(crate) gets: Option<Answer>,
}

/// All cases of the files in a folder, by file.
pub(crate) fn all(folder: &str) -> Vec<(String, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).unwrap();
            let value = Value::from_yaml_str(&text).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
            let mut cases = Vec::new();
            for (of, list) in value.as_object().unwrap().iter_sorted() {
                let of = of.as_string().unwrap();
                let Value::Array(list) = list else { panic!("{name}: {of}: no list") };
                cases.extend(list.iter().map(|it| Case::read(of, it)));
            }
            (name, cases)
        })
        .collect()
}

impl Case {
    fn read(of: &str, value: &Value) -> Self {
        let part = |name: &str| match value {
            Value::Array(items) => {
                let at = ["note", "query", "want", "gets"].iter().position(|it| *it == name)?;
                items.get(at).cloned()
            }
            _ => value.as_object().unwrap().get(&Value::from(name)).cloned(),
        };
        let text = |name: &str| {
            part(name).map(|it| match it {
                Value::String(text) => text.to_string(),
                other => other.to_string(),
            })
        };
        let note = text("note").unwrap_or_else(|| panic!("{of}: a case without note"));
        let v0 = part("v0") == Some(Value::Bool(true));
        let mut modules = Vec::new();
        if let Some(query) = text("query") {
            modules.push(format!("package case\n\nresult := {query}\n"));
        }
        if let Some(module) = text("module") {
            modules.push(if module.starts_with("package ") {
                module
            } else {
                format!("package case\n\n{module}\n")
            });
        }
        if let Some(Value::Array(more)) = part("modules") {
            modules.extend(more.iter().map(|it| it.as_string().unwrap().to_string()));
        }
        let answer = |text: String| match text.as_str() {
            "undefined" => Answer::Undefined,
            "error" => Answer::Error(String::new()),
            "panic" => Answer::Panic,
            "overflow" => Answer::Overflow,
            _ => Answer::Value(term(&text).unwrap_or_else(|it| panic!("{of}: {note}: {text}: {it}"))),
        };
        Self {
            want: answer(text("want").unwrap_or_else(|| panic!("{of}: {note}: nothing wanted"))),
            gets: text("gets").map(answer),
            of: of.to_owned(),
            modules,
            input: part("input"),
            data: part("data"),
            v0,
            note,
        }
    }

    /// Runs the case on a copy of an engine.
    pub(crate) fn run(&self, engine: &Engine) -> Answer {
        let mut engine = engine.clone();
        let run = || -> anyhow::Result<Value> {
            engine.set_strict_builtin_errors(false);
            engine.set_gather_prints(true);
            engine.set_rego_v0(self.v0);
            engine.set_policy_length_config(PolicyLengthConfig {
                max_col: NonZero::new(100_000).unwrap(),
                ..PolicyLengthConfig::default()
            });
            for (at, module) in self.modules.iter().enumerate() {
                engine.add_policy(format!("{at}.rego"), module.clone())?;
            }
            if let Some(data) = &self.data {
                engine.add_data(data.clone())?;
            }
            if let Some(input) = &self.input {
                engine.set_input(input.clone());
            }
            // The whole document, since several rules may contribute to it.
            let results = engine.eval_query("data.case.result".to_owned(), false)?;
            let value =
                results.result.first().and_then(|it| it.expressions.first()).map(|it| it.value.clone());
            Ok(value.unwrap_or(Value::Undefined))
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(Value::Undefined)) => Answer::Undefined,
            Ok(Ok(value)) => Answer::Value(value),
            Ok(Err(error)) => Answer::Error(error.to_string()),
            Err(_) => Answer::Panic,
        }
    }
}

/// A value in Rego's notation.
fn term(text: &str) -> anyhow::Result<Value> {
    let mut engine = Engine::new();
    engine.add_policy("term.rego".to_owned(), format!("package term\n\nvalue := {text}\n"))?;
    engine.eval_rule("data.term.value".to_owned())
}

/// The engine without our builtins.
pub(crate) fn bare() -> Engine {
    Engine::new()
}

/// The engine with our builtins.
pub(crate) fn ours() -> Engine {
    let mut engine = Engine::new();
    palisade_rego_builtins::register(&mut engine).unwrap();
    engine
}
