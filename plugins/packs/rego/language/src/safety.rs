//! Checks that variables have a value when they are used, and orders bodies so that they do.
//!
//! OPA refuses a rule with a variable that nothing binds, and orders the other literals as needed. The engine loads
//! such a rule and fails while it evaluates it, and does not find every order.

use std::collections::BTreeSet;

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule};
use crate::names::{Called, Names};
use crate::place::Place;
use crate::problem::Fault;
use crate::rename::{bound, indices};
use crate::template;

/// Maximum number of visited expressions of a module.
const WORK: usize = 4_000_000;

type Vars = BTreeSet<String>;

struct Safety<'a> {
    module: &'a Module,
    names: &'a Names,
    globals: BTreeSet<String>,
    work: usize,
    faults: Vec<Fault>,
}

/// The variables that an expression needs and binds.
#[derive(Default)]
struct Use {
    needs: Vec<(String, Place)>,
    gives: Vars,
}

/// Checks all rules, and orders their bodies.
pub(crate) fn module(module: &mut Module, names: &Names) -> Vec<Fault> {
    let shape = Module { rules: Vec::new(), ..module.clone() };
    let globals = names.globals(module);
    let mut safety = Safety { module: &shape, names, globals, work: 0, faults: Vec::new() };
    for rule in &mut module.rules {
        safety.rule(rule);
    }
    if safety.work > WORK {
        safety.faults =
            vec![Fault::new(Place::default(), "rules too entangled to be ordered", "write them in order")];
    }
    safety.faults.sort_by_key(|fault| fault.place);
    safety.faults.dedup();
    safety.faults
}

impl Safety<'_> {
    fn rule(&mut self, rule: &mut Rule) {
        let mut start = Vars::new();
        if let Head::Function { parameters, .. } = &rule.head {
            for parameter in parameters {
                let mut names = Vec::new();
                bound(parameter, &mut names);
                start.extend(names);
            }
        }
        let mut safe = start.clone();
        if let Some(body) = &mut rule.body {
            let missing = self.order(body, &mut safe);
            self.report(missing);
        }
        let mut head: Vec<&Expr> = rule.steps.iter().collect();
        match &rule.head {
            Head::Value { value, .. } | Head::Function { value, .. } => head.extend(value),
            Head::Member(member) => head.push(member),
        }
        self.head(&head, &safe);
        for otherwise in &mut rule.otherwise {
            let mut safe = start.clone();
            if let Some(body) = &mut otherwise.body {
                let missing = self.order(body, &mut safe);
                self.report(missing);
            }
            if let Some(value) = &otherwise.value {
                self.head(&[value], &safe);
            }
        }
    }

    fn head(&mut self, parts: &[&Expr], safe: &Vars) {
        for part in parts {
            let found = self.used(part, safe);
            let missing: Vec<_> = found
                .needs
                .into_iter()
                .filter(|(name, _)| !safe.contains(name) && !found.gives.contains(name))
                .collect();
            self.report(missing);
        }
    }

    fn report(&mut self, missing: Vec<(String, Place)>) {
        let mut seen = Vars::new();
        for (name, place) in missing {
            if !seen.insert(name.clone()) || name.starts_with(crate::rename::OWN) && name.contains("_h") {
                continue;
            }
            let shown = source_name(&name);
            self.faults.push(Fault::new(
                place,
                format!("variable {shown} is unsafe: nothing gives it a value"),
                format!(
                    "assign it, declare it with `some {shown} in …`, or use it as an index outside `not`"
                ),
            ));
        }
    }

    /// Orders a body, and returns the variables that stay without a value.
    fn order(&mut self, body: &mut Body, safe: &mut Vars) -> Vec<(String, Place)> {
        let given: Vars = body.iter().flat_map(|literal| self.all_given(literal)).collect();
        let mut waiting: Vec<Literal> = std::mem::take(body);
        loop {
            let mut later = Vec::new();
            let mut moved = false;
            for mut literal in waiting {
                let missing = self.missing(&mut literal, safe, &given);
                if missing.is_empty() {
                    moved = true;
                    body.push(literal);
                } else {
                    later.push((literal, missing));
                }
            }
            if later.is_empty() {
                return Vec::new();
            }
            if !moved || self.work > WORK {
                // Variables that no other waiting literal binds are the cause, if there are any.
                let mut missing: Vec<_> = later.iter().flat_map(|(_, missing)| missing.clone()).collect();
                body.extend(later.into_iter().map(|(literal, _)| literal));
                if missing.iter().any(|(name, _)| !given.contains(name)) {
                    missing.retain(|(name, _)| !given.contains(name));
                }
                return missing;
            }
            waiting = later.into_iter().map(|(literal, _)| literal).collect();
        }
    }

    /// The variables that a literal may bind.
    fn all_given(&self, literal: &Literal) -> Vars {
        let mut names = Vec::new();
        match &literal.kind {
            LiteralKind::SomeIn { key, value, .. } => {
                key.iter().chain([value]).for_each(|pattern| bound(pattern, &mut names));
            }
            LiteralKind::Expr(expr) => {
                if let ExprKind::Assign(_, left, right) = &expr.kind {
                    bound(left, &mut names);
                    bound(right, &mut names);
                }
                indices(expr, &mut names);
                if let ExprKind::Call(name, arguments) = &expr.kind
                    && self.has_output(name, arguments)
                {
                    arguments.last().into_iter().for_each(|last| bound(last, &mut names));
                }
            }
            _ => {}
        }
        names.into_iter().filter(|name| name != "_" && !self.globals.contains(name)).collect()
    }

    /// The variables that a literal lacks. If there are none, those that it binds are safe from now on.
    fn missing(&mut self, literal: &mut Literal, safe: &mut Vars, given: &Vars) -> Vec<(String, Place)> {
        let mut found = Use::default();
        for (_, value) in &literal.with {
            self.scan(value, safe, &mut found);
        }
        // Variables of comprehensions that other literals bind must be bound first.
        let mut inner = Use::default();
        for part in literal.parts() {
            captured(part, given, &mut inner);
        }
        found.needs.append(&mut inner.needs);
        let mut pattern = Vec::new();
        match &mut literal.kind {
            LiteralKind::Some(_) => {}
            LiteralKind::SomeIn { key, value, collection } => {
                self.scan(collection, safe, &mut found);
                key.iter().chain([&*value]).for_each(|it| bound(it, &mut pattern));
                for part in key.iter().chain([&*value]) {
                    self.pattern_needs(part, safe, &mut found);
                }
            }
            LiteralKind::Every { key, value, domain, body } => {
                self.scan(domain, safe, &mut found);
                let mut inside: Vars = safe.clone();
                inside.extend(found.gives.iter().cloned());
                inside.extend(key.iter().chain([&*value]).cloned());
                let missing = self.order(body, &mut inside);
                found.needs.extend(missing);
            }
            LiteralKind::Not(expr) => {
                let mut inside = Use::default();
                self.scan(expr, safe, &mut inside);
                found.needs.extend(inside.needs);
                found.needs.extend(inside.gives.into_iter().map(|name| (name, expr.place)));
            }
            LiteralKind::Expr(expr) => {
                if let ExprKind::Assign(op, left, right) = &expr.kind {
                    self.assign(op, left, right, safe, &mut found, &mut pattern);
                } else {
                    self.scan(expr, safe, &mut found);
                    self.output(expr, safe, &mut found);
                }
            }
        }
        found.gives.extend(pattern.into_iter().filter(|name| name != "_"));
        let missing: Vec<_> = found
            .needs
            .into_iter()
            .filter(|(name, _)| {
                !safe.contains(name) && !found.gives.contains(name) && !self.globals.contains(name)
            })
            .collect();
        if missing.is_empty() {
            safe.extend(found.gives);
        } else if let LiteralKind::Not(_) = literal.kind {
            return missing;
        }
        missing
    }

    /// `left := right` or `left = right`.
    fn assign(
        &mut self,
        op: &str,
        left: &Expr,
        right: &Expr,
        safe: &Vars,
        found: &mut Use,
        pattern: &mut Vec<String>,
    ) {
        if let (ExprKind::Array(left), ExprKind::Array(right)) = (&left.kind, &right.kind)
            && left.len() == right.len()
        {
            for (left, right) in left.iter().zip(right) {
                self.assign(op, left, right, safe, found, pattern);
            }
            return;
        }
        let known = |safety: &mut Self, side: &Expr| {
            let used = safety.used(side, safe);
            let fine = used.needs.iter().all(|(name, _)| safe.contains(name) || used.gives.contains(name));
            (used, fine)
        };
        let (of_right, right_fine) = known(self, right);
        if right_fine || op == ":=" {
            found.needs.extend(of_right.needs);
            found.gives.extend(of_right.gives);
            bound(left, pattern);
            self.pattern_needs(left, safe, found);
            return;
        }
        let (of_left, left_fine) = known(self, left);
        if left_fine {
            found.needs.extend(of_left.needs);
            found.gives.extend(of_left.gives);
            bound(right, pattern);
            self.pattern_needs(right, safe, found);
            return;
        }
        found.needs.extend(of_right.needs);
        found.gives.extend(of_right.gives);
    }

    /// The variables that a pattern uses besides those that it binds.
    fn pattern_needs(&mut self, pattern: &Expr, safe: &Vars, found: &mut Use) {
        match &pattern.kind {
            ExprKind::Var(_) => {}
            ExprKind::Array(items) => items.iter().for_each(|item| self.pattern_needs(item, safe, found)),
            ExprKind::Object(items) => {
                for (key, value) in items {
                    self.scan(key, safe, found);
                    self.pattern_needs(value, safe, found);
                }
            }
            _ => self.scan(pattern, safe, found),
        }
    }

    fn has_output(&self, name: &[String], arguments: &[Expr]) -> bool {
        match self.names.called(self.module, name) {
            Called::Function { arity } | Called::Builtin { arity } => {
                Some(arguments.len()) == arity.checked_add(1)
            }
            _ => false,
        }
    }

    /// A call with one more argument than the function has binds that argument.
    fn output(&mut self, expr: &Expr, safe: &Vars, found: &mut Use) {
        let ExprKind::Call(name, arguments) = &expr.kind else { return };
        if !self.has_output(name, arguments) {
            return;
        }
        if let Some((last, rest)) = arguments.split_last() {
            let mut own = Use::default();
            for argument in rest {
                self.scan(argument, safe, &mut own);
            }
            let mut names = Vec::new();
            bound(last, &mut names);
            self.pattern_needs(last, safe, &mut own);
            own.gives.extend(names.into_iter().filter(|name| name != "_"));
            found.needs.retain(|(name, _)| !own.gives.contains(name));
            found.gives.extend(own.gives);
        }
    }

    fn used(&mut self, expr: &Expr, safe: &Vars) -> Use {
        let mut found = Use::default();
        self.scan(expr, safe, &mut found);
        found
    }

    /// The variables that an expression needs and binds.
    fn scan(&mut self, expr: &Expr, safe: &Vars, found: &mut Use) {
        self.work = self.work.saturating_add(1);
        if self.work > WORK {
            return;
        }
        if let Some(value) = template::part(expr) {
            // OPA does not let template strings iterate over collections.
            let own = self.used(value, safe);
            found.needs.extend(own.needs);
            found.needs.extend(own.gives.into_iter().map(|name| (name, value.place)));
            return;
        }
        match &expr.kind {
            ExprKind::Var(name) => {
                if name != "_" && !self.globals.contains(name) {
                    found.needs.push((name.clone(), expr.place));
                }
            }
            ExprKind::Ref(base, steps) => {
                self.scan(base, safe, found);
                for step in steps {
                    let mut names = Vec::new();
                    bound(step, &mut names);
                    if names.is_empty() {
                        self.scan(step, safe, found);
                    } else {
                        self.pattern_needs(step, safe, found);
                        let own =
                            names.into_iter().filter(|name| name != "_" && !self.globals.contains(name));
                        found.gives.extend(own);
                    }
                }
            }
            _ if expr.body().is_some() => {
                let mut body = expr.body().cloned().unwrap_or_default();
                self.work = self.work.saturating_add(safe.len() / 8);
                let mut inside = safe.clone();
                inside.extend(found.gives.iter().cloned());
                let missing = self.order(&mut body, &mut inside);
                found.needs.extend(missing);
                for part in expr.parts() {
                    let own = self.used(part, &inside);
                    let needs = own.needs.into_iter();
                    found.needs.extend(
                        needs.filter(|(name, _)| !inside.contains(name) && !own.gives.contains(name)),
                    );
                }
            }
            _ => {
                for part in expr.parts() {
                    self.scan(part, safe, found);
                }
            }
        }
    }
}

/// The variables in comprehensions of an expression that other literals bind.
fn captured(expr: &Expr, given: &Vars, found: &mut Use) {
    if given.is_empty() {
        return;
    }
    let mut bodies = Vec::new();
    crate::calls::each(expr, &mut |inner| bodies.extend(inner.body().map(|_| inner)));
    for inner in bodies {
        crate::calls::each(inner, &mut |var| {
            if let Some(name) = var.as_var()
                && given.contains(name)
            {
                found.needs.push((name.to_owned(), var.place));
            }
        });
    }
}

/// A variable as its author wrote it.
fn source_name(name: &str) -> &str {
    name.strip_prefix(crate::rename::OWN).and_then(|rest| rest.split_once('_')).map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn renamed_variables_are_told_as_they_were_written() {
        assert_eq!(super::source_name("__own_3_a_b"), "a_b");
        assert_eq!(super::source_name("x"), "x");
    }
}
