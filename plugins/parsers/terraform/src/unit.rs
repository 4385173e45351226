//! Reads and evaluates one configuration, and covers its files.

use std::collections::BTreeSet;

use palisade_sdk::parser::{Coverage, Environment, Mount, Parsed, Status, Tree, Work};
use palisade_sdk::{Diagnostic, Level};

use crate::claim::{MOST_VALUES, optional};
use crate::emit::{self, Emitter};
use crate::eval::{Evaluator, Undecided};
use crate::files::Files;
use crate::installed::Installed;
use crate::module::{VALUES, is_automatic, is_configuration, is_tofu, is_values};
use crate::path;

/// Parses a configuration whose root module is the folder of the unit.
pub(crate) fn parse(tree: &dyn Tree, work: &Work, mounts: &[Mount], environment: &Environment) -> Parsed {
    let files = Files::new(tree, &environment.tool);
    let mut evaluator = Evaluator::new(&files, Installed::read(tree, &work.root), mounts);
    evaluator.workspace.clone_from(&environment.workspace);
    evaluator.undecided = Undecided::new(environment.assume.clone());
    let given = values(tree, &work.root, environment);
    for path in &given {
        for (name, value) in evaluator.values_of(path) {
            evaluator.input(name, value);
        }
    }
    let root = evaluator.root(&work.root);
    for (name, value) in evaluator.inputs().filter(|(name, _)| !root.module.variables.contains_key(*name)) {
        if let Some(place) = evaluator.origins.get(value.origin) {
            let message = format!("the root module declares no variable `{name}`");
            evaluator.report(Level::Note, "terraform-undeclared", place.file, place.span, &message);
        }
    }
    let mut emitter = Emitter::new(&evaluator);
    emitter.add(&emit::resources(&evaluator, &root));
    evaluator.validate(&root);
    for folder in folders(work) {
        if evaluator.is_instantiated(&folder) {
            continue;
        }
        // Not called, or called by a file that cannot be read: it is read with its defaults, since it may be run as a
        // root. A module that only another tool calls is a root for this tool.
        let may_be_called =
            !environment.tool.is_empty() && work.files.iter().any(|it| is_tofu(path::name(it)));
        if !evaluator.knows(&folder) && !may_be_called {
            for path in crate::module::configuration(&files, &folder) {
                let reason = "nothing that could be read calls this module; its variables have no values";
                files.cover(&path, Status::Partial, reason, None);
            }
        }
        let stray = evaluator.root_of_defaults(&folder);
        emitter.add(&emit::resources(&evaluator, &stray));
    }
    let batch = emitter.finish();
    for it in files.failed_elsewhere(&work.files) {
        evaluator.diagnostics.borrow_mut().push(Diagnostic {
            level: Level::Error,
            code: "terraform-module-file".to_owned(),
            message: it.reason,
            path: it.path,
            span: it.span,
        });
    }
    let values = work.files.iter().map(String::as_str).filter(|it| is_values(it));
    let beyond: Vec<&str> = optional(values, &work.root).skip(MOST_VALUES).collect();
    let coverage = work.files.iter().map(|path| covered(&files, path, &beyond)).collect();
    Parsed {
        batch,
        coverage,
        diagnostics: std::mem::take(&mut *evaluator.diagnostics.borrow_mut()),
        needs: std::mem::take(&mut *evaluator.needs.borrow_mut()),
        undecided: evaluator.undecided.take(),
    }
}

/// The files that set variables of the root module, in increasing precedence (Terraform, "Variable Definition
/// Precedence").
fn values(tree: &dyn Tree, root: &str, environment: &Environment) -> Vec<String> {
    let mut names: Vec<String> = tree.list(root).unwrap_or_default().into_iter().map(|it| it.name).collect();
    names.sort();
    let fixed = VALUES.map(str::to_owned);
    let fixed = fixed.iter().filter(|it| names.contains(it));
    let automatic = names.iter().filter(|it| is_automatic(it));
    let own = fixed.chain(automatic).filter_map(|name| path::join(root, name));
    own.chain(environment.files.iter().filter(|it| is_values(it)).cloned()).collect()
}

/// Folders of the unit with configuration, sorted.
fn folders(work: &Work) -> BTreeSet<String> {
    let files = work.files.iter().filter(|path| is_configuration(path::name(path)));
    files.map(|path| path::folder(path).to_owned()).collect()
}

fn covered(files: &Files<'_>, path: &str, beyond: &[&str]) -> Coverage {
    files.covered(path).unwrap_or_else(|| {
        if beyond.contains(&path) {
            let reason = "one of too many files of values: name it with `--env NAME=FILE`";
            return Coverage::new(path, Status::Unsupported, reason, None);
        }
        let reason = if is_values(path) {
            "values that the scan does not use: name it with `--env NAME=FILE`"
        } else {
            "Terraform does not read it as configuration"
        };
        Coverage::new(path, Status::Ignored, reason, None)
    })
}
