//! Walks a body in order, and tracks its variables.

use std::collections::{BTreeMap, BTreeSet};

use super::origin::{Origin, Rank, Read, Root, Seg};
use super::pack::Pack;
use super::places::PLACES;
use super::rest::Rest;
use crate::ast::{Body, Expr, ExprKind, Literal, LiteralKind, Module};
use crate::rename::bound;

pub(super) struct Walker<'a, 'p> {
    pub(super) pack: &'p mut Pack<'a>,
    pub(super) module: &'a Module,
    /// The places of variables.
    pub(super) known: BTreeMap<String, Vec<Origin>>,
    /// What variables were computed from that are not themselves in the input.
    pub(super) made_of: BTreeMap<String, Vec<Origin>>,
    /// Variables that are visible in the tracing rule.
    pub(super) own: BTreeSet<String>,
    pub(super) reads: Vec<Read>,
    pub(super) rest: Rest,
}

impl<'a, 'p> Walker<'a, 'p> {
    pub(super) fn new(pack: &'p mut Pack<'a>, module: &'a Module, own: BTreeSet<String>) -> Self {
        Self {
            pack,
            module,
            known: BTreeMap::new(),
            made_of: BTreeMap::new(),
            own,
            reads: Vec::new(),
            rest: Rest::default(),
        }
    }
}

impl Walker<'_, '_> {
    pub(super) fn body(&mut self, body: &Body) {
        for literal in body {
            self.literal(literal);
        }
    }

    /// Records places that are used as a whole.
    fn record(&mut self, origins: Vec<Origin>, rank: Rank) {
        self.note_whole(&origins);
        self.record_parts(origins, rank);
    }

    /// Records places that get a name, or of which parts are used.
    fn record_parts(&mut self, origins: Vec<Origin>, rank: Rank) {
        let origins: Vec<Origin> = origins.into_iter().filter(|origin| !origin.segs.is_empty()).collect();
        if !origins.is_empty() {
            self.reads.push(Read { rank, origins });
        }
    }

    fn literal(&mut self, literal: &Literal) {
        if self.replaced(literal) {
            return;
        }
        match &literal.kind {
            LiteralKind::Some(_) => {}
            LiteralKind::SomeIn { key, value, collection } => {
                let from = self.items(collection, key.as_ref());
                if from.is_empty() {
                    self.made(value, collection);
                } else {
                    self.beside(collection);
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
                self.aside(|walker| walker.scan(from, Rank::Stated));
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
                // `containers[c]` of a set of the pack: `c` is the item itself.
                let item = steps.first().and_then(Expr::as_var);
                let from = self.origins(base);
                match item {
                    Some(name) if from.iter().any(|origin| origin.collection) => {
                        let from = from.into_iter().map(Origin::item).collect();
                        self.beside(base);
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
            self.beside(right);
            self.bind(left, from, Rank::Named);
        }
    }

    /// Whether it is a variable, or a pattern of some, that is not known yet.
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
                self.record_parts(from.clone(), rank);
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
                // The value must have these keys and no others.
                self.note_whole(&from);
                for (key, item) in items {
                    let from = from.iter().map(|origin| origin.clone().then(Seg::At(key.clone()))).collect();
                    self.bind(item, from, rank);
                }
            }
            _ => self.record(from, Rank::Decides),
        }
    }

    /// Records a variable that is computed from what an expression reads.
    fn made(&mut self, pattern: &Expr, expr: &Expr) {
        let before = self.reads.len();
        self.scan(expr, Rank::Stated);
        let last = self.reads.get(before..).unwrap_or_default().last().map(|read| read.origins.clone());
        let mut names = Vec::new();
        bound(pattern, &mut names);
        if let Some(last) = last {
            self.made_of.extend(names.into_iter().map(|name| (name, last.clone())));
        }
    }

    /// Walks an expression that has its own variables.
    pub(super) fn inside(
        &mut self,
        known: BTreeMap<String, Vec<Origin>>,
        rank: Rank,
        walk: impl FnOnce(&mut Self),
    ) {
        let outer = std::mem::replace(&mut self.known, known);
        let own = self.own.clone();
        let before = self.reads.len();
        walk(self);
        self.known = outer;
        self.own = own;
        // Reads inside have the rank of the whole; what decides there is moved to the end.
        let mut inner = self.reads.split_off(before);
        inner.sort_by_key(|read| read.rank);
        for read in &mut inner {
            read.rank = rank;
        }
        self.reads.append(&mut inner);
    }

    /// Records what an expression reads.
    pub(super) fn scan(&mut self, expr: &Expr, rank: Rank) {
        if self.is_worn_out() {
            return;
        }
        let origins = self.origins(expr);
        if !origins.is_empty() {
            self.record(origins, rank);
            self.beside(expr);
            return;
        }
        match &expr.kind {
            ExprKind::Var(name) => {
                if let Some(origins) = self.made_of.get(name).cloned() {
                    self.record_parts(origins, rank);
                } else {
                    self.several(expr);
                    let path = self.pack.rule_of(self.module, expr).map(|(path, _)| path);
                    self.called(path, &[], rank);
                }
            }
            ExprKind::Ref(base, steps) => {
                let path = self.pack.rule_of(self.module, expr).map(|(path, _)| path);
                if path.is_some() {
                    self.called(path, &[], rank);
                } else {
                    self.several(expr);
                    if base.as_var().is_none_or(|name| !self.pack.is_global(self.module, name)) {
                        self.scan(base, rank);
                    }
                }
                for step in steps {
                    self.scan(step, Rank::Stated);
                }
            }
            ExprKind::Call(name, arguments) => {
                let path = self.pack.names.function(self.module, name);
                let mut from = Vec::new();
                for argument in arguments {
                    let origins = self.origins(argument);
                    if path.is_some() {
                        self.given(argument, &origins, rank);
                    } else {
                        self.scan(argument, rank);
                    }
                    from.push(origins);
                }
                self.called(path, &from, rank);
            }
            _ if expr.body().is_some() => {
                let known = self.known.clone();
                let body = expr.body().cloned().unwrap_or_default();
                self.inside(known, rank, |walker| {
                    walker.body(&body);
                    for part in expr.parts() {
                        walker.aside(|walker| walker.scan(part, Rank::Stated));
                    }
                });
            }
            _ => {
                for part in expr.parts() {
                    self.scan(part, rank);
                }
            }
        }
    }

    /// An expression whose places are known and whose parts are recorded by its user; or else all that it reads.
    pub(super) fn given(&mut self, expr: &Expr, from: &[Origin], rank: Rank) {
        if from.is_empty() {
            self.scan(expr, rank);
        } else {
            self.record_parts(from.to_vec(), rank);
            self.beside(expr);
        }
    }

    /// A name that may refer to several rules at once may read anything.
    fn several(&mut self, expr: &Expr) {
        let base = match &expr.kind {
            ExprKind::Ref(base, _) => base.as_var(),
            _ => expr.as_var(),
        };
        if base.is_none_or(|name| !self.pack.is_global(self.module, name)) {
            return;
        }
        if self.pack.rule_of(self.module, expr).is_none() && self.pack.names_many(self.module, expr) {
            self.rest.whole.insert(Root::Input);
        }
    }

    /// Records what a rule or function of the pack reads, for these arguments.
    fn called(&mut self, path: Option<Vec<String>>, arguments: &[Vec<Origin>], rank: Rank) {
        let Some(path) = path else { return };
        self.asked(&path, arguments);
        let summary = self.pack.summary(&path);
        let value: Vec<_> = summary.value.iter().flat_map(|origin| origin.at_arguments(arguments)).collect();
        self.keep(vec![Read { rank: Rank::Stated, origins: value }]);
        let from_arguments = |origins: &[Origin]| -> Vec<Origin> {
            origins.iter().flat_map(|origin| origin.at_arguments(arguments)).take(PLACES).collect()
        };
        for origin in &summary.all {
            let origins = from_arguments(std::slice::from_ref(origin));
            self.record(origins, Rank::Stated);
        }
        let last = from_arguments(&summary.last);
        self.record(last, rank);
    }
}
