//! `rego.metadata.rule()` and `rego.metadata.chain()`: their results are known when a pack is built, so the calls are
//! replaced by them.

use std::collections::BTreeMap;

use regorus::Value;

use crate::annotations::{Annotation, Subject, text_at, texts_at, value_at};
use crate::ast::{Expr, ExprKind, Rule};
use crate::calls;
use crate::constant;
use crate::place::Place;
use crate::rewrite::{self, Rewrite};
use crate::source::Folder;

/// An annotation and what it applies to.
struct Entry {
    scope: String,
    package: Vec<String>,
    /// The file, the place and the path of the rule that follows it.
    rule: Option<(usize, Place, Vec<String>)>,
    value: Value,
}

/// Replaces the calls in all modules.
pub(crate) fn replace(folder: &mut Folder) {
    let mut asked = false;
    for source in &folder.sources {
        calls::each_expr(&source.module, &mut |expr| asked |= called(expr).is_some());
    }
    if !asked {
        return;
    }
    let entries: Vec<Entry> =
        folder.sources.iter().enumerate().flat_map(|(file, it)| entries(file, it)).collect();
    for (file, source) in folder.sources.iter_mut().enumerate() {
        for rule in &mut source.module.rules {
            let path = full_path(&source.package, rule);
            let answers = |place: Place| {
                let own = entries.iter().rfind(|it| it.scope == "rule" && it.is_at(file, place));
                Answers {
                    own: own.map_or_else(Value::new_object, |it| it.value.clone()),
                    chain: chain(&entries, file, place, &source.package, &path),
                }
            };
            let otherwise = std::mem::take(&mut rule.otherwise);
            rewrite::rule(rule, &mut answers(rule.place));
            rule.otherwise = otherwise;
            // To OPA an `else` is a separate rule without annotations.
            rewrite::rule(rule, &mut answers(Place::default()));
        }
    }
}

fn full_path(package: &[String], rule: &Rule) -> Vec<String> {
    package.iter().cloned().chain(rule.path().into_iter().map(str::to_owned)).collect()
}

/// Which of the two functions an expression calls.
fn called(expr: &Expr) -> Option<&'static str> {
    let ExprKind::Call(name, arguments) = &expr.kind else { return None };
    let name = arguments.is_empty().then(|| name.join("."))?;
    ["rego.metadata.rule", "rego.metadata.chain"].into_iter().find(|it| *it == name)
}

struct Answers {
    own: Value,
    chain: Value,
}

impl Rewrite for Answers {
    fn expr(&mut self, it: &mut Expr) {
        let answer = match called(it) {
            Some("rego.metadata.rule") => &self.own,
            Some(_) => &self.chain,
            None => return,
        };
        *it = constant::literal(it.place, answer);
    }
}

impl Entry {
    fn is_at(&self, file: usize, place: Place) -> bool {
        self.rule.as_ref().is_some_and(|(own, at, _)| *own == file && *at == place)
    }
}

/// From the rule outwards: its own annotations, those of its document, of its package, and of packages around it.
fn chain(entries: &[Entry], file: usize, place: Place, package: &[String], path: &[String]) -> Value {
    let of = |scope: &'static str| entries.iter().filter(move |it| it.scope == scope);
    let mut links: Vec<Value> =
        of("rule").filter(|it| it.is_at(file, place)).map(|it| link(path, Some(&it.value))).collect();
    links.reverse();
    if links.is_empty() {
        links.push(link(path, None));
    }
    let same = |it: &&Entry| it.rule.as_ref().is_some_and(|(_, _, own)| own == path);
    links.extend(of("document").find(same).map(|it| link(path, Some(&it.value))));
    links.extend(of("package").find(|it| it.package == package).map(|it| link(package, Some(&it.value))));
    let mut around: Vec<&Entry> = of("subpackages").filter(|it| package.starts_with(&it.package)).collect();
    around.sort_by_key(|it| std::cmp::Reverse(it.package.len()));
    links.extend(around.into_iter().map(|it| link(&it.package, Some(&it.value))));
    Value::from(links)
}

fn link(path: &[String], annotations: Option<&Value>) -> Value {
    let path = Value::from(path.iter().map(|it| Value::from(it.as_str())).collect::<Vec<_>>());
    let annotations = annotations.map(|it| ("annotations", it.clone()));
    object([("path", path)].into_iter().chain(annotations))
}

fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (Value::from(key), value));
    Value::from(entries.collect::<BTreeMap<_, _>>())
}

/// The annotations of a file.
fn entries(file: usize, source: &crate::source::Source) -> Vec<Entry> {
    let rules = &source.module.rules;
    let entry = |annotation: &Annotation| {
        let rule = match annotation.subject {
            Subject::Package => None,
            Subject::Rule(place) => {
                let rule = rules.iter().find(|rule| rule.place == place)?;
                Some((file, place, full_path(&source.package, rule)))
            }
        };
        let is_entrypoint = value_at(&annotation.value, "entrypoint") == Some(&Value::Bool(true));
        let scope = text_at(&annotation.value, "scope").unwrap_or_else(|| {
            let scope = match &rule {
                None => "package",
                Some(_) if is_entrypoint => "document",
                Some(_) => "rule",
            };
            scope.to_owned()
        });
        let value = written(&annotation.value, &scope, is_entrypoint);
        Some(Entry { scope, package: source.package.clone(), rule, value })
    };
    source.annotations.iter().filter_map(entry).collect()
}

/// An annotation in the form that OPA gives it to rules.
fn written(value: &Value, scope: &str, is_entrypoint: bool) -> Value {
    let mut entries = vec![("scope", Value::from(scope))];
    for key in ["title", "description"] {
        entries.extend(text_at(value, key).filter(|it| !it.is_empty()).map(|it| (key, Value::from(it))));
    }
    if is_entrypoint {
        entries.push(("entrypoint", Value::Bool(true)));
    }
    let organizations = texts_at(value, "organizations");
    if !organizations.is_empty() {
        let organizations = organizations.into_iter().map(Value::from).collect::<Vec<_>>();
        entries.push(("organizations", Value::from(organizations)));
    }
    if let Some(Value::Array(authors)) = value_at(value, "authors") {
        entries.push(("authors", Value::from(authors.iter().map(author).collect::<Vec<_>>())));
    }
    if let Some(Value::Array(resources)) = value_at(value, "related_resources") {
        entries.push(("related_resources", Value::from(resources.iter().map(resource).collect::<Vec<_>>())));
    }
    entries.extend(value_at(value, "custom").map(|it| ("custom", it.clone())));
    object(entries)
}

/// `Name <mail>`, or the same as a mapping.
fn author(value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    match text.trim().strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
        Some((name, mail)) => {
            let name = name.trim();
            let name = (!name.is_empty()).then(|| ("name", Value::from(name)));
            object(name.into_iter().chain([("email", Value::from(mail))]))
        }
        None => object([("name", Value::from(text.trim()))]),
    }
}

/// An address, or the same as a mapping.
fn resource(value: &Value) -> Value {
    match value {
        Value::String(_) => object([("ref", value.clone())]),
        _ => value.clone(),
    }
}
