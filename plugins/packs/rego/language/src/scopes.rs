//! Declarations of variables that OPA refuses: twice in one body, after a use, of something that is not a variable, or
//! without any use.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule};
use crate::calls;
use crate::place::Place;
use crate::problem::Fault;
use crate::rename::bound;
use crate::template;

/// How a name first occurred in a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Argument,
    Declared,
    Assigned,
    Used,
}

impl First {
    fn words(self) -> &'static str {
        match self {
            Self::Argument => "is an argument already",
            Self::Declared => "is declared above",
            Self::Assigned => "is assigned above",
            Self::Used => "is used above",
        }
    }
}

type Names = BTreeMap<String, First>;

/// Checks all rules of a module.
pub(crate) fn check(module: &Module) -> Vec<Fault> {
    let mut faults = Vec::new();
    for rule in &module.rules {
        check_rule(rule, &mut faults);
    }
    faults
}

fn check_rule(rule: &Rule, faults: &mut Vec<Fault>) {
    let mut arguments = Names::new();
    if let Head::Function { parameters, .. } = &rule.head {
        let mut names = Vec::new();
        for it in parameters {
            bound(it, &mut names);
        }
        arguments.extend(names.into_iter().map(|name| (name, First::Argument)));
    }
    let heads = calls::head_parts(rule);
    for body in rule.bodies() {
        check_body(body, &heads, arguments.clone(), faults);
    }
    // A comprehension in a head has its own body.
    let mut names = arguments;
    for part in &heads {
        used(part, &mut names, faults);
    }
}

/// Checks a body; `around` are the expressions outside it that use its variables.
fn check_body(body: &Body, around: &[&Expr], mut names: Names, faults: &mut Vec<Fault>) {
    let found = faults.len();
    for literal in body {
        check_literal(literal, &mut names, faults);
    }
    if faults.len() > found {
        return;
    }
    let declared = body.iter().flat_map(|literal| match &literal.kind {
        LiteralKind::Some(names) => names.as_slice(),
        _ => &[],
    });
    for (name, place) in declared {
        if !is_used(name, body, around) {
            faults.push(unused(name, *place));
        }
    }
}

fn unused(name: &str, place: Place) -> Fault {
    Fault::new(place, format!("variable {name} is declared and never used"), "use it, or leave it out")
}

fn is_used(name: &str, body: &Body, around: &[&Expr]) -> bool {
    let mut found = false;
    let mut see = |expr: &Expr| found |= expr.as_var() == Some(name);
    calls::each_in_body(body, &mut |expr| see(expr));
    for part in around {
        calls::each(part, &mut |expr| see(expr));
    }
    found
}

fn check_literal(literal: &Literal, names: &mut Names, faults: &mut Vec<Fault>) {
    match &literal.kind {
        LiteralKind::Some(declared) => {
            for (name, place) in declared {
                declare(name, *place, First::Declared, names, faults);
            }
        }
        LiteralKind::SomeIn { key, value, collection } => {
            for pattern in key.iter().chain([value]) {
                let mut own = Vec::new();
                bound(pattern, &mut own);
                let own: BTreeSet<String> = own.into_iter().collect();
                for it in &own {
                    declare(it, pattern.place, First::Declared, names, faults);
                }
            }
            used(collection, names, faults);
        }
        LiteralKind::Every { key, value, domain, body } => {
            used(domain, names, faults);
            let own: Vec<&String> = key.iter().chain([value]).filter(|name| *name != "_").collect();
            let found = faults.len();
            let inner = own.iter().map(|name| ((*name).clone(), First::Declared)).collect();
            check_body(body, &[], inner, faults);
            let idle = own.into_iter().filter(|name| faults.len() == found && !is_used(name, body, &[]));
            let idle: Vec<Fault> = idle.map(|name| unused(name, literal.place)).collect();
            faults.extend(idle);
        }
        LiteralKind::Expr(Expr { kind: ExprKind::Assign(":=", left, right), .. }) => {
            used(right, names, faults);
            assigned(left, names, faults);
        }
        LiteralKind::Expr(expr) | LiteralKind::Not(expr) => used(expr, names, faults),
    }
    literal.with.iter().for_each(|(_, value)| used(value, names, faults));
}

/// The left side of `:=`.
fn assigned(pattern: &Expr, names: &mut Names, faults: &mut Vec<Fault>) {
    match &pattern.kind {
        ExprKind::Var(name) => declare(name, pattern.place, First::Assigned, names, faults),
        ExprKind::Array(items) => items.iter().for_each(|item| assigned(item, names, faults)),
        ExprKind::Object(items) => {
            for (key, value) in items {
                used(key, names, faults);
                assigned(value, names, faults);
            }
        }
        _ => faults.push(Fault::new(
            pattern.place,
            "assignment to something other than a variable",
            "compare with `==`, or match the pattern with `=`",
        )),
    }
}

fn declare(name: &str, place: Place, how: First, names: &mut Names, faults: &mut Vec<Fault>) {
    if name == "_" {
        return;
    }
    if let Some(first) = names.get(name) {
        let what = format!("variable {name} {}", first.words());
        faults.push(Fault::new(place, what, "give one of them another name"));
    } else {
        names.insert(name.to_owned(), how);
    }
}

/// Records the variables of an expression. A comprehension in it has its own names.
fn used(expr: &Expr, names: &mut Names, faults: &mut Vec<Fault>) {
    if let Some(value) = template::part(expr) {
        return used(value, names, faults);
    }
    if let Some(body) = expr.body() {
        check_body(body, &expr.parts(), Names::new(), faults);
        let mut inner = Names::new();
        expr.parts().into_iter().for_each(|part| used(part, &mut inner, faults));
        return;
    }
    if let Some(name) = expr.as_var() {
        if name != "_" && name != "input" && name != "data" {
            names.entry(name.to_owned()).or_insert(First::Used);
        }
        return;
    }
    expr.parts().into_iter().for_each(|part| used(part, names, faults));
}
