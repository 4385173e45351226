//! Gives every variable a unique name where the engine would mistake it for another one: a rule of the same name, or a
//! variable outside a comprehension that one inside hides. `some` without `in` is not needed after that.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule};

/// The prefix of variables that are generated here.
pub(crate) const OWN: &str = "__own_";

/// A message with variables as their authors wrote them: `__own_3_x` is `x`.
pub(crate) fn as_written(message: &str) -> String {
    let mut parts = message.split(OWN);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.trim_start_matches(|it: char| it.is_ascii_digit());
        written.push_str(name.strip_prefix('_').filter(|_| name.len() < part.len()).unwrap_or(part));
    }
    written
}

struct Renamer<'a> {
    globals: &'a BTreeSet<String>,
    scopes: Vec<BTreeMap<String, String>>,
    count: usize,
}

/// Renames the variables of a module.
pub(crate) fn module(module: &mut Module, globals: &BTreeSet<String>) {
    for rule in &mut module.rules {
        let mut renamer = Renamer { globals, scopes: vec![BTreeMap::new()], count: 0 };
        renamer.rule(rule);
    }
}

impl Renamer<'_> {
    fn rule(&mut self, rule: &mut Rule) {
        if let Head::Function { parameters, .. } = &mut rule.head {
            let mut names = Vec::new();
            for parameter in parameters.iter() {
                bound(parameter, &mut names);
            }
            for name in names {
                self.declare(&name, false);
            }
            for parameter in parameters {
                self.expr(parameter);
            }
        }
        self.enter(rule.body.as_ref(), false);
        if let Some(body) = &mut rule.body {
            self.body(body);
        }
        for step in &mut rule.steps {
            self.expr(step);
        }
        match &mut rule.head {
            Head::Value { value, .. } | Head::Function { value, .. } => {
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            Head::Member(member) => self.expr(member),
        }
        self.scopes.pop();
        for otherwise in &mut rule.otherwise {
            self.enter(otherwise.body.as_ref(), false);
            if let Some(body) = &mut otherwise.body {
                self.body(body);
            }
            if let Some(value) = &mut otherwise.value {
                self.expr(value);
            }
            self.scopes.pop();
        }
    }

    /// Opens the scope of a body.
    fn enter(&mut self, body: Option<&Body>, inner: bool) {
        self.scopes.push(BTreeMap::new());
        for name in body.map(declared).unwrap_or_default() {
            self.declare(&name, inner);
        }
    }

    fn declare(&mut self, name: &str, inner: bool) {
        if name == "_" {
            return;
        }
        let hides = inner
            || self.globals.contains(name)
            || self.scopes.iter().rev().skip(1).any(|scope| scope.contains_key(name));
        let new = if hides {
            self.count = self.count.saturating_add(1);
            format!("{OWN}{}_{name}", self.count)
        } else {
            name.to_owned()
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.entry(name.to_owned()).or_insert(new);
        }
    }

    fn resolve(&self, name: &mut String) {
        if let Some(new) = self.scopes.iter().rev().find_map(|scope| scope.get(name.as_str())) {
            name.clone_from(new);
        }
    }

    fn body(&mut self, body: &mut Body) {
        for literal in body {
            self.literal(literal);
        }
    }

    fn literal(&mut self, literal: &mut Literal) {
        for part in literal.parts_mut() {
            self.expr(part);
        }
        match &mut literal.kind {
            LiteralKind::Some(names) => {
                for (name, _) in names {
                    self.resolve(name);
                }
            }
            LiteralKind::Every { key, value, body, .. } => {
                self.scopes.push(BTreeMap::new());
                for name in key.iter_mut().chain([value]) {
                    self.declare(&name.clone(), true);
                    self.resolve(name);
                }
                self.enter(Some(body), true);
                self.body(body);
                self.scopes.pop();
                self.scopes.pop();
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Var(name) = &mut expr.kind {
            self.resolve(name);
            return;
        }
        let inner = expr.body().is_some();
        if let Some(body) = expr.body() {
            let declared = declared(body);
            self.scopes.push(BTreeMap::new());
            for name in declared {
                self.declare(&name, true);
            }
        }
        for part in expr.parts_mut() {
            self.expr(part);
        }
        if let Some(body) = expr.body_mut() {
            self.body(body);
        }
        if inner {
            self.scopes.pop();
        }
    }
}

/// The variables that a body declares.
fn declared(body: &Body) -> Vec<String> {
    let mut names = Vec::new();
    for literal in body {
        match &literal.kind {
            LiteralKind::Some(some) => names.extend(some.iter().map(|(name, _)| name.clone())),
            LiteralKind::SomeIn { key, value, .. } => {
                for pattern in key.iter().chain([value]) {
                    bound(pattern, &mut names);
                }
            }
            LiteralKind::Expr(Expr { kind: ExprKind::Assign(":=", left, _), .. }) => bound(left, &mut names),
            _ => {}
        }
    }
    names
}

/// The variables that a pattern binds.
pub(crate) fn bound(pattern: &Expr, names: &mut Vec<String>) {
    match &pattern.kind {
        ExprKind::Var(name) => names.push(name.clone()),
        ExprKind::Array(items) => items.iter().for_each(|item| bound(item, names)),
        ExprKind::Object(items) => items.iter().for_each(|(_, value)| bound(value, names)),
        _ => {}
    }
}

/// The variables that an expression iterates over as indices, without those in comprehensions.
pub(crate) fn indices(expr: &Expr, names: &mut Vec<String>) {
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        if let ExprKind::Ref(_, steps) = &expr.kind {
            for step in steps {
                bound(step, names);
            }
        }
        if expr.body().is_none() {
            waiting.extend(expr.parts());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::as_written;

    #[test]
    fn messages_name_variables_as_they_are_written() {
        for (message, expected) in [
            ("var `__own_3_x` is unsafe", "var `x` is unsafe"),
            ("`__own_12_a_1` and `__own_1__b`", "`a_1` and `_b`"),
            ("`__own_x`", "`x`"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(as_written(message), expected);
        }
    }
}
