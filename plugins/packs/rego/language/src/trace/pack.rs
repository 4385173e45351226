//! What the rules and functions of a pack read. Each is analysed once.

use std::collections::{BTreeMap, BTreeSet};

use super::origin::{Origin, Rank, Root};
use super::walk::Walker;
use crate::ast::{Body, Expr, ExprKind, Head, Module, Rule};
use crate::names::Names;
use crate::rename::{bound, indices};
use crate::source::Folder;

/// Maximum number of reads of one rule that its callers get.
const READS: usize = 64;

/// What a rule reads, relative to the input and its parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Summary {
    /// What each of its bodies depended on last.
    pub(super) last: Vec<Origin>,
    /// Where its value comes from.
    pub(super) value: Vec<Origin>,
    /// Everything else that it reads.
    pub(super) all: Vec<Origin>,
    /// The roots of which it may read anything, besides its value.
    pub(super) whole: BTreeSet<Root>,
}

impl Summary {
    fn tidy(&mut self) {
        let mut seen = BTreeSet::new();
        self.all.retain(|origin| seen.insert((origin.root, origin.pattern(), origin.collection)));
        if self.all.len() > READS {
            self.all.truncate(READS);
            self.whole.insert(Root::Input);
        }
    }
}

pub(super) struct Pack<'a> {
    pub(super) names: &'a Names,
    rules: BTreeMap<Vec<String>, Vec<(&'a Module, &'a Rule)>>,
    globals: BTreeMap<Vec<String>, BTreeSet<String>>,
    done: BTreeMap<Vec<String>, Summary>,
    open: BTreeSet<Vec<String>>,
    /// How many expressions were visited.
    pub(super) work: usize,
}

impl<'a> Pack<'a> {
    /// The rules of a folder, without its tests.
    pub(super) fn new(folder: &'a Folder, names: &'a Names) -> Self {
        Self::of(folder, names, false)
    }

    /// The rules of a folder.
    pub(super) fn of_all(folder: &'a Folder, names: &'a Names) -> Self {
        Self::of(folder, names, true)
    }

    fn of(folder: &'a Folder, names: &'a Names, with_tests: bool) -> Self {
        let mut rules: BTreeMap<Vec<String>, Vec<(&Module, &Rule)>> = BTreeMap::new();
        let mut globals = BTreeMap::new();
        for source in folder.sources.iter().filter(|source| with_tests || !source.is_test) {
            globals.insert(source.module.package.clone(), names.globals(&source.module));
            for rule in &source.module.rules {
                let path = rule.path().into_iter().map(str::to_owned);
                let path = source.module.package.iter().cloned().chain(path).collect();
                rules.entry(path).or_default().push((&source.module, rule));
            }
        }
        Self { names, rules, globals, done: BTreeMap::new(), open: BTreeSet::new(), work: 0 }
    }

    /// The paths that have rules.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Vec<String>> {
        self.rules.keys()
    }

    pub(super) fn rules_at(&self, path: &[String]) -> &[(&'a Module, &'a Rule)] {
        self.rules.get(path).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_global(&self, module: &Module, name: &str) -> bool {
        self.globals.get(&module.package).is_some_and(|globals| globals.contains(name))
    }

    /// The rule that an expression refers to, and the steps into its value.
    pub(super) fn rule_of(&self, module: &Module, expr: &Expr) -> Option<(Vec<String>, Vec<Expr>)> {
        let (mut path, steps) = full(module, expr)?;
        for index in 0..=steps.len() {
            if self.rules.contains_key(&path) {
                return Some((path, steps.get(index..).unwrap_or_default().to_vec()));
            }
            path.push(steps.get(index)?.as_text()?.to_owned());
        }
        None
    }

    /// Whether an expression may refer to several rules: a package, or one with an index.
    pub(super) fn names_many(&self, module: &Module, expr: &Expr) -> bool {
        let Some((mut path, steps)) = full(module, expr) else { return false };
        path.extend(steps.iter().map_while(|step| step.as_text().map(str::to_owned)));
        self.rules.range(path.clone()..).next().is_some_and(|(rule, _)| rule.starts_with(&path))
    }

    /// What a rule or function reads.
    pub(super) fn summary(&mut self, path: &[String]) -> Summary {
        if let Some(done) = self.done.get(path) {
            return done.clone();
        }
        // Recursion was refused before, but a chain of calls may be long.
        if self.open.len() > 64 || !self.open.insert(path.to_vec()) {
            return Summary { whole: BTreeSet::from([Root::Input]), ..Summary::default() };
        }
        let mut summary = Summary::default();
        for (module, rule) in self.rules.get(path).cloned().unwrap_or_default() {
            if !rule.default {
                self.clause(module, rule, &mut summary);
                summary.tidy();
            }
        }
        self.open.remove(path);
        self.done.insert(path.to_vec(), summary.clone());
        summary
    }

    fn clause(&mut self, module: &'a Module, rule: &'a Rule, summary: &mut Summary) {
        let value = match &rule.head {
            Head::Value { value, .. } | Head::Function { value, .. } => value.as_ref(),
            Head::Member(member) => Some(member),
        };
        // `p[k] := v` is a collection of its values; deeper ones are not followed.
        let beyond = rule.steps.len().saturating_add(1).saturating_sub(rule.path().len());
        let first = std::iter::once((rule.body.as_ref(), value));
        let others = rule.otherwise.iter().map(|it| (it.body.as_ref(), it.value.as_ref()));
        for (body, value) in first.chain(others) {
            let mut walker = Walker::new(self, module, BTreeSet::new());
            if let Head::Function { parameters, .. } = &rule.head {
                for (index, parameter) in parameters.iter().enumerate() {
                    if let Some(name) = parameter.as_var() {
                        walker.known.insert(name.to_owned(), vec![Origin::new(Root::Parameter(index))]);
                    } else {
                        walker.rest.whole.insert(Root::Parameter(index));
                    }
                }
            }
            if let Some(body) = body {
                walker.body(body);
            }
            let mut from = Vec::new();
            let mut asked = walker.reads.len();
            if let Some(value) = value {
                if beyond < 2 {
                    from = walker.origins(value);
                }
                let rank = if walker.reads.is_empty() { Rank::Decides } else { Rank::Stated };
                walker.given(value, &from, rank);
                if from.is_empty() {
                    asked = walker.reads.len();
                }
            }
            for step in &rule.steps {
                walker.aside(|walker| walker.scan(step, Rank::Stated));
            }
            let Walker { reads, rest, .. } = walker;
            summary.whole.extend(rest.whole);
            if let Some(last) = last(&reads) {
                summary.last.extend(last.iter().cloned().map(Origin::without_variables));
            }
            let all = reads.into_iter().take(asked).flat_map(|read| read.origins).chain(rest.places);
            summary.all.extend(all.map(Origin::without_variables));
            let member = matches!(rule.head, Head::Member(_)) || beyond == 1;
            summary.value.extend(from.into_iter().map(|origin| {
                let collection = member || origin.collection;
                Origin { collection, ..origin.without_variables() }
            }));
        }
    }
}

/// The path of the base of an expression in data, and the steps that follow.
fn full<'a>(module: &Module, expr: &'a Expr) -> Option<(Vec<String>, &'a [Expr])> {
    let (base, steps) = match &expr.kind {
        ExprKind::Var(name) => (name.as_str(), [].as_slice()),
        ExprKind::Ref(base, steps) => (base.as_var()?, steps.as_slice()),
        _ => return None,
    };
    if base == "data" {
        return Some((Vec::new(), steps));
    }
    let Some(import) = module.imports.iter().find(|it| !it.is_syntax() && it.name() == Some(base)) else {
        return Some((module.package.iter().cloned().chain([base.to_owned()]).collect(), steps));
    };
    let in_data = import.path.first().is_some_and(|it| it == "data");
    in_data.then(|| (import.path.iter().skip(1).cloned().collect(), steps))
}

/// The last read of the highest rank: one that decides, or else one that is named, or else one that is printed.
pub(super) fn last(reads: &[super::origin::Read]) -> Option<&Vec<Origin>> {
    let rank = reads.iter().map(|read| read.rank).max()?;
    reads.iter().rev().find(|read| read.rank == rank).map(|read| &read.origins)
}

/// The path in the input that an import refers to.
pub(super) fn imported_input<'a>(module: &'a Module, name: &str) -> Option<&'a [String]> {
    let import = module.imports.iter().find(|it| !it.is_syntax() && it.name() == Some(name))?;
    if import.path.first().is_some_and(|it| it == "input") { import.path.get(1..) } else { None }
}

/// Whether `with` replaces the input.
pub(super) fn names_input(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Var(name) => name == "input",
        ExprKind::Ref(base, _) => names_input(base),
        _ => false,
    }
}

/// The variables that a body itself binds, outside of comprehensions and `not`.
pub(super) fn own_variables(body: &Body) -> BTreeSet<String> {
    use crate::ast::LiteralKind;
    let mut names = Vec::new();
    for literal in body {
        match &literal.kind {
            LiteralKind::SomeIn { key, value, collection } => {
                key.iter().chain([value]).for_each(|pattern| bound(pattern, &mut names));
                indices(collection, &mut names);
            }
            LiteralKind::Expr(expr) => {
                indices(expr, &mut names);
                match &expr.kind {
                    ExprKind::Assign(_, left, right) => {
                        bound(left, &mut names);
                        bound(right, &mut names);
                    }
                    ExprKind::Call(_, arguments) => {
                        arguments.last().into_iter().for_each(|last| bound(last, &mut names));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    names.into_iter().filter(|name| name != "_").collect()
}
