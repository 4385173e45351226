//! Template strings, as a call of OPA's internal function: each expression is a set of its value, or an empty set.

use super::{Parsed, Parser};
use crate::ast::{Expr, ExprKind};
use crate::lexer::{Kind, Token};
use crate::place::Place;
use crate::problem::Fault;
use crate::template;

impl Parser<'_> {
    /// Reads a template string, at its `$`.
    pub(super) fn template(&mut self, place: Place) -> Parsed<Expr> {
        self.next();
        let mut parts = Vec::new();
        let mut below = 0;
        loop {
            if let Some(Token { kind: Kind::Text(text), place, .. }) = self.token() {
                self.next();
                parts.push(Expr::text(*place, text));
            }
            if self.accept("$") {
                break;
            }
            self.expect("{", "in a template string")?;
            self.height = 0;
            let value = self.expr()?;
            if let Some(place) = wildcard(&value) {
                let what = "`_` in a template string";
                return Err(Fault::new(place, what, "go through the collection before it"));
            }
            below = below.max(self.height);
            self.expect("}", "after an expression in a template string")?;
            parts.push(template::optional(value));
        }
        self.grow(below.saturating_add(2))?;
        let name = template::NAME.split('.').map(str::to_owned).collect();
        Ok(Expr::new(place, ExprKind::Call(name, vec![Expr::new(place, ExprKind::Array(parts))])))
    }
}

/// Where an expression iterates over a collection, outside of comprehensions.
fn wildcard(value: &Expr) -> Option<Place> {
    if value.as_var() == Some("_") {
        return Some(value.place);
    }
    if value.body().is_some() { None } else { value.parts().into_iter().find_map(wildcard) }
}
