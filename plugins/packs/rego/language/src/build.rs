//! From files to a loaded engine.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;

use crate::ast::{Module, Version};
use crate::control::{self, Control, Dialect};
use crate::engine::{self, Loaded};
use crate::joined::{self, Lines, Text};
use crate::lower::Lower;
use crate::names::Names;
use crate::problem::{Problem, Problems};
use crate::settings::Settings;
use crate::source::{self, Folder};
use crate::{annotated, calls, conflicts, mocks, operators, print, rename, safety, scopes, trace};

pub(crate) struct Built {
    pub(crate) controls: Vec<Control>,
    pub(crate) loaded: Loaded,
    pub(crate) unused: Vec<String>,
    pub(crate) versions: Vec<(String, Version)>,
    pub(crate) tests: Option<Loaded>,
    pub(crate) test_rules: Vec<crate::test_rules::Test>,
    pub(crate) rule_lines: BTreeMap<String, Vec<u32>>,
}

/// Reads, checks and loads a folder.
pub(crate) fn build(files: &[(String, String)], settings: &Settings) -> Result<Built, Problems> {
    let mut problems = Vec::new();
    let mut folder = source::read(files, &mut problems);
    annotated::replace(&mut folder);
    control::separate(&mut folder);
    problems.extend(conflicts::check(&folder));
    let mut names = Names::new(&settings.extensions);
    folder.sources.iter().for_each(|source| names.add(&source.module));
    mocks::surround(&mut folder, &mut names);
    let mut constants = Vec::new();
    for source in &mut folder.sources {
        let faults = prepare(&mut source.module, &names, &mut constants);
        problems.extend(faults.into_iter().map(|fault| fault.of(&source.path)));
    }
    problems.extend(trace::recursion(&folder, &names));
    let mut controls = control::find(&folder, &settings.namespaces, &mut problems);
    if !problems.is_empty() {
        return Err(sorted(problems));
    }
    let traced = trace::rules(&folder, &names, &mut controls);
    let loaded = load(&folder, settings, &constants, &controls, &traced, false).map_err(sorted)?;
    let has_tests = folder.sources.iter().any(|source| source.is_test);
    let tests =
        has_tests.then(|| load(&folder, settings, &constants, &[], &[], true)).transpose().map_err(sorted)?;
    let own = folder.sources.iter().filter(|source| !source.path.is_empty());
    let versions = own.map(|source| (source.path.clone(), source.module.version)).collect();
    let test_rules = crate::test_rules::find(&folder);
    let rule_lines = crate::test_rules::rule_lines(&folder);
    Ok(Built { controls, loaded, unused: folder.unused, versions, tests, test_rules, rule_lines })
}

/// Checks a module and rewrites it.
fn prepare(module: &mut Module, names: &Names, constants: &mut Vec<Value>) -> Vec<crate::problem::Fault> {
    let mut faults = calls::check(module, names);
    faults.extend(scopes::check(module));
    let globals = names.globals(module);
    rename::module(module, &globals);
    operators::module(module, names, &globals);
    let outputs = names.extensions_beside(&globals);
    let mut lower = Lower { globals, outputs, constants, count: 0, faults: Vec::new() };
    lower.module(module);
    faults.append(&mut lower.faults);
    faults.extend(safety::module(module, names));
    faults
}

fn load(
    folder: &Folder,
    settings: &Settings,
    constants: &[Value],
    controls: &[Control],
    traced: &[trace::Traced],
    with_tests: bool,
) -> Result<Loaded, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut engine = engine::new(settings).map_err(|what| vec![engine::problem(what)])?;
    for (path, prefix, value) in &folder.data {
        if let Err(what) = engine::add_data(&mut engine, prefix, value) {
            problems.push(source::whole(path, what));
        }
    }
    if let Err(what) = engine::add_constants(&mut engine, constants) {
        problems.push(engine::problem(what));
    }
    let sources = folder.sources.iter().filter(|source| with_tests || !source.is_test);
    let modules = sources.map(|source| (source.path.as_str(), &source.module));
    // Coverage is reported by file, so modules are not joined when tests run.
    let (texts, lines) = if with_tests {
        let alone =
            |(path, module): (&str, &Module)| Text { name: path.to_owned(), text: print::module(module) };
        (modules.map(alone).collect(), Lines::default())
    } else {
        joined::join(modules)
    };
    for text in texts {
        if let Err(error) = engine::add(&mut engine, text) {
            problems.push(problem(&lines.restore(&error), folder));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    // The engine orders all rules at its first evaluation, and reports errors of ordering then.
    check(&engine).map_err(|error| vec![problem(&lines.restore(&error), folder)])?;
    let mut loaded = Loaded { engine, traced: BTreeMap::new(), exceptions: BTreeSet::new(), lines };
    // All at once. If that fails, one by one, without those that fail.
    if !beside(&mut loaded, traced) {
        for it in traced {
            beside(&mut loaded, std::slice::from_ref(it));
        }
    }
    loaded.exceptions = controls
        .iter()
        .filter(|control| control.dialect == Dialect::Conftest)
        .map(|control| &control.package)
        .filter(|package| {
            folder.sources.iter().any(|source| {
                source.module.package == **package
                    && source.module.rules.iter().any(|rule| rule.name == "exception")
            })
        })
        .cloned()
        .collect();
    Ok(loaded)
}

/// Adds the rules that trace the reads of controls. Returns whether the engine accepts them.
fn beside(loaded: &mut Loaded, traced: &[trace::Traced]) -> bool {
    let mut engine = loaded.engine.clone();
    let names: Vec<String> = traced.iter().map(|it| format!("{}#paths", it.name)).collect();
    let modules = names.iter().map(String::as_str).zip(traced.iter().map(|it| &it.module));
    // Failures are not reported, so the lines are not needed.
    let (texts, _) = joined::join(modules);
    if texts.into_iter().any(|text| engine::add(&mut engine, text).is_err()) || check(&engine).is_err() {
        return false;
    }
    loaded.engine = engine;
    loaded.traced.extend(traced.iter().flat_map(|it| it.rules.iter().cloned()));
    true
}

/// Makes the engine prepare its rules, with an empty input.
fn check(engine: &regorus::Engine) -> Result<(), String> {
    let mut engine = engine.clone();
    engine.set_input(Value::new_object());
    engine.eval_query("true".to_owned(), false).map(drop).map_err(|error| error.to_string())
}

/// Converts an error of the engine to a problem of the file that it names.
fn problem(error: &str, folder: &Folder) -> Problem {
    let (what, line) = engine::message_and_line(error);
    let file = folder
        .sources
        .iter()
        .map(|source| source.path.as_str())
        .find(|path| error.contains(&format!("--> {path}:")))
        .unwrap_or_default();
    let place = crate::place::Place { line, column: 1 };
    Problem { file: file.to_owned(), place, what, fix: String::new() }
}

fn sorted(mut problems: Vec<Problem>) -> Problems {
    problems.sort();
    problems.dedup();
    Problems(problems)
}
