//! Traces where in its input a control read before it gave a result.
//!
//! Each rule of a control gets a tracing rule with the same bodies, which gives for each result the steps to what the
//! body read last. The results themselves come from the original rule: the tracing rule is evaluated only if there are
//! some, and where it is not available, results have no place.

mod cycles;
mod origin;
mod pack;
mod places;
mod rest;
mod walk;

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule};
use crate::control::{Control, Dialect};
use crate::names::Names;
use crate::path::Pattern;
use crate::place::Place;
use crate::rename::OWN;
use crate::source::Folder;
pub(crate) use cycles::recursion;
use origin::{Origin, Rank, Root};
use pack::Pack;
use walk::Walker;

/// The tracing rules of one file.
pub(crate) struct Traced {
    pub(crate) name: String,
    pub(crate) module: Module,
    /// The name of the tracing rule, by package and rule.
    pub(crate) rules: Vec<((Vec<String>, String), String)>,
}

/// The tracing rules of all controls. Also records what each control reads.
pub(crate) fn rules(folder: &Folder, names: &Names, controls: &mut [Control]) -> Vec<Traced> {
    let mut pack = Pack::new(folder, names);
    let mut traced = Vec::new();
    for source in folder.sources.iter().filter(|source| !source.is_test) {
        let mut module = Module { rules: Vec::new(), ..source.module.clone() };
        module.package_place = Place::default();
        module.imports.iter_mut().for_each(|import| import.place = Place::default());
        let mut found = Vec::new();
        for rule in source.module.rules.iter().filter(|rule| !rule.default && rule.steps.is_empty()) {
            let own = |it: &&mut Control| it.package == source.module.package && it.rule == rule.name;
            let Some(control) = controls.iter_mut().find(own) else { continue };
            let beside = format!("palisade_origins_{}", rule.name);
            let key = (control.package.clone(), rule.name.clone());
            for (clause, body, value) in clauses(rule) {
                let clause = trace(&mut pack, &source.module, &beside, clause, body, value);
                control.reads.extend(clause.reads.iter().map(Origin::pattern));
                control.names.extend(clause.names.iter().map(Origin::pattern));
                control.reads_all |= clause.all;
                if control.reads.len().max(control.names.len()) > 4096 {
                    tidy(&mut control.reads);
                    tidy(&mut control.names);
                }
                module.rules.extend(clause.rule);
            }
            found.push((key, beside));
        }
        if !module.rules.is_empty() {
            found.dedup();
            traced.push(Traced { name: source.path.clone(), module, rules: found });
        }
    }
    for control in controls {
        if control.dialect == Dialect::Conftest {
            let exception: Vec<String> =
                control.package.iter().cloned().chain(["exception".to_owned()]).collect();
            let summary = pack.summary(&exception);
            control.reads.extend(summary.all.iter().map(Origin::pattern));
            control.reads_all |= summary.whole.contains(&Root::Input);
        }
        tidy(&mut control.reads);
        tidy(&mut control.names);
    }
    traced
}

fn tidy(reads: &mut Vec<Pattern>) {
    reads.retain(|pattern| !pattern.is_empty());
    reads.sort();
    reads.dedup();
}

/// The bodies of a rule with the value of each.
fn clauses(rule: &Rule) -> Vec<(usize, Body, Expr)> {
    let place = Place::default();
    let yes = || Expr::new(place, ExprKind::Bool(true));
    let value = match &rule.head {
        Head::Value { value, .. } => value.clone().unwrap_or_else(yes),
        Head::Member(member) => member.clone(),
        Head::Function { .. } => return Vec::new(),
    };
    let first = (0, rule.body.clone().unwrap_or_default(), value);
    let others = rule.otherwise.iter().enumerate().map(|(index, it)| {
        (index.saturating_add(1), it.body.clone().unwrap_or_default(), it.value.clone().unwrap_or_else(yes))
    });
    std::iter::once(first).chain(others).collect()
}

/// The tracing rule of one body, and all that the body reads.
struct Clause {
    rule: Option<Rule>,
    reads: Vec<Origin>,
    /// What only gets a name: its use is among the reads.
    names: Vec<Origin>,
    /// Whether it may read anything.
    all: bool,
}

/// Traces one body.
fn trace<'a>(
    pack: &mut Pack<'a>,
    module: &'a Module,
    beside: &str,
    clause: usize,
    mut body: Body,
    value: Expr,
) -> Clause {
    name_wildcards(&mut body);
    let own = pack::own_variables(&body);
    let mut walker = Walker::new(pack, module, own);
    walker.body(&body);
    let rank = if walker.reads.is_empty() { Rank::Decides } else { Rank::Stated };
    walker.scan(&value, rank);
    let Walker { reads: named, rest, .. } = walker;
    let all = rest.whole.contains(&Root::Input);
    let origins = |only_named: bool| {
        let reads = named.iter().filter(move |read| (read.rank == Rank::Named) == only_named);
        reads.flat_map(|read| read.origins.iter().cloned())
    };
    let names = origins(true).collect();
    let reads = origins(false).chain(rest.places).collect();
    let Some(last) = pack::last(&named) else { return Clause { rule: None, reads, names, all } };
    let place = Place::default();
    let places = last.iter().map(|origin| origin.to_rego(place)).collect();
    let member = Expr::new(
        place,
        ExprKind::Array(vec![
            Expr::new(place, ExprKind::Number(clause.to_string())),
            value,
            Expr::new(place, ExprKind::Array(places)),
        ]),
    );
    if body.is_empty() {
        body.push(Literal::new(place, LiteralKind::Expr(Expr::new(place, ExprKind::Bool(true)))));
    }
    let rule = Rule {
        place,
        default: false,
        name: beside.to_owned(),
        steps: Vec::new(),
        head: Head::Member(member),
        body: Some(body),
        otherwise: Vec::new(),
    };
    Clause { rule: Some(rule), reads, names, all }
}

/// Names `_` as an index wherever the body itself iterates over everything.
fn name_wildcards(body: &mut Body) {
    let mut count = 0_usize;
    for literal in body {
        match &mut literal.kind {
            LiteralKind::Expr(expr) => indices(expr, &mut count),
            LiteralKind::SomeIn { key, collection, .. } => {
                indices(collection, &mut count);
                let place = collection.place;
                match key {
                    Some(key) if key.as_var() == Some("_") => *key = fresh(key.place, &mut count),
                    Some(_) => {}
                    None => *key = Some(fresh(place, &mut count)),
                }
            }
            _ => {}
        }
    }
}

fn indices(expr: &mut Expr, count: &mut usize) {
    if expr.body().is_some() {
        return;
    }
    if let ExprKind::Ref(_, steps) = &mut expr.kind {
        for step in steps.iter_mut().filter(|step| step.as_var() == Some("_")) {
            *step = fresh(step.place, count);
        }
    }
    for part in expr.parts_mut() {
        indices(part, count);
    }
}

fn fresh(place: Place, count: &mut usize) -> Expr {
    *count = count.saturating_add(1);
    Expr::var(place, &format!("{OWN}w{count}"))
}
