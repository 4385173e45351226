//! Rules: heads, bodies, `else`.

use super::{Parsed, Parser};
use crate::ast::{Body, Expr, ExprKind, Head, Otherwise, Rule, Version};
use crate::problem::Fault;

impl Parser<'_> {
    /// A rule; with several bodies, several rules.
    pub(super) fn rule(&mut self, rules: &mut Vec<Rule>) -> Parsed<()> {
        let place = self.place();
        let default = self.accept_word("default");
        let name = self.identifier("a rule")?.to_owned();
        if self.version == Version::V1 && matches!(name.as_str(), "input" | "data") {
            return Err(Fault::new(place, format!("rule that hides {name}"), "name it otherwise"));
        }
        let mut steps = self.head_steps()?;
        let mut head = self.head(&mut steps)?;
        let mut rule =
            Rule { place, default, name, steps, head: head.clone(), body: None, otherwise: Vec::new() };
        if default {
            if !matches!(head, Head::Value { value: Some(_), .. } | Head::Function { value: Some(_), .. }) {
                return Err(self.unexpected("a value for the default"));
            }
            rules.push(rule);
            return Ok(());
        }
        let braces = self.is("{");
        rule.body = self.rule_body()?;
        let key = rule.steps.last().cloned();
        match (&rule.head, key) {
            // Before 1.0 `p[x]` without a value is a set.
            (Head::Value { value: None, .. }, Some(key))
                if self.version == Version::V0
                    && rule.steps.len() == 1
                    && (braces || rule.body.is_none() || !self.keywords.contains("if")) =>
            {
                rule.steps.clear();
                rule.head = Head::Member(key);
            }
            (Head::Value { value: None, .. } | Head::Function { value: None, .. }, _)
                if rule.body.is_none() =>
            {
                return Err(Fault::new(place, "rule without a value or a body", "give it one of them"));
            }
            _ => {}
        }
        head = rule.head.clone();
        let template = Rule { body: None, ..rule.clone() };
        while self.is_word("else") {
            let place = self.place();
            self.next();
            let (op, value) = self.value()?;
            let body = self.rule_body()?;
            rule.otherwise.push(Otherwise { place, op, value, body });
            if rule.otherwise.len() > crate::limits::HEIGHT {
                return Err(Fault::new(place, "chain of too many else", "use several rules"));
            }
        }
        if matches!(head, Head::Member(_)) && !rule.otherwise.is_empty() {
            return Err(Fault::new(place, "`else` of a set", "make it a rule of its own"));
        }
        if !rule.otherwise.is_empty() && rule.steps.iter().any(|step| !is_scalar(step)) {
            let what = "`else` of a rule with variables in its head";
            return Err(Fault::new(place, what, "make it a rule of its own"));
        }
        let chained = rule.body.is_some() && rule.otherwise.is_empty();
        rules.push(rule);
        // Before 1.0 a rule may have several bodies.
        while chained && self.version == Version::V0 && self.is("{") {
            let place = self.place();
            let body = self.rule_body()?;
            rules.push(Rule { place, body, ..template.clone() });
        }
        Ok(())
    }

    fn head_steps(&mut self) -> Parsed<Vec<Expr>> {
        let start = Expr::var(self.place(), "");
        let mut steps = Vec::new();
        while self.is_tight(".") || self.is_tight("[") {
            let place = self.place();
            if self.accept(".") {
                let Some(name) = self.name() else { return Err(self.unexpected("a name after `.`")) };
                self.next();
                steps.push(Expr::text(place, name));
            } else {
                self.next();
                steps.push(self.expr()?);
                self.expect("]", "after a key")?;
            }
            if steps.len() > 30 {
                return Err(Fault::new(start.place, "head of more than 30 steps", ""));
            }
        }
        Ok(steps)
    }

    fn head(&mut self, steps: &mut [Expr]) -> Parsed<Head> {
        if self.is("(") && !self.is_fresh() {
            self.next();
            let parameters = self.items(")", Self::term)?;
            let _ = steps;
            let (op, value) = self.value()?;
            // Without parameters it is not a function, and cannot be called.
            return Ok(if parameters.is_empty() {
                Head::Value { op, value }
            } else {
                Head::Function { parameters, op, value }
            });
        }
        if self.accept_word("contains") {
            return Ok(Head::Member(self.expr()?));
        }
        let (op, value) = self.value()?;
        Ok(Head::Value { op, value })
    }

    fn value(&mut self) -> Parsed<(&'static str, Option<Expr>)> {
        let op = if self.accept(":=") {
            ":="
        } else if self.accept("=") {
            "="
        } else {
            return Ok((":=", None));
        };
        Ok((op, Some(self.with_key()?)))
    }

    fn rule_body(&mut self) -> Parsed<Option<Body>> {
        if self.accept_word("if") {
            let start = self.at;
            if !self.accept("{") {
                return Ok(Some(vec![self.literal()?]));
            }
            let body = self.body("}");
            // Braces that are not a body may be an object, a set or a comprehension, which count as true.
            return match body {
                Err(fault) => self.again(start, fault, |parser| Ok(Some(vec![parser.literal()?]))),
                Ok(body) => Ok(Some(body)),
            };
        }
        if !self.is("{") {
            return Ok(None);
        }
        if self.version == Version::V1 {
            return Err(Fault::new(self.place(), "body without `if`", "write `if` before `{`"));
        }
        self.next();
        self.body("}").map(Some)
    }
}

/// Whether an expression is a constant.
pub(crate) fn is_scalar(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_))
}
