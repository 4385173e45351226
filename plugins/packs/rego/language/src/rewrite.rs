//! A way through a tree that changes it: every expression once, the inner ones first.

use crate::ast::{Body, Expr, LiteralKind, Rule};

/// What is done on the way.
pub(crate) trait Rewrite {
    /// Changes an expression whose parts were seen.
    fn expr(&mut self, it: &mut Expr);

    /// Changes what `with` replaces, and what it replaces it with, which is seen as an expression too.
    fn with(&mut self, _target: &mut Expr, _value: &mut Expr) {}
}

/// Goes through a rule.
pub(crate) fn rule(it: &mut Rule, rewrite: &mut impl Rewrite) {
    it.head_parts_mut().into_iter().for_each(|part| expr(part, rewrite));
    it.bodies_mut().for_each(|it| body(it, rewrite));
}

/// Goes through a body.
fn body(literals: &mut Body, rewrite: &mut impl Rewrite) {
    for literal in literals {
        literal.with.iter_mut().for_each(|(target, value)| rewrite.with(target, value));
        literal.parts_mut().into_iter().for_each(|part| expr(part, rewrite));
        if let LiteralKind::Every { body: inner, .. } = &mut literal.kind {
            body(inner, rewrite);
        }
    }
}

/// Goes through an expression.
pub(crate) fn expr(it: &mut Expr, rewrite: &mut impl Rewrite) {
    it.parts_mut().into_iter().for_each(|part| expr(part, rewrite));
    if let Some(inner) = it.body_mut() {
        body(inner, rewrite);
    }
    rewrite.expr(it);
}
