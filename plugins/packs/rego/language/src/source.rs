//! Reads the files of a pack: modules, data, and others.

use std::collections::BTreeMap;

use regorus::Value;

use crate::annotations::{self, Annotation};
use crate::ast::{Expr, ExprKind, Module};
use crate::place::Place;
use crate::problem::Problem;
use crate::rewrite::{self, Rewrite};
use crate::{lexer, limits, parse};

/// A file of Rego.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) module: Module,
    pub(crate) annotations: Vec<Annotation>,
    /// The package that its author wrote.
    pub(crate) package: Vec<String>,
    pub(crate) is_test: bool,
}

/// The files of a folder, parsed.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) sources: Vec<Source>,
    /// Values of data files, each with its path in `data`.
    pub(crate) data: Vec<(String, Vec<String>, Value)>,
    /// Metadata files of controls of the reference product, by the path of the control's file.
    pub(crate) beside: BTreeMap<String, (String, Value)>,
    /// Files that a pack does not use.
    pub(crate) unused: Vec<String>,
}

/// Reads all files.
pub(crate) fn read(files: &[(String, String)], problems: &mut Vec<Problem>) -> Folder {
    let mut folder = Folder::default();
    let total = files.iter().map(|(_, text)| text.len()).fold(0, usize::saturating_add);
    if files.len() > limits::FILES || total > limits::PACK_BYTES {
        problems
            .push(whole("", format!("pack of {} files and {total} bytes, more than is taken", files.len())));
        return folder;
    }
    let mut stems: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, text) in files.iter().filter(|(path, _)| is_rego(path)) {
        if let Some(source) = source(path, text, problems) {
            if source.package == ["sysdig"] && !source.is_test {
                stems.insert(path.trim_end_matches(".rego"), path);
            }
            folder.sources.push(source);
        }
    }
    for (path, text) in files.iter().filter(|(path, _)| !is_rego(path)) {
        let Some((stem, ending)) = path.rsplit_once('.') else {
            folder.unused.push(path.clone());
            continue;
        };
        if !matches!(ending, "json" | "yaml" | "yml") {
            folder.unused.push(path.clone());
        } else if let Some(control) = stems.get(stem) {
            if let Some(value) = value(path, ending, text, problems) {
                folder.beside.insert((*control).to_owned(), (path.clone(), value));
            }
        } else if let Some(prefix) = data_path(path) {
            if let Some(value) = value(path, ending, text, problems) {
                folder.data.push((path.clone(), prefix, value));
            }
        } else {
            folder.unused.push(path.clone());
        }
    }
    folder.sources.sort_by(|left, right| left.path.cmp(&right.path));
    folder
}

/// Reads one file of Rego.
fn source(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Source> {
    let words = lexer::read(text).map_err(|fault| problems.push(fault.of(path))).ok()?;
    let module = parse::parse(&words.tokens).map_err(|fault| problems.push(fault.of(path))).ok()?;
    let (annotations, faults) = annotations::read(&words.comments, &module);
    problems.extend(faults.into_iter().map(|fault| fault.of(path)));
    let is_test = path.ends_with("_test.rego");
    Some(Source { path: path.to_owned(), package: module.package.clone(), module, annotations, is_test })
}

fn value(path: &str, ending: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Value> {
    if text.len() > limits::DATA_BYTES {
        problems.push(whole(
            path,
            format!("data file of {} bytes, more than {}", text.len(), limits::DATA_BYTES),
        ));
        return None;
    }
    let value = if ending == "json" { Value::from_json_str(text) } else { Value::from_yaml_str(text) };
    match value {
        Ok(value @ Value::Object(_)) => Some(value),
        Ok(_) => {
            problems.push(whole(path, "data file whose top level is not a mapping".to_owned()));
            None
        }
        Err(error) => {
            let error = error.to_string();
            problems.push(whole(path, format!("unreadable: {}", error.lines().next().unwrap_or_default())));
            None
        }
    }
}

/// The path of a data file in `data`: its folders, without a first `data` or `policy`. Only files named `data` and
/// files in a folder `data` are data, as others may be anything.
fn data_path(path: &str) -> Option<Vec<String>> {
    let mut steps: Vec<&str> = path.split('/').collect();
    let name = steps.pop()?;
    let named = matches!(name, "data.json" | "data.yaml" | "data.yml");
    let first = steps.first().copied();
    if !named && first != Some("data") {
        return None;
    }
    let skip = usize::from(matches!(first, Some("data" | "policy")));
    Some(steps.into_iter().skip(skip).map(str::to_owned).collect())
}

/// Whether a file is Rego, by its name.
pub(crate) fn is_rego(path: &str) -> bool {
    path.strip_suffix(".rego").is_some()
}

/// A problem of a whole file.
pub(crate) fn whole(path: &str, what: String) -> Problem {
    Problem { file: path.to_owned(), place: Place::default(), what, fix: String::new() }
}

impl Source {
    /// Gives the module another package, and changes references that contain its full name.
    pub(crate) fn move_to(&mut self, to: &[String]) {
        let from = self.package.clone();
        if self.module.package == from {
            self.module.package = to.to_vec();
        }
        for import in &mut self.module.imports {
            if import.path.first().is_some_and(|it| it == "data")
                && import.path.get(1..).is_some_and(|rest| rest.starts_with(&from))
            {
                let rest = import.path.get(1_usize.saturating_add(from.len())..).unwrap_or_default().to_vec();
                if import.alias.is_none() {
                    import.alias = import.path.last().cloned();
                }
                import.path =
                    std::iter::once("data".to_owned()).chain(to.iter().cloned()).chain(rest).collect();
            }
        }
        let mut moved = Moved { from: &from, to };
        self.module.rules.iter_mut().for_each(|rule| rewrite::rule(rule, &mut moved));
    }
}

/// A package that gets another name.
struct Moved<'a> {
    from: &'a [String],
    to: &'a [String],
}

impl Rewrite for Moved<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        let Self { from, to } = *self;
        let place = expr.place;
        match &mut expr.kind {
            ExprKind::Ref(base, steps) if base.as_var() == Some("data") => {
                let matches = steps.len() >= from.len()
                    && steps.iter().zip(from).all(|(step, name)| step.as_text() == Some(name));
                if matches {
                    let rest = steps.split_off(from.len());
                    *steps = to.iter().map(|name| Expr::text(place, name)).chain(rest).collect();
                }
            }
            ExprKind::Call(name, _)
                if name.first().is_some_and(|it| it == "data")
                    && name.get(1..).is_some_and(|rest| rest.starts_with(from)) =>
            {
                let rest = name.split_off(1_usize.saturating_add(from.len()));
                *name = std::iter::once("data".to_owned()).chain(to.iter().cloned()).chain(rest).collect();
            }
            _ => {}
        }
    }

    fn with(&mut self, target: &mut Expr, _value: &mut Expr) {
        rewrite::expr(target, self);
    }
}
