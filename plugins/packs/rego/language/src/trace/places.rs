//! Where the values of expressions come from.

use super::origin::{Origin, Rank, Root, Seg};
use super::pack::Summary;
use super::walk::Walker;
use crate::ast::{Expr, ExprKind, Shape};
use crate::parse::is_scalar;

/// Maximum number of places of one value; one with more has none.
pub(super) const PLACES: usize = 8;

impl Walker<'_, '_> {
    /// The places of the items of a collection.
    pub(super) fn items(&mut self, collection: &Expr, key: Option<&Expr>) -> Vec<Origin> {
        let seg = match key {
            Some(key) if is_scalar(key) || key.as_var().is_some_and(|name| self.own.contains(name)) => {
                Seg::At(key.clone())
            }
            _ => Seg::Any,
        };
        let items = self.origins(collection).into_iter();
        items.map(|it| if it.collection { it.item() } else { it.then(seg.clone()) }).collect()
    }

    /// The places of the value of an expression; none if it is computed.
    pub(super) fn origins(&mut self, expr: &Expr) -> Vec<Origin> {
        if self.is_worn_out() {
            return Vec::new();
        }
        let mut found = self.places(expr);
        if found.len() > PLACES {
            found.clear();
        }
        found
    }

    fn places(&mut self, expr: &Expr) -> Vec<Origin> {
        match &expr.kind {
            ExprKind::Var(name) => {
                if let Some(known) = self.known.get(name) {
                    return known.clone();
                }
                if name == "input" {
                    return vec![Origin::new(Root::Input)];
                }
                if let Some(path) = super::pack::imported_input(self.module, name) {
                    let steps = path.iter().map(|step| Seg::At(Expr::text(expr.place, step)));
                    return vec![Origin { segs: steps.collect(), ..Origin::new(Root::Input) }];
                }
                self.of_rule(expr)
            }
            ExprKind::Ref(base, steps) => {
                let own = self.of_rule(expr);
                if !own.is_empty() {
                    return own;
                }
                if base.as_var() == Some("data") {
                    return Vec::new();
                }
                let from = self.origins(base);
                self.stepped(from, steps)
            }
            ExprKind::Call(name, arguments) => {
                if name.join(".") == "object.get" {
                    let (Some(from), Some(key)) = (arguments.first(), arguments.get(1)) else {
                        return Vec::new();
                    };
                    let from = self.origins(from);
                    return match &key.kind {
                        ExprKind::Array(keys) => self.stepped(from, keys),
                        _ => self.stepped(from, std::slice::from_ref(key)),
                    };
                }
                let Some(path) = self.pack.names.function(self.module, name) else {
                    // The parser turns `|` into `or`.
                    return match (name.as_slice(), arguments.as_slice()) {
                        ([name], [left, right]) if name == "or" => self.either(left, right),
                        _ => Vec::new(),
                    };
                };
                let arguments: Vec<_> = arguments.iter().map(|argument| self.origins(argument)).collect();
                let summary: Summary = self.pack.summary(&path);
                summary.value.iter().flat_map(|origin| origin.at_arguments(&arguments)).collect()
            }
            ExprKind::Collect(Shape::Array | Shape::Set, item, body) => {
                let known = self.known.clone();
                let reads = self.reads.len();
                let mut from = Vec::new();
                self.inside(known, Rank::Stated, |walker| {
                    walker.body(body);
                    from = walker.origins(item);
                    walker.aside(|walker| walker.given(item, &from, Rank::Stated));
                });
                // Only the places of the items are needed.
                let beside = self.reads.split_off(reads);
                self.keep(beside);
                from.into_iter()
                    .map(|origin| Origin { collection: true, ..origin.without_variables() })
                    .collect()
            }
            ExprKind::Binary("|", left, right) => self.either(left, right),
            _ => Vec::new(),
        }
    }

    fn either(&mut self, left: &Expr, right: &Expr) -> Vec<Origin> {
        let mut both = self.origins(left);
        both.extend(self.origins(right));
        both
    }

    fn stepped(&mut self, from: Vec<Origin>, steps: &[Expr]) -> Vec<Origin> {
        let mut found = from;
        for step in steps {
            let seg = self.seg(step);
            found = found
                .into_iter()
                .map(|origin| if origin.collection { origin.item() } else { origin.then(seg.clone()) })
                .collect();
        }
        found
    }

    fn seg(&self, step: &Expr) -> Seg {
        let mut fine = true;
        crate::calls::each(step, &mut |part| {
            fine &= part.body().is_none();
            if let Some(name) = part.as_var() {
                fine &= self.own.contains(name);
            }
        });
        if is_scalar(step) || (fine && step.as_var().is_some()) { Seg::At(step.clone()) } else { Seg::Any }
    }

    /// Where the value of a rule of the pack comes from.
    fn of_rule(&mut self, expr: &Expr) -> Vec<Origin> {
        let Some((path, rest)) = self.pack.rule_of(self.module, expr) else { return Vec::new() };
        let from = self.pack.summary(&path).value;
        self.stepped(from, &rest)
    }
}
