//! Terms and operators.

use super::{Parsed, Parser};
use crate::ast::{Expr, ExprKind, Shape};
use crate::lexer::{Kind, Token};
use crate::place::Place;
use crate::problem::Fault;

/// Operators, loosest first.
const LEVELS: [&[&str]; 5] =
    [&["==", "!=", "<", "<=", ">", ">="], &["|"], &["&"], &["+", "-"], &["*", "/", "%"]];

impl Parser<'_> {
    /// An expression, with `in`.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let left = self.term()?;
        self.operators(left)
    }

    /// Continues after a term: operators and `in`.
    fn operators(&mut self, left: Expr) -> Parsed<Expr> {
        let mut expr = self.infix(left, 0)?;
        while self.is_word("in") {
            let place = expr.place;
            let below = self.height;
            self.next();
            let right = self.operation(0)?;
            self.grow(below.max(self.height))?;
            expr = Expr::new(place, ExprKind::In(None, Box::new(expr), Box::new(right)));
        }
        Ok(expr)
    }

    /// Operators from a level on.
    pub(super) fn operation(&mut self, level: usize) -> Parsed<Expr> {
        let left = self.term()?;
        self.infix(left, level)
    }

    fn infix(&mut self, mut left: Expr, level: usize) -> Parsed<Expr> {
        while let Some((found, op)) = self.operator(level) {
            let below = self.height;
            self.next();
            let right = self.operation(found.saturating_add(1))?;
            self.grow(below.max(self.height))?;
            left = Expr::new(left.place, ExprKind::Binary(op, Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn operator(&self, level: usize) -> Option<(usize, &'static str)> {
        let Some(Token { kind: Kind::Sign(sign), .. }) = self.token() else { return None };
        LEVELS
            .iter()
            .enumerate()
            .skip(level)
            .find_map(|(found, signs)| signs.iter().find(|it| *it == sign).map(|op| (found, *op)))
    }

    /// A term: a value, a reference, a call.
    pub(super) fn term(&mut self) -> Parsed<Expr> {
        let place = self.place();
        self.height = 0;
        let kind = match self.token().map(|token| &token.kind) {
            Some(Kind::Number(number)) => {
                self.next();
                return Ok(Expr::new(place, ExprKind::Number(number.clone())));
            }
            Some(Kind::Text(text)) => {
                self.next();
                ExprKind::Text(text.clone())
            }
            Some(Kind::Sign("-")) => {
                self.next();
                return match self.token() {
                    Some(Token { kind: Kind::Number(number), .. }) => {
                        self.next();
                        Ok(Expr::new(place, ExprKind::Number(format!("-{number}"))))
                    }
                    Some(Token { kind: Kind::Name(name), .. }) if !self.is_keyword(name) => {
                        let zero = Expr::new(place, ExprKind::Number("0".to_owned()));
                        let term = self.term()?;
                        self.grow(self.height)?;
                        Ok(Expr::new(place, ExprKind::Binary("-", Box::new(zero), Box::new(term))))
                    }
                    _ => Err(Fault::new(
                        place,
                        "`-` before what is neither a number nor a reference",
                        "write 0 - x",
                    )),
                };
            }
            Some(Kind::Sign("(")) => {
                self.next();
                let inner = self.with_key()?;
                self.expect(")", "to close `(`")?;
                return Ok(inner);
            }
            Some(Kind::Sign("$")) => return self.template(place),
            Some(Kind::Sign("[")) => self.array()?,
            Some(Kind::Sign("{")) => self.braces()?,
            Some(Kind::Name(name)) => return self.named(name, place),
            _ => return Err(self.unexpected("an expression")),
        };
        self.steps(Expr::new(place, kind))
    }

    /// `v in xs` or `k, v in xs`.
    pub(super) fn with_key(&mut self) -> Parsed<Expr> {
        let first = self.expr()?;
        if !self.accept(",") {
            return Ok(first);
        }
        let below = self.height;
        let value = self.operation(0)?;
        let below = below.max(self.height);
        if !self.accept_word("in") {
            return Err(self.unexpected("`in`"));
        }
        let collection = self.operation(0)?;
        self.grow(below.max(self.height))?;
        let kind = ExprKind::In(Some(Box::new(first.clone())), Box::new(value), Box::new(collection));
        Ok(Expr::new(first.place, kind))
    }

    fn named(&mut self, name: &str, place: Place) -> Parsed<Expr> {
        let constant = match name {
            "null" => Some(ExprKind::Null),
            "true" => Some(ExprKind::Bool(true)),
            "false" => Some(ExprKind::Bool(false)),
            _ => None,
        };
        if let Some(constant) = constant {
            self.next();
            return Ok(Expr::new(place, constant));
        }
        // `contains` is also the name of a function.
        if self.is_keyword(name) && name != "contains" {
            return Err(self.unexpected("an expression"));
        }
        self.next();
        self.steps(Expr::var(place, name))
    }

    /// What directly follows a term: `.a`, `[b]`, `(…)`.
    pub(super) fn steps(&mut self, base: Expr) -> Parsed<Expr> {
        let mut expr = base;
        let mut below = self.height;
        loop {
            if self.is_tight("(") {
                let Some(name) = called(&expr) else { return Err(self.unexpected("no call here")) };
                self.next();
                let arguments = self.items(")", Self::expr)?;
                below = below.max(self.height);
                expr = Expr::new(expr.place, ExprKind::Call(name, arguments));
                self.height = below;
                continue;
            }
            let step = if self.is_tight(".") {
                self.next();
                let place = self.place();
                let Some(name) = self.name() else { return Err(self.unexpected("a name after `.`")) };
                self.next();
                Expr::text(place, name)
            } else if self.is_tight("[") {
                self.next();
                let index = self.expr()?;
                self.expect("]", "after an index")?;
                below = below.max(self.height.saturating_add(1));
                index
            } else {
                self.height = below;
                return self.grow(below).map(|()| expr);
            };
            let place = expr.place;
            expr = match expr.kind {
                ExprKind::Ref(base, mut steps) => {
                    steps.push(step);
                    Expr::new(place, ExprKind::Ref(base, steps))
                }
                kind => Expr::new(place, ExprKind::Ref(Box::new(Expr::new(place, kind)), vec![step])),
            };
        }
    }

    /// Comma-separated items up to a sign; a trailing comma is allowed.
    pub(super) fn items<T>(
        &mut self,
        end: &str,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        let mut below = 0;
        while !self.accept(end) {
            self.height = 0;
            items.push(item(self)?);
            below = below.max(self.height);
            if !self.accept(",") && !self.is(end) {
                return Err(self.unexpected(&format!("`,` or `{end}`")));
            }
        }
        self.grow(below)?;
        Ok(items)
    }

    fn array(&mut self) -> Parsed<ExprKind> {
        self.next();
        if self.accept("]") {
            return Ok(ExprKind::Array(Vec::new()));
        }
        let first = self.term()?;
        let plain = |parser: &mut Self, first: Expr| {
            let first = parser.operators(first)?;
            Ok(ExprKind::Array(parser.rest(first, "]")?))
        };
        let start = self.at;
        if !self.accept("|") {
            return plain(self, first);
        }
        match self.body("]") {
            Ok(body) => Ok(ExprKind::Collect(Shape::Array, Box::new(first), body)),
            Err(fault) => self.again(start, fault, |parser| plain(parser, first)),
        }
    }

    /// The items after the first.
    fn rest(&mut self, first: Expr, end: &str) -> Parsed<Vec<Expr>> {
        let below = self.height;
        let mut items = vec![first];
        if !self.accept(",") && !self.is(end) {
            return Err(self.unexpected(&format!("`,` or `{end}`")));
        }
        items.extend(self.items(end, Self::expr)?);
        self.grow(below.max(self.height))?;
        Ok(items)
    }

    fn braces(&mut self) -> Parsed<ExprKind> {
        self.next();
        if self.accept("}") {
            return Ok(ExprKind::Object(Vec::new()));
        }
        let first = self.term()?;
        let start = self.at;
        if self.accept("|") {
            return match self.body("}") {
                Ok(body) => Ok(ExprKind::Collect(Shape::Set, Box::new(first), body)),
                Err(fault) => self.again(start, fault, |parser| parser.plain_braces(first)),
            };
        }
        self.plain_braces(first)
    }

    /// A set or an object.
    fn plain_braces(&mut self, first: Expr) -> Parsed<ExprKind> {
        let first = self.operators(first)?;
        if !self.accept(":") {
            return Ok(ExprKind::Set(self.rest(first, "}")?));
        }
        let below = self.height;
        let value = self.term()?;
        if self.accept("|") {
            let body = self.body("}")?;
            return Ok(ExprKind::CollectObject(Box::new(first), Box::new(value), body));
        }
        let value = self.operators(value)?;
        let below = below.max(self.height);
        let mut items = vec![(first, value)];
        if !self.accept(",") && !self.is("}") {
            return Err(self.unexpected("`,` or `}`"));
        }
        items.extend(self.items("}", |parser| {
            let key = parser.expr()?;
            let below = parser.height;
            parser.expect(":", "after a key")?;
            let value = parser.expr()?;
            parser.height = parser.height.max(below);
            Ok((key, value))
        })?);
        self.grow(below.max(self.height))?;
        Ok(ExprKind::Object(items))
    }
}

/// The name of the called function, if it can be one.
fn called(expr: &Expr) -> Option<Vec<String>> {
    match &expr.kind {
        ExprKind::Var(name) => Some(vec![name.clone()]),
        ExprKind::Ref(base, steps) => {
            let first = base.as_var()?;
            let rest =
                steps.iter().map(|step| step.as_text().map(str::to_owned)).collect::<Option<Vec<_>>>()?;
            Some(std::iter::once(first.to_owned()).chain(rest).collect())
        }
        _ => None,
    }
}
