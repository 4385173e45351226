//! Helpers of the tables.

use palisade_rego::{Found, Namespaces, Problems, Program, Settings, compile};
use regorus::Value;

pub(crate) fn files(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

pub(crate) fn settings() -> Settings {
    Settings { namespaces: Namespaces::All, ..Settings::default() }
}

pub(crate) fn build(pack: &[(&str, &str)]) -> Result<Program, Problems> {
    let mut program = compile(&files(pack), &settings())?;
    program.prime();
    Ok(program)
}

/// With all the functions that OPA has.
pub(crate) fn with_builtins() -> Settings {
    let register = |engine: &mut regorus::Engine| {
        palisade_rego_builtins::register(engine).map_err(|error| error.to_string())
    };
    Settings { extensions: palisade_rego_builtins::extensions(), register: Some(register), ..settings() }
}

/// Results, one line each: message, path, and a `~` before a path that the rule did not name.
pub(crate) fn shown(found: &[Found]) -> Vec<String> {
    found
        .iter()
        .map(|found| {
            let path = |path: &[palisade_rego::Step]| {
                path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
            };
            let own = found.path.as_deref().map_or("-".to_owned(), path);
            let implied = if found.implied { "~" } else { "" };
            let others: Vec<String> = found.others.iter().map(|other| path(other)).collect();
            let others =
                if others.is_empty() { String::new() } else { format!(" also {}", others.join(" ")) };
            format!("{} @ {implied}{own}{others}", found.message).trim_start().to_owned()
        })
        .collect()
}

/// What all controls of one file find in an input.
pub(crate) fn run(text: &str, input: &str) -> Vec<String> {
    run_with(text, input, &settings())
}

/// The same, with settings.
pub(crate) fn run_with(text: &str, input: &str, settings: &Settings) -> Vec<String> {
    let built = compile(&files(&[("p.rego", text)]), settings).map(|mut program| {
        program.prime();
        program
    });
    let mut program = match built {
        Ok(program) => program,
        Err(problems) => return problems.0.iter().map(ToString::to_string).collect(),
    };
    let input = Value::from_json_str(input).unwrap();
    let mut lines = Vec::new();
    for row in 0..program.controls().len() {
        match program.judge(row, &input) {
            Ok(verdict) => lines.extend(shown(&verdict.found)),
            Err(failure) => lines.push(format!("failed: {failure}")),
        }
    }
    lines
}
