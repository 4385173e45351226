//! What a rule reads besides the places that its results come from, so that no possible read is lost.

use std::collections::BTreeSet;

use super::origin::{Origin, Rank, Read, Root};
use super::walk::Walker;
use crate::ast::{Expr, ExprKind, Literal};

/// Maximum number of visited expressions of one body, and of a pack.
const WORK: (usize, usize) = (50_000, 8_000_000);

/// Maximum number of recorded places of one body.
const KEPT: usize = 4096;

/// The other reads.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) places: Vec<Origin>,
    /// The roots of which anything may be read.
    pub(super) whole: BTreeSet<Root>,
    work: usize,
}

impl Walker<'_, '_> {
    /// Whether the limit of work is reached. An expression that is not visited may read anything.
    pub(super) fn is_worn_out(&mut self) -> bool {
        self.rest.work = self.rest.work.saturating_add(1);
        self.pack.work = self.pack.work.saturating_add(1);
        let out = self.rest.work > WORK.0 || self.pack.work > WORK.1;
        if out {
            self.rest.whole.insert(Root::Input);
        }
        out
    }

    /// Records places that are used as a whole. A place that is its whole root is recorded as a read of anything.
    pub(super) fn note_whole(&mut self, origins: &[Origin]) {
        self.rest.whole.extend(origins.iter().filter(|it| it.segs.is_empty()).map(|it| it.root));
    }

    /// Walks something that does not contribute to the places of results.
    pub(super) fn aside(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = self.reads.len();
        walk(self);
        let reads = self.reads.split_off(before);
        self.keep(reads);
    }

    pub(super) fn keep(&mut self, reads: Vec<Read>) {
        for origin in reads.into_iter().flat_map(|read| read.origins) {
            self.keep_place(origin);
        }
    }

    fn keep_place(&mut self, origin: Origin) {
        if origin.segs.is_empty() || self.rest.places.len() >= KEPT {
            self.rest.whole.insert(if origin.segs.is_empty() { origin.root } else { Root::Input });
        } else {
            self.rest.places.push(origin);
        }
    }

    /// Walks the values that replace the input or data for one literal. Returns whether the literal reads none of the
    /// input.
    pub(super) fn replaced(&mut self, literal: &Literal) -> bool {
        for (_, value) in &literal.with {
            self.aside(|walker| walker.scan(value, Rank::Stated));
        }
        let mut targets = literal
            .with
            .iter()
            .map(|(target, _)| target)
            .filter(|it| super::pack::names_input(it))
            .peekable();
        if targets.peek().is_none() {
            return false;
        }
        // Where only a part of the input is replaced, the rest is still read, and not tracked in detail.
        if targets.any(|target| target.as_var().is_none()) {
            self.rest.whole.insert(Root::Input);
        }
        // Variables keep their values.
        let mut used = Vec::new();
        crate::calls::each_in_body(std::slice::from_ref(literal), &mut |expr| {
            used.extend(expr.as_var().and_then(|name| self.known.get(name)).into_iter().flatten().cloned());
        });
        self.keep(vec![Read { rank: Rank::Stated, origins: used }]);
        true
    }

    /// Walks an expression that is used as a whole: completely if its places are unknown, or else only what it reads
    /// besides them.
    pub(super) fn beside_or_all(&mut self, expr: &Expr) -> Vec<Origin> {
        let from = self.origins(expr);
        if from.is_empty() {
            self.scan(expr, Rank::Stated);
        } else {
            self.beside(expr);
        }
        from
    }

    /// What an expression reads besides its own places: its indices, and the conditions of rules that it refers to.
    pub(super) fn beside(&mut self, expr: &Expr) {
        self.aside(|walker| walker.beside_of(expr));
    }

    fn beside_of(&mut self, expr: &Expr) {
        if self.is_worn_out() {
            return;
        }
        match &expr.kind {
            ExprKind::Var(name) if !self.known.contains_key(name) => self.asked_of_rule(expr),
            ExprKind::Ref(base, steps) => {
                self.asked_of_rule(expr);
                if base.as_var().is_none() {
                    self.beside_of(base);
                }
                for step in steps {
                    self.scan(step, Rank::Stated);
                }
            }
            ExprKind::Call(name, arguments) => {
                let path = self.pack.names.function(self.module, name);
                let mut from = Vec::new();
                for (index, argument) in arguments.iter().enumerate() {
                    if path.is_some() || index == 0 {
                        from.push(self.beside_or_all(argument));
                    } else {
                        self.scan(argument, Rank::Stated);
                    }
                }
                if let Some(path) = path {
                    for origin in from.iter().flatten().filter(|it| !it.segs.is_empty()) {
                        self.keep_place(origin.clone());
                    }
                    self.asked(&path, &from);
                }
            }
            ExprKind::Binary(_, left, right) => {
                self.beside_or_all(left);
                self.beside_or_all(right);
            }
            // A comprehension was walked when its places were determined.
            _ => {}
        }
    }

    fn asked_of_rule(&mut self, expr: &Expr) {
        if let Some((path, _)) = self.pack.rule_of(self.module, expr) {
            self.asked(&path, &[]);
        }
    }

    /// Everything that a rule or function reads, for these arguments.
    pub(super) fn asked(&mut self, path: &[String], arguments: &[Vec<Origin>]) {
        let summary = self.pack.summary(path);
        for origin in summary.all.iter().flat_map(|origin| origin.at_arguments(arguments)) {
            self.keep_place(origin);
        }
        for root in &summary.whole {
            match root {
                Root::Input => {
                    self.rest.whole.insert(Root::Input);
                }
                Root::Parameter(index) => self.note_whole(arguments.get(*index).map_or(&[], Vec::as_slice)),
            }
        }
        // What a function computes from a collection does not show which items it reads.
        let collections: Vec<_> = arguments.iter().flatten().filter(|it| it.collection).cloned().collect();
        self.note_whole(&collections);
    }
}
