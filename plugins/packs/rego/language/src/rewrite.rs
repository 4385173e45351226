//! A traversal that changes a tree: every expression once, inner ones first.

use crate::ast::{Body, Expr, LiteralKind, Rule};

/// The changes of a traversal.
pub(crate) trait Rewrite {
    /// Changes an expression after its parts.
    fn expr(&mut self, it: &mut Expr);

    /// Changes the target of `with` and its value, which is also visited as an expression.
    fn with(&mut self, _target: &mut Expr, _value: &mut Expr) {}
}

/// Visits a rule.
pub(crate) fn rule(it: &mut Rule, rewrite: &mut impl Rewrite) {
    it.head_parts_mut().into_iter().for_each(|part| expr(part, rewrite));
    it.bodies_mut().for_each(|it| body(it, rewrite));
}

/// Visits a body.
fn body(literals: &mut Body, rewrite: &mut impl Rewrite) {
    for literal in literals {
        literal.with.iter_mut().for_each(|(target, value)| rewrite.with(target, value));
        literal.parts_mut().into_iter().for_each(|part| expr(part, rewrite));
        if let LiteralKind::Every { body: inner, .. } = &mut literal.kind {
            body(inner, rewrite);
        }
    }
}

/// Visits an expression.
pub(crate) fn expr(it: &mut Expr, rewrite: &mut impl Rewrite) {
    it.parts_mut().into_iter().for_each(|part| expr(part, rewrite));
    if let Some(inner) = it.body_mut() {
        body(inner, rewrite);
    }
    rewrite.expr(it);
}
