//! Resolves every call when a pack is built, so that an unknown function is reported with its line before any rule is
//! evaluated.

use crate::ast::{Expr, ExprKind, Literal, LiteralKind, Module, Rule};
use crate::names::{Called, Names};
use crate::problem::Fault;

/// Reports invalid calls of a module.
pub(crate) fn check(module: &Module, names: &Names) -> Vec<Fault> {
    let mut found = Vec::new();
    each_expr(module, &mut |expr| {
        let ExprKind::Call(name, arguments) = &expr.kind else { return };
        let plain = name.join(".");
        let (what, fix) = match names.called(module, name) {
            Called::Function { arity } | Called::Builtin { arity }
                if arity == usize::MAX
                    || arguments.len() == arity
                    || arguments.len() == arity.saturating_add(1) =>
            {
                return;
            }
            Called::Function { arity } | Called::Builtin { arity } => {
                (format!("{plain} takes {arity} arguments, and has {} here", arguments.len()), "")
            }
            Called::Refused(why) => {
                (format!("{plain} is not there: {why}"), "take the value from data or the input")
            }
            Called::Unknown => {
                (format!("function {plain} not found"), "name a function of the pack or of OPA")
            }
        };
        found.push(Fault::new(expr.place, what, fix));
    });
    found
}

/// Visits every expression of a module, outer ones first.
pub(crate) fn each_expr<'a>(module: &'a Module, see: &mut impl FnMut(&'a Expr)) {
    for rule in &module.rules {
        each_in_rule(rule, see);
    }
}

/// Visits every expression of a rule.
pub(crate) fn each_in_rule<'a>(rule: &'a Rule, see: &mut impl FnMut(&'a Expr)) {
    for part in head_parts(rule) {
        each(part, see);
    }
    for body in rule.bodies() {
        each_in_body(body, see);
    }
}

/// The expressions of a head and of the heads of its `else`.
pub(crate) fn head_parts(rule: &Rule) -> Vec<&Expr> {
    use crate::ast::Head;
    let head: Vec<&Expr> = match &rule.head {
        Head::Value { value, .. } => value.iter().collect(),
        Head::Member(member) => vec![member],
        Head::Function { parameters, value, .. } => parameters.iter().chain(value).collect(),
    };
    let otherwise = rule.otherwise.iter().filter_map(|it| it.value.as_ref());
    rule.steps.iter().chain(head).chain(otherwise).collect()
}

/// Visits every expression of a body.
pub(crate) fn each_in_body<'a>(body: &'a [Literal], see: &mut impl FnMut(&'a Expr)) {
    for literal in body {
        for part in literal.parts() {
            each(part, see);
        }
        if let LiteralKind::Every { body, .. } = &literal.kind {
            each_in_body(body, see);
        }
    }
}

/// Visits an expression and everything in it.
pub(crate) fn each<'a>(expr: &'a Expr, see: &mut impl FnMut(&'a Expr)) {
    see(expr);
    for part in expr.parts() {
        each(part, see);
    }
    if let Some(body) = expr.body() {
        each_in_body(body, see);
    }
}
