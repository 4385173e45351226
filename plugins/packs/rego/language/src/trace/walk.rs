//! A body, walked in its order, with what is known of its variables.

use std::collections::{BTreeMap, BTreeSet};

use super::origin::{Origin, Rank, Read, Root, Seg};
use super::pack::{Pack, Summary};
use crate::ast::{Body, Expr, ExprKind, Literal, LiteralKind, Module, Shape};
use crate::parse::is_scalar;
use crate::rename::bound;

/// How many places one value may come from before it comes from nowhere.
const PLACES: usize = 8;

pub(super) struct Walker<'a, 'p> {
    pub(super) pack: &'p mut Pack<'a>,
    pub(super) module: &'a Module,
    /// Where variables come from.
    pub(super) known: BTreeMap<String, Vec<Origin>>,
    /// What variables were made of that are not themselves in the input.
    pub(super) made_of: BTreeMap<String, Vec<Origin>>,
    /// Variables that a rule beside this one could name.
    pub(super) own: BTreeSet<String>,
    pub(super) reads: Vec<Read>,
}

impl Walker<'_, '_> {
    pub(super) fn body(&mut self, body: &Body) {
        for literal in body {
            self.literal(literal);
        }
    }

    fn record(&mut self, origins: Vec<Origin>, rank: Rank) {
        let origins: Vec<Origin> = origins.into_iter().filter(|origin| !origin.segs.is_empty()).collect();
        if !origins.is_empty() {
            self.reads.push(Read { rank, origins });
        }
    }

    fn literal(&mut self, literal: &Literal) {
        if literal.with.iter().any(|(target, _)| super::pack::names_input(target)) {
            return;
        }
        match &literal.kind {
            LiteralKind::Some(_) => {}
            LiteralKind::SomeIn { key, value, collection } => {
                let from = self.items(collection, key.as_ref());
                if from.is_empty() {
                    self.made(value, collection);
                } else {
                    self.bind(value, from, Rank::Named);
                }
            }
            LiteralKind::Every { value, domain, body, .. } => {
                let from = self.items(domain, None);
                let mut known = self.known.clone();
                known.insert(value.clone(), from);
                self.scan(domain, Rank::Decides);
                self.inside(known, Rank::Decides, |walker| walker.body(body));
            }
            LiteralKind::Not(expr) => match &expr.kind {
                ExprKind::Assign(_, left, right) => {
                    self.scan(left, Rank::Decides);
                    self.scan(right, Rank::Decides);
                }
                _ => self.scan(expr, Rank::Decides),
            },
            LiteralKind::Expr(expr) => self.statement(expr),
        }
    }

    fn statement(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Assign(_, left, right) => self.assign(left, right),
            ExprKind::Call(name, arguments) if name.join(".") == "walk" => {
                let (Some(from), Some(pattern)) = (arguments.first(), arguments.get(1)) else { return };
                let from = self.origins(from);
                let ExprKind::Array(pair) = &pattern.kind else { return };
                let (Some(path), Some(value)) = (pair.first(), pair.get(1)) else { return };
                let seg = match path.as_var() {
                    Some(name) if self.own.contains(name) => Some(Seg::All(path.clone())),
                    _ => None,
                };
                let from = from
                    .into_iter()
                    .map(|origin| match &seg {
                        Some(seg) => origin.then(seg.clone()),
                        None => origin,
                    })
                    .collect();
                self.bind(value, from, Rank::Named);
            }
            ExprKind::Ref(base, steps) if steps.len() == 1 => {
                // `containers[c]` of a set of ours: what is asked for is the item itself.
                let item = steps.first().and_then(Expr::as_var);
                let from = self.origins(base);
                match item {
                    Some(name) if from.iter().any(|origin| origin.collection) => {
                        let from = from.into_iter().map(Origin::item).collect();
                        self.bind(&Expr::var(expr.place, name), from, Rank::Named);
                    }
                    _ => self.scan(expr, Rank::Decides),
                }
            }
            _ => self.scan(expr, Rank::Decides),
        }
    }

    fn assign(&mut self, left: &Expr, right: &Expr) {
        if let (ExprKind::Array(left), ExprKind::Array(right)) = (&left.kind, &right.kind) {
            for (left, right) in left.iter().zip(right) {
                self.assign(left, right);
            }
            return;
        }
        let (left, right) =
            if self.is_new(left) || !self.is_new(right) { (left, right) } else { (right, left) };
        if !self.is_new(left) {
            self.scan(left, Rank::Decides);
            self.scan(right, Rank::Decides);
            return;
        }
        let from = self.origins(right);
        if from.is_empty() {
            self.made(left, right);
        } else {
            self.bind(left, from, Rank::Named);
        }
    }

    /// A variable, or a pattern of some, of which nothing is known yet.
    fn is_new(&self, pattern: &Expr) -> bool {
        let mut names = Vec::new();
        bound(pattern, &mut names);
        !names.is_empty()
            && names
                .iter()
                .all(|name| !self.known.contains_key(name) && !self.pack.is_global(self.module, name))
    }

    fn bind(&mut self, pattern: &Expr, from: Vec<Origin>, rank: Rank) {
        match &pattern.kind {
            ExprKind::Var(name) => {
                let own = self.own.contains(name).then_some(name.as_str());
                let from: Vec<Origin> = from
                    .into_iter()
                    .map(|origin| if origin.collection { origin } else { origin.named(own) })
                    .collect();
                self.record(from.clone(), rank);
                self.known.insert(name.clone(), from);
            }
            ExprKind::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let step = Expr::new(item.place, ExprKind::Number(index.to_string()));
                    let from = from.iter().map(|origin| origin.clone().then(Seg::At(step.clone()))).collect();
                    self.bind(item, from, rank);
                }
            }
            ExprKind::Object(items) => {
                for (key, item) in items {
                    let from = from.iter().map(|origin| origin.clone().then(Seg::At(key.clone()))).collect();
                    self.bind(item, from, rank);
                }
            }
            _ => self.record(from, Rank::Decides),
        }
    }

    /// A variable that is made of what an expression reads.
    fn made(&mut self, pattern: &Expr, expr: &Expr) {
        let before = self.reads.len();
        self.scan(expr, Rank::Said);
        let last = self.reads.get(before..).unwrap_or_default().last().map(|read| read.origins.clone());
        let mut names = Vec::new();
        bound(pattern, &mut names);
        if let Some(last) = last {
            self.made_of.extend(names.into_iter().map(|name| (name, last.clone())));
        }
    }

    /// Walks something in which variables are its own.
    fn inside(&mut self, known: BTreeMap<String, Vec<Origin>>, rank: Rank, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.known, known);
        let own = self.own.clone();
        let before = self.reads.len();
        walk(self);
        self.known = outer;
        self.own = own;
        // What is read in there counts as much as the whole does; what decides there is the last of it.
        let mut inner = self.reads.split_off(before);
        inner.sort_by_key(|read| read.rank);
        for read in &mut inner {
            read.rank = rank;
        }
        self.reads.append(&mut inner);
    }

    /// What an expression reads.
    pub(super) fn scan(&mut self, expr: &Expr, rank: Rank) {
        let origins = self.origins(expr);
        if !origins.is_empty() {
            self.record(origins, rank);
            return;
        }
        match &expr.kind {
            ExprKind::Var(name) => {
                if let Some(origins) = self.made_of.get(name).cloned() {
                    self.record(origins, rank);
                } else {
                    let path = self.pack.rule_of(self.module, expr).map(|(path, _)| path);
                    self.called(path, &[], rank);
                }
            }
            ExprKind::Ref(base, steps) => {
                let path = self.pack.rule_of(self.module, expr).map(|(path, _)| path);
                if path.is_some() {
                    self.called(path, &[], rank);
                } else {
                    self.scan(base, rank);
                }
                for step in steps {
                    self.scan(step, Rank::Said);
                }
            }
            ExprKind::Call(name, arguments) => {
                let path = self.pack.names.function(self.module, name);
                let mut from = Vec::new();
                for argument in arguments {
                    from.push(self.origins(argument));
                    self.scan(argument, rank);
                }
                self.called(path, &from, rank);
            }
            _ if expr.body().is_some() => {
                let known = self.known.clone();
                let body = expr.body().cloned().unwrap_or_default();
                self.inside(known, rank, |walker| walker.body(&body));
            }
            _ => {
                for part in expr.parts() {
                    self.scan(part, rank);
                }
            }
        }
    }

    /// What a rule or function of the pack reads, told of these arguments.
    fn called(&mut self, path: Option<Vec<String>>, arguments: &[Vec<Origin>], rank: Rank) {
        let Some(summary) = path.map(|path| self.pack.summary(&path)) else { return };
        let told = |origins: &[Origin]| -> Vec<Origin> {
            origins.iter().flat_map(|origin| origin.told_of(arguments)).take(PLACES).collect()
        };
        for origin in &summary.all {
            let origins = told(std::slice::from_ref(origin));
            self.record(origins, Rank::Said);
        }
        let last = told(&summary.last);
        self.record(last, rank);
    }

    /// The items of a collection, or of what is at a place.
    fn items(&mut self, collection: &Expr, key: Option<&Expr>) -> Vec<Origin> {
        let seg = match key {
            Some(key) if is_scalar(key) || key.as_var().is_some_and(|name| self.own.contains(name)) => {
                Seg::At(key.clone())
            }
            _ => Seg::Any,
        };
        let items = self.origins(collection).into_iter();
        items.map(|it| if it.collection { it.item() } else { it.then(seg.clone()) }).collect()
    }

    /// Where the value of an expression comes from; nowhere, where it is computed.
    pub(super) fn origins(&mut self, expr: &Expr) -> Vec<Origin> {
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
                let Some(path) = self.pack.names.function(self.module, name) else { return Vec::new() };
                let arguments: Vec<_> = arguments.iter().map(|argument| self.origins(argument)).collect();
                let summary: Summary = self.pack.summary(&path);
                summary.value.iter().flat_map(|origin| origin.told_of(&arguments)).collect()
            }
            ExprKind::Collect(Shape::Array | Shape::Set, item, body) => {
                let known = self.known.clone();
                let reads = self.reads.len();
                let mut from = Vec::new();
                self.inside(known, Rank::Said, |walker| {
                    walker.body(body);
                    from = walker.origins(item);
                });
                // Only where the items come from was asked.
                self.reads.truncate(reads);
                from.into_iter()
                    .map(|origin| Origin { collection: true, ..origin.without_variables() })
                    .collect()
            }
            ExprKind::Binary("|", left, right) => {
                let mut both = self.origins(left);
                both.extend(self.origins(right));
                both
            }
            _ => Vec::new(),
        }
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
