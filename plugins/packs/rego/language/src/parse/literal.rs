//! Bodies and their literals.

use super::{Parsed, Parser};
use crate::ast::{Body, Expr, ExprKind, Literal, LiteralKind};
use crate::place::Place;

impl Parser<'_> {
    /// Literals up to a bracket, each on its own line or after `;`.
    pub(super) fn body(&mut self, end: &str) -> Parsed<Body> {
        let mut body = Vec::new();
        let mut highest = 0;
        loop {
            while self.accept(";") {}
            if self.accept(end) {
                break;
            }
            if !body.is_empty() && !self.is_fresh() && !self.follows(";") {
                return Err(self.unexpected(&format!("`;`, a new line or `{end}`")));
            }
            body.push(self.literal()?);
            highest = highest.max(self.height);
        }
        if body.is_empty() {
            return Err(self.unexpected("something in the body"));
        }
        self.grow(highest)?;
        Ok(body)
    }

    fn follows(&self, sign: &str) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        matches!(before.map(|token| &token.kind), Some(crate::lexer::Kind::Sign(it)) if *it == sign)
    }

    pub(super) fn literal(&mut self) -> Parsed<Literal> {
        let place = self.place();
        let kind = if self.accept_word("some") {
            self.some()?
        } else if self.accept_word("every") {
            self.every()?
        } else {
            self.logic()?
        };
        let mut literal = Literal::new(place, kind);
        let mut highest = self.height;
        while self.accept_word("with") {
            let place = self.place();
            let path = self.path("what to replace")?;
            if !self.accept_word("as") {
                return Err(self.unexpected("`as`"));
            }
            let value = self.expr()?;
            highest = highest.max(self.height);
            literal.with.push((from_path(place, &path), value));
        }
        self.height = highest;
        Ok(literal)
    }

    /// An expression, or an assignment.
    pub(super) fn statement(&mut self) -> Parsed<Expr> {
        let left = self.with_key()?;
        let op = if self.accept(":=") {
            ":="
        } else if self.accept("=") {
            "="
        } else {
            return Ok(left);
        };
        let below = self.height;
        let right = self.with_key()?;
        self.grow(below.max(self.height))?;
        Ok(Expr::new(left.place, ExprKind::Assign(op, Box::new(left), Box::new(right))))
    }

    fn some(&mut self) -> Parsed<LiteralKind> {
        let first = self.term()?;
        let mut all = vec![first];
        while self.accept(",") {
            all.push(self.term()?);
        }
        if self.is_word("in") {
            let place = self.place();
            let mut found = all.into_iter();
            let (Some(first), second, None) = (found.next(), found.next(), found.next()) else {
                return Err(crate::problem::Fault::new(place, "more than two variables before `in`", ""));
            };
            self.next();
            let collection = self.operation(0)?;
            return Ok(match second {
                Some(value) => LiteralKind::SomeIn { key: Some(first), value, collection },
                None => LiteralKind::SomeIn { key: None, value: first, collection },
            });
        }
        let mut names = Vec::new();
        for expr in all {
            if let Some(name) = expr.as_var() {
                names.push((name.to_owned(), expr.place));
            } else {
                let fix = "import future.keywords.in where `in` was meant";
                return Err(crate::problem::Fault::new(expr.place, "`some` without a variable", fix));
            }
        }
        Ok(LiteralKind::Some(names))
    }

    fn every(&mut self) -> Parsed<LiteralKind> {
        let first = self.identifier("a variable after `every`")?.to_owned();
        let (key, value) = if self.accept(",") {
            (Some(first), self.identifier("a second variable")?.to_owned())
        } else {
            (None, first)
        };
        if !self.accept_word("in") {
            return Err(self.unexpected("`in`"));
        }
        let domain = self.operation(0)?;
        let below = self.height;
        self.expect("{", "before the body of `every`")?;
        let body = self.body("}")?;
        self.height = self.height.max(below);
        Ok(LiteralKind::Every { key, value, domain, body })
    }
}

/// A path as a reference.
pub(super) fn from_path(place: Place, path: &[String]) -> Expr {
    let mut names = path.iter();
    let base = Expr::var(place, names.next().map_or("", String::as_str));
    let steps: Vec<Expr> = names.map(|name| Expr::text(place, name)).collect();
    if steps.is_empty() { base } else { Expr::new(place, ExprKind::Ref(Box::new(base), steps)) }
}
