//! Operators on values of wrong types: undefined for OPA, an error that ends the whole rule for the engine. Where
//! the functions that operators stand for are there from outside, they are called instead; those are undefined then.

use std::collections::BTreeSet;

use crate::ast::{Body, Expr, ExprKind, LiteralKind, Module, Shape};
use crate::names::Names;

const FUNCTIONS: [(&str, &str); 7] =
    [("+", "plus"), ("-", "minus"), ("*", "mul"), ("/", "div"), ("%", "rem"), ("&", "and"), ("|", "or")];

/// Rewrites the operators of a module.
pub(crate) fn module(module: &mut Module, names: &Names, globals: &BTreeSet<String>) {
    let there: Vec<_> = FUNCTIONS
        .into_iter()
        .filter(|(_, name)| names.extension(name) == Some(2) && !globals.contains(*name))
        .collect();
    if there.is_empty() {
        return;
    }
    for rule in module.rules.iter_mut().filter(|rule| !rule.default) {
        rule.head_parts_mut().into_iter().for_each(|part| expr(part, &there));
        rule.bodies_mut().for_each(|it| body(it, &there));
    }
}

fn body(literals: &mut Body, there: &[(&str, &str)]) {
    for literal in literals {
        literal.parts_mut().into_iter().for_each(|part| expr(part, there));
        if let LiteralKind::Every { body: inner, .. } = &mut literal.kind {
            body(inner, there);
        }
    }
}

fn expr(it: &mut Expr, there: &[(&str, &str)]) {
    let fits = fits(it);
    it.parts_mut().into_iter().for_each(|part| expr(part, there));
    if let Some(inner) = it.body_mut() {
        body(inner, there);
    }
    let ExprKind::Binary(op, left, right) = &it.kind else { return };
    let Some((_, name)) = there.iter().find(|(it, _)| it == op).filter(|_| !fits) else { return };
    let arguments = vec![(**left).clone(), (**right).clone()];
    it.kind = ExprKind::Call(vec![(*name).to_owned()], arguments);
}

/// Whether the text alone tells that an operator has what it takes.
fn fits(it: &Expr) -> bool {
    let ExprKind::Binary(op, left, right) = &it.kind else { return false };
    let sets = is_set(left) && is_set(right);
    match *op {
        "&" | "|" => sets,
        "-" => sets || (is_number(left) && is_number(right)),
        _ => is_number(left) && is_number(right),
    }
}

fn is_number(it: &Expr) -> bool {
    matches!(it.kind, ExprKind::Number(_))
}

fn is_set(it: &Expr) -> bool {
    matches!(it.kind, ExprKind::Set(_) | ExprKind::Collect(Shape::Set, ..))
}
