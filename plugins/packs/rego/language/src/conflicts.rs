//! Conflicting rules: OPA refuses them when it compiles, the engine when it evaluates them, or never.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;

use crate::ast::{Head, Rule};
use crate::problem::{Fault, Problem};
use crate::source::Folder;

/// A rule with the file that it is in.
struct Found<'a> {
    file: &'a str,
    rule: &'a Rule,
}

/// One problem for each path at which rules conflict.
pub(crate) fn check(folder: &Folder) -> Vec<Problem> {
    let mut rules: BTreeMap<Vec<String>, Vec<Found<'_>>> = BTreeMap::new();
    for source in &folder.sources {
        for rule in &source.module.rules {
            let steps = rule.path().into_iter().map(str::to_owned);
            let path = source.module.package.iter().cloned().chain(steps).collect();
            rules.entry(path).or_default().push(Found { file: &source.path, rule });
        }
    }
    let packages: BTreeSet<&[String]> = folder
        .sources
        .iter()
        .filter(|source| !source.module.rules.is_empty())
        .map(|source| source.module.package.as_slice())
        .collect();
    let mut problems = Vec::new();
    for (path, found) in &rules {
        let Some((last, what)) = conflict(path, found, &rules, &packages, folder) else { continue };
        let name = format!("data.{}", path.join("."));
        let fault =
            Fault::new(last.rule.place, format!("rule {name} {what}"), "give one of them another name");
        problems.push(fault.of(last.file));
    }
    problems
}

/// Whether a rule has one value at a path without variables.
fn is_complete(rule: &Rule) -> bool {
    !matches!(rule.head, Head::Member(_)) && rule.steps.iter().all(|step| step.as_text().is_some())
}

fn conflict<'a>(
    path: &[String],
    found: &'a [Found<'a>],
    rules: &BTreeMap<Vec<String>, Vec<Found<'_>>>,
    packages: &BTreeSet<&[String]>,
    folder: &Folder,
) -> Option<(&'a Found<'a>, String)> {
    let last = found.last()?;
    let arguments = |it: &Found<'_>| match &it.rule.head {
        Head::Function { parameters, .. } => Some(parameters.len()),
        Head::Value { .. } | Head::Member(_) => None,
    };
    let kind =
        |it: &Found<'_>| (matches!(it.rule.head, Head::Member(_)), arguments(it), is_complete(it.rule));
    let first = found.first().map(kind);
    if let Some(other) = found.iter().find(|it| Some(kind(it)) != first) {
        return Some((other, "is defined as something else too".to_owned()));
    }
    if let Some(second) = found.iter().filter(|it| it.rule.default).nth(1) {
        return Some((second, "has two defaults".to_owned()));
    }
    let complete = found.iter().find(|it| is_complete(it.rule))?;
    let below = |other: &[String]| other.len() > path.len() && other.starts_with(path);
    let within = rules.range(path.to_vec()..).nth(1).map(|(other, _)| other);
    if let Some(other) = within.filter(|other| below(other)) {
        return Some((complete, format!("conflicts with rule data.{}, which is within it", other.join("."))));
    }
    if packages.contains(path) {
        return Some((complete, "has the name of a package".to_owned()));
    }
    folder
        .data
        .iter()
        .any(|(_, prefix, value)| has_data(prefix, value, path))
        .then(|| (last, "is at a path at which there is data".to_owned()))
}

/// Whether a data file has a value at a path.
fn has_data(prefix: &[String], value: &Value, path: &[String]) -> bool {
    let Some(rest) = path.strip_prefix(prefix) else { return prefix.starts_with(path) };
    let mut value = value;
    for step in rest {
        let Value::Object(entries) = value else { return false };
        let Some(part) = entries.get(&Value::from(step.as_str())) else { return false };
        value = part;
    }
    true
}
