//! `and`, `or` and `not { … }`, which `import rego.v2` and `future.keywords` enable. The operands of `and` and `or` are
//! bodies whose variables are not visible outside; so each becomes the set of what holds in it.

use super::{Parsed, Parser};
use crate::ast::{Body, Expr, ExprKind, Literal, LiteralKind, Shape};
use crate::place::Place;
use crate::problem::Fault;

/// An operand of `and` or `or`.
enum Operand {
    Plain(LiteralKind),
    Body(Body),
    /// A nested `and` or `or`.
    Joined(Expr),
}

impl Parser<'_> {
    /// Whether `and` or `or` is a keyword here.
    fn joins(&self) -> bool {
        self.is_keyword("and") || self.is_keyword("or")
    }

    /// A literal without a declaration that does not iterate over a collection.
    pub(super) fn logic(&mut self) -> Parsed<LiteralKind> {
        if !self.joins() {
            return self.plain();
        }
        Ok(match self.either()? {
            Operand::Plain(kind) => kind,
            Operand::Joined(expr) => LiteralKind::Expr(expr),
            // A body is valid only as an operand of `and` or `or`.
            Operand::Body(_) => return Err(self.unexpected("`and` or `or` after a body")),
        })
    }

    fn either(&mut self) -> Parsed<Operand> {
        self.chain("or", Self::both)
    }

    fn both(&mut self) -> Parsed<Operand> {
        self.chain("and", Self::operand)
    }

    fn chain(
        &mut self,
        word: &'static str,
        mut operand: impl FnMut(&mut Self) -> Parsed<Operand>,
    ) -> Parsed<Operand> {
        let place = self.place();
        let mut left = operand(self)?;
        while self.accept_word(word) {
            let below = self.height;
            let right = operand(self)?;
            self.grow(below.max(self.height).saturating_add(1))?;
            let (left_set, right_set) = (holds(place, left)?, holds(place, right)?);
            let op = if word == "or" { "|" } else { "&" };
            let kind = ExprKind::Binary(op, Box::new(left_set), Box::new(right_set));
            let none = Expr::new(place, ExprKind::Set(Vec::new()));
            let kind = ExprKind::Binary("!=", Box::new(Expr::new(place, kind)), Box::new(none));
            left = Operand::Joined(Expr::new(place, kind));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let start = self.at;
        if self.is("{") && self.tries > 0 {
            self.next();
            let body = self.body("}");
            if let Ok(body) = body
                && (self.is_word("and") || self.is_word("or") || self.follows_operator(start))
            {
                return Ok(Operand::Body(body));
            }
            self.back(start);
        } else if self.is("(") && self.tries > 0 {
            self.next();
            if let Ok(joined @ Operand::Joined(_)) = self.either()
                && self.accept(")")
            {
                return Ok(joined);
            }
            self.back(start);
        }
        self.plain().map(Operand::Plain)
    }

    /// Reads again from an earlier token, at most a few hundred times in a file.
    fn back(&mut self, start: usize) {
        self.at = start;
        self.tries = self.tries.saturating_sub(1);
    }

    /// Whether `and` or `or` precedes this token.
    fn follows_operator(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
        matches!(before.map(|token| &token.kind), Some(crate::lexer::Kind::Name(name))
            if matches!(name.as_str(), "and" | "or") && self.is_keyword(name))
    }

    /// A statement, or `not` of one.
    fn plain(&mut self) -> Parsed<LiteralKind> {
        let place = self.place();
        if !self.accept_word("not") {
            return self.statement().map(LiteralKind::Expr);
        }
        if self.negates_bodies && self.accept("{") {
            let body = self.body("}")?;
            return Ok(LiteralKind::Expr(none(place, collected(place, body))));
        }
        if self.joins() && self.is("(") {
            let negated = self.operand()?;
            return Ok(match negated {
                Operand::Joined(expr) | Operand::Plain(LiteralKind::Expr(expr)) => LiteralKind::Not(expr),
                Operand::Plain(_) | Operand::Body(_) => return Err(self.unexpected("an expression")),
            });
        }
        self.statement().map(LiteralKind::Not)
    }
}

/// `{true | body}`.
fn collected(place: Place, body: Body) -> Expr {
    let yes = Expr::new(place, ExprKind::Bool(true));
    Expr::new(place, ExprKind::Collect(Shape::Set, Box::new(yes), body))
}

fn none(place: Place, set: Expr) -> Expr {
    let empty = Expr::new(place, ExprKind::Set(Vec::new()));
    Expr::new(place, ExprKind::Binary("==", Box::new(set), Box::new(empty)))
}

/// The set of what holds in an operand: of `true`, or of nothing.
fn holds(place: Place, operand: Operand) -> Parsed<Expr> {
    let kind = match operand {
        Operand::Body(body) => return Ok(collected(place, body)),
        Operand::Joined(expr) => LiteralKind::Expr(expr),
        Operand::Plain(kind) => kind,
    };
    if let LiteralKind::Expr(Expr { kind: ExprKind::Assign(":=", ..), place }) = kind {
        let what = "assignment on a side of `and` or `or`";
        return Err(Fault::new(place, what, "put braces around it, or assign before"));
    }
    Ok(collected(place, vec![Literal::new(place, kind)]))
}
