//! Rewrites what OPA accepts and the engine misreads, with the same meaning.
//!
//! - The engine gives the pairs of `walk` one after the other only if it is written with a second argument.
//! - Under `not` OPA evaluates the arguments of a call first, and where one is undefined, so is the whole literal. For
//!   the engine a call with an undefined argument failed, and its `not` holds.
//! - A call with one more argument, which gets the result, is supported by the engine for its own functions only.
//! - Deep and long literals become data, or get names: see `limits::LITERAL_DEPTH`.

use regorus::Value;
use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule, Shape};
use crate::constant;
use crate::limits;
use crate::place::Place;
use crate::problem::Fault;
use crate::rename::OWN;

/// The path of constants that were moved to data: `data.palisade_constants`.
pub(crate) const CONSTANTS: &str = "palisade_constants";

pub(crate) struct Lower<'a> {
    pub(crate) globals: BTreeSet<String>,
    /// The extensions, with the number of their arguments.
    pub(crate) outputs: BTreeMap<String, usize>,
    /// All constants that were moved to data, of all modules.
    pub(crate) constants: &'a mut Vec<Value>,
    pub(crate) count: usize,
    pub(crate) faults: Vec<Fault>,
}

impl Lower<'_> {
    /// Rewrites a module.
    pub(crate) fn module(&mut self, module: &mut Module) {
        for rule in &mut module.rules {
            self.rule(rule);
        }
    }

    fn fresh(&mut self) -> String {
        self.count = self.count.saturating_add(1);
        format!("{OWN}h{}", self.count)
    }

    fn rule(&mut self, rule: &mut Rule) {
        if rule.default {
            for part in rule.head_parts_mut() {
                self.stays(part);
            }
            return;
        }
        if let Head::Function { parameters, .. } = &rule.head {
            for parameter in parameters {
                self.stays(parameter);
            }
        }
        let mut tail = Vec::new();
        for step in &mut rule.steps {
            self.head_part(step, &mut tail);
        }
        match &mut rule.head {
            Head::Value { value, .. } | Head::Function { value, .. } => {
                if let Some(value) = value {
                    self.head_part(value, &mut tail);
                }
            }
            Head::Member(member) => self.head_part(member, &mut tail),
        }
        extend(&mut rule.body, tail, |body| self.body(body));
        for otherwise in &mut rule.otherwise {
            let mut tail = Vec::new();
            if let Some(value) = &mut otherwise.value {
                self.head_part(value, &mut tail);
            }
            extend(&mut otherwise.body, tail, |body| self.body(body));
        }
    }

    /// A part of a head: what it needs is appended to the body.
    fn head_part(&mut self, part: &mut Expr, tail: &mut Body) {
        self.closures(part);
        self.nested_walks(part, &[], tail);
        self.shrink(part, 0, &[], tail);
    }

    /// A literal that must not be moved.
    fn stays(&mut self, part: &Expr) {
        if constant::depth(part) > 8 {
            self.faults.push(Fault::new(
                part.place,
                "literal nested more than 8 deep in a default or a parameter",
                "move it to a data file, or give it a name",
            ));
        }
    }

    fn body(&mut self, body: Body) -> Body {
        let mut out = Vec::with_capacity(body.len());
        for mut literal in body {
            if let LiteralKind::Some(_) = literal.kind {
                continue;
            }
            for part in literal.parts_mut() {
                self.closures(part);
            }
            if let LiteralKind::Every { body, .. } = &mut literal.kind {
                *body = self.body(std::mem::take(body));
            }
            self.literal(literal, &mut out);
        }
        if out.is_empty() {
            // It had only declarations.
            out.push(Literal::new(
                Place::default(),
                LiteralKind::Expr(Expr::new(Place::default(), ExprKind::Bool(true))),
            ));
        }
        out
    }

    /// Rewrites the bodies in an expression.
    fn closures(&mut self, expr: &mut Expr) {
        for part in expr.parts_mut() {
            self.closures(part);
        }
        let mut tail = Vec::new();
        if expr.body().is_some() {
            for part in expr.parts_mut() {
                self.nested_walks(part, &[], &mut tail);
                self.shrink(part, 0, &[], &mut tail);
            }
        }
        if let Some(body) = expr.body_mut() {
            *body = self.body(std::mem::take(body));
            body.append(&mut tail);
        }
    }

    fn literal(&mut self, mut literal: Literal, out: &mut Body) {
        let with = literal.with.clone();
        let negated = matches!(literal.kind, LiteralKind::Not(_));
        if let LiteralKind::Not(expr) = &mut literal.kind {
            self.negated(expr, &with, out);
            if let Some(assigned) = self.output(expr) {
                let place = expr.place;
                let yes = Expr::new(place, ExprKind::Bool(true));
                let body = vec![Literal::new(place, LiteralKind::Expr(assigned))];
                let all = Expr::new(place, ExprKind::Collect(Shape::Array, Box::new(yes), body));
                let none = Expr::new(place, ExprKind::Array(Vec::new()));
                let is_empty = ExprKind::Binary("==", Box::new(all), Box::new(none));
                literal.kind = LiteralKind::Expr(Expr::new(place, is_empty));
            }
        }
        if let LiteralKind::Expr(expr) = &mut literal.kind
            && let Some(assigned) = self.output(expr)
        {
            *expr = assigned;
        }
        if let LiteralKind::Expr(expr) = &mut literal.kind {
            self.assigned_walk(expr, &with, out);
        }
        for part in literal.parts_mut() {
            if !negated && !is_walk(part, 2) {
                self.nested_walks(part, &with, out);
            }
            self.shrink(part, 0, &[], out);
        }
        self.name_closures(&mut literal, out);
        out.push(literal);
    }

    /// Adds a literal before the current one that gives a name to an expression.
    fn name(&mut self, expr: &mut Expr, with: &[(Expr, Expr)], out: &mut Body) {
        let place = expr.place;
        let name = Expr::var(place, &self.fresh());
        let value = std::mem::replace(expr, name.clone());
        let assign = Expr::new(place, ExprKind::Assign(":=", Box::new(name), Box::new(value)));
        out.push(Literal { place, kind: LiteralKind::Expr(assign), with: with.to_vec() });
    }

    /// `f(x, y)` of a function of one argument as `y = f(x)`.
    fn output(&self, expr: &Expr) -> Option<Expr> {
        let ExprKind::Call(name, arguments) = &expr.kind else { return None };
        let arity = self.outputs.get(&name.join(".")).filter(|_| !is_walk(expr, 2))?;
        let (last, rest) = arguments.split_last().filter(|(_, rest)| rest.len() == *arity)?;
        let call = Expr::new(expr.place, ExprKind::Call(name.clone(), rest.to_vec()));
        Some(Expr::new(expr.place, ExprKind::Assign("=", Box::new(last.clone()), Box::new(call))))
    }

    /// `[p, v] := walk(x)` as `walk(x, [p, v])`.
    fn assigned_walk(&mut self, expr: &mut Expr, with: &[(Expr, Expr)], out: &mut Body) {
        let ExprKind::Assign(_, left, right) = &mut expr.kind else { return };
        if !is_walk(right, 1) {
            if !is_walk(left, 1) {
                return;
            }
            std::mem::swap(left, right);
        }
        let pattern = (**left).clone();
        let ExprKind::Call(name, mut arguments) = right.kind.clone() else { return };
        for argument in &mut arguments {
            self.nested_walks(argument, with, out);
        }
        arguments.push(pattern);
        expr.kind = ExprKind::Call(name, arguments);
    }

    /// A `walk` in an expression gets a name for its pairs.
    fn nested_walks(&mut self, expr: &mut Expr, with: &[(Expr, Expr)], out: &mut Body) {
        for part in expr.parts_mut() {
            self.nested_walks(part, with, out);
        }
        if !is_walk(expr, 1) {
            return;
        }
        let name = Expr::var(expr.place, &self.fresh());
        let mut call = std::mem::replace(expr, name.clone());
        if let ExprKind::Call(_, arguments) = &mut call.kind {
            arguments.push(name);
        }
        out.push(Literal { place: call.place, kind: LiteralKind::Expr(call), with: with.to_vec() });
    }

    /// Names what OPA evaluates before `not`.
    fn negated(&mut self, expr: &mut Expr, with: &[(Expr, Expr)], out: &mut Body) {
        match &mut expr.kind {
            ExprKind::Assign(_, left, right) | ExprKind::Binary("==", left, right) => {
                self.inside(left, with, out);
                self.inside(right, with, out);
            }
            ExprKind::Call(..) | ExprKind::Binary(..) | ExprKind::In(..) => {
                for part in expr.parts_mut() {
                    self.before(part, with, out);
                }
            }
            _ => self.inside(expr, with, out),
        }
    }

    /// Keeps a reference, and adds names for its parts before it.
    fn inside(&mut self, expr: &mut Expr, with: &[(Expr, Expr)], out: &mut Body) {
        if expr.as_var().is_some() || expr.body().is_some() {
            return;
        }
        match &mut expr.kind {
            ExprKind::Ref(base, steps) => {
                if base.as_var().is_none() {
                    self.before(base, with, out);
                }
                for step in steps {
                    self.before(step, with, out);
                }
            }
            _ => self.before(expr, with, out),
        }
    }

    /// Names everything in an expression that may be undefined.
    fn before(&mut self, expr: &mut Expr, with: &[(Expr, Expr)], out: &mut Body) {
        let named = match &expr.kind {
            ExprKind::Ref(..) | ExprKind::Binary(..) | ExprKind::In(..) => true,
            ExprKind::Call(name, _) => name.join(".") != "set",
            ExprKind::Var(name) => self.globals.contains(name),
            _ => false,
        };
        if expr.body().is_some() {
            return;
        }
        let is_ref = matches!(expr.kind, ExprKind::Ref(..));
        for (index, part) in expr.parts_mut().into_iter().enumerate() {
            if !(is_ref && index == 0 && part.as_var().is_some()) {
                self.before(part, with, out);
            }
        }
        if named {
            self.name(expr, with, out);
        }
    }

    /// Makes literals small enough for the engine's parser.
    fn shrink(&mut self, expr: &mut Expr, level: usize, with: &[(Expr, Expr)], out: &mut Body) {
        let literal = constant::is_literal(expr);
        if literal
            && (constant::depth(expr) > limits::LITERAL_DEPTH
                || constant::items(expr) > limits::LITERAL_ITEMS)
            && let Some(value) = constant::value(expr)
        {
            let name = format!("c{}", self.constants.len());
            self.constants.push(value);
            let place = expr.place;
            let steps = vec![Expr::text(place, CONSTANTS), Expr::text(place, &name)];
            expr.kind = ExprKind::Ref(Box::new(Expr::var(place, "data")), steps);
            return;
        }
        let is_pattern = matches!(expr.kind, ExprKind::Assign(..));
        let level = level.saturating_add(usize::from(literal));
        for (index, part) in expr.parts_mut().into_iter().enumerate() {
            if is_pattern && index == 0 {
                self.stays(part);
            } else {
                self.shrink(part, level, with, out);
            }
        }
        if literal && level > limits::LITERAL_DEPTH {
            self.name(expr, with, out);
        }
    }

    /// Names nested comprehensions, since the engine's parser would read each level twice.
    fn name_closures(&mut self, literal: &mut Literal, out: &mut Body) {
        if let LiteralKind::Expr(Expr { kind: ExprKind::Assign(":=", ..), .. }) = literal.kind {
            return;
        }
        for part in literal.parts_mut() {
            if constant::closures(part) > limits::LITERAL_DEPTH {
                self.name_outer_closures(part, out);
            }
        }
    }

    fn name_outer_closures(&mut self, expr: &mut Expr, out: &mut Body) {
        if expr.body().is_some() {
            self.name(expr, &[], out);
            return;
        }
        for part in expr.parts_mut() {
            self.name_outer_closures(part, out);
        }
    }
}

fn is_walk(expr: &Expr, count: usize) -> bool {
    matches!(&expr.kind, ExprKind::Call(name, arguments) if name.join(".") == "walk" && arguments.len() == count)
}

/// Rewrites a body and adds what the head needs.
fn extend(body: &mut Option<Body>, tail: Body, mut rewrite: impl FnMut(Body) -> Body) {
    if let Some(own) = body.as_mut() {
        *own = rewrite(std::mem::take(own));
    }
    if !tail.is_empty() {
        body.get_or_insert_default().extend(tail);
    }
}
