//! Operators on values of wrong types: undefined in OPA, an error that ends the whole rule in the engine. Where the
//! functions of operators are registered as extensions, they are called instead; then the result is undefined. The
//! engine also orders sets and objects differently from OPA, so comparisons of possible sets and objects become calls
//! too.

use std::collections::BTreeSet;

use crate::ast::{Expr, ExprKind, Module, Shape};
use crate::names::Names;
use crate::rewrite::{self, Rewrite};

const FUNCTIONS: [(&str, &str); 11] = [
    ("+", "plus"),
    ("-", "minus"),
    ("*", "mul"),
    ("/", "div"),
    ("%", "rem"),
    ("&", "and"),
    ("|", "or"),
    ("<", "lt"),
    ("<=", "lte"),
    (">", "gt"),
    (">=", "gte"),
];

/// Rewrites the operators of a module.
pub(crate) fn module(module: &mut Module, names: &Names, globals: &BTreeSet<String>) {
    let there: Vec<_> = FUNCTIONS
        .into_iter()
        .filter(|(_, name)| names.extension(name) == Some(2) && !globals.contains(*name))
        .collect();
    if there.is_empty() {
        return;
    }
    let mut calls = Calls { there };
    module.rules.iter_mut().filter(|rule| !rule.default).for_each(|rule| rewrite::rule(rule, &mut calls));
}

/// Functions that are called instead of operators.
struct Calls {
    there: Vec<(&'static str, &'static str)>,
}

impl Rewrite for Calls {
    fn expr(&mut self, it: &mut Expr) {
        let ExprKind::Binary(op, left, right) = &it.kind else { return };
        let Some((_, name)) = self.there.iter().find(|(it, _)| it == op).filter(|_| !fits(op, left, right))
        else {
            return;
        };
        let arguments = vec![(**left).clone(), (**right).clone()];
        it.kind = ExprKind::Call(vec![(*name).to_owned()], arguments);
    }
}

/// Whether the operands have valid types, as far as the text shows it.
fn fits(op: &str, left: &Expr, right: &Expr) -> bool {
    let sets = is_set(left) && is_set(right);
    match op {
        "&" | "|" => sets,
        "<" | "<=" | ">" | ">=" => is_plain(left) || is_plain(right),
        "-" => sets || (is_number(left) && is_number(right)),
        _ => is_number(left) && is_number(right),
    }
}

/// Whether it is a whole number; the functions compute fractions as decimals.
fn is_number(it: &Expr) -> bool {
    matches!(&it.kind, ExprKind::Number(text) if text.bytes().all(|it| it.is_ascii_digit() || it == b'-'))
}

/// Whether it neither is nor contains a set or an object.
fn is_plain(it: &Expr) -> bool {
    match &it.kind {
        ExprKind::Call(name, _) => matches!(name.join(".").as_str(), "count" | "to_number" | "abs" | "round"),
        ExprKind::Binary(op, ..) => matches!(*op, "+" | "*" | "/" | "%"),
        _ => crate::parse::is_scalar(it),
    }
}

fn is_set(it: &Expr) -> bool {
    matches!(it.kind, ExprKind::Set(_) | ExprKind::Collect(Shape::Set, ..))
}
