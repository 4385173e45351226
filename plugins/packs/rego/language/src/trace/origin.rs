//! Where values come from: places in the input, as far as the text of a rule shows it.

use crate::ast::{Expr, ExprKind};
use crate::path::{Pattern, Step};
use crate::place::Place;

/// What a place is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    Input,
    /// A parameter of the current function.
    Parameter(usize),
}

/// A step.
#[derive(Debug, Clone)]
pub(super) enum Seg {
    /// A constant or a variable of the rule.
    At(Expr),
    /// Any step: the variable is not one of the rule's own.
    Any,
    /// Any step to a value that equals this variable.
    Is(String),
    /// The steps of a path that is itself a value.
    All(Expr),
}

/// A place.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) root: Root,
    pub(super) segs: Vec<Seg>,
    /// Whether the value is a collection whose items come from there.
    pub(super) collection: bool,
}

/// How a value that was read is used, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It is only printed, as in a message.
    Stated,
    /// It gets a name.
    Named,
    /// The result depends on it.
    Decides,
}

/// The possible places of one value.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) rank: Rank,
    pub(super) origins: Vec<Origin>,
}

impl Origin {
    pub(super) fn new(root: Root) -> Self {
        Self { root, segs: Vec::new(), collection: false }
    }

    pub(super) fn then(mut self, seg: Seg) -> Self {
        self.segs.push(seg);
        self
    }

    /// The place of the item, for an item of a collection.
    pub(super) fn item(mut self) -> Self {
        self.collection = false;
        self
    }

    /// Whether the text alone does not define the place.
    pub(super) fn is_vague(&self) -> bool {
        self.segs.iter().any(|seg| matches!(seg, Seg::Any))
    }

    /// The same, for a value of this variable.
    pub(super) fn named(self, variable: Option<&str>) -> Self {
        match variable {
            Some(name) if self.is_vague() => self.then(Seg::Is(name.to_owned())),
            _ => self,
        }
    }

    /// The same outside of the rule, where its variables are unknown.
    pub(super) fn without_variables(mut self) -> Self {
        self.segs = self
            .segs
            .into_iter()
            .filter_map(|seg| match seg {
                Seg::At(expr) if crate::parse::is_scalar(&expr) => Some(Seg::At(expr)),
                Seg::At(_) | Seg::Any => Some(Seg::Any),
                Seg::All(_) | Seg::Is(_) => None,
            })
            .collect();
        self
    }

    /// The places relative to the arguments of a call.
    pub(super) fn at_arguments(&self, arguments: &[Vec<Origin>]) -> Vec<Self> {
        match self.root {
            Root::Input => vec![self.clone()],
            Root::Parameter(index) => arguments
                .get(index)
                .into_iter()
                .flatten()
                .filter(|argument| !argument.collection || self.segs.is_empty())
                .map(|argument| Self {
                    root: argument.root,
                    segs: argument.segs.iter().chain(&self.segs).cloned().collect(),
                    collection: self.collection || argument.collection,
                })
                .collect(),
        }
    }

    /// Converts to an array of Rego that `path::resolve` reads.
    pub(super) fn to_rego(&self, place: Place) -> Expr {
        let tagged = |name: &str, value: Expr| {
            Expr::new(place, ExprKind::Object(vec![(Expr::text(place, name), value)]))
        };
        let items = self.segs.iter().map(|seg| match seg {
            Seg::At(expr) => at(expr.clone(), place),
            Seg::Any => Expr::new(place, ExprKind::Null),
            Seg::Is(name) => tagged("is", Expr::var(place, name)),
            Seg::All(expr) => tagged("all", expr.clone()),
        });
        Expr::new(place, ExprKind::Array(items.collect()))
    }

    /// The pattern of the constant steps.
    pub(super) fn pattern(&self) -> Pattern {
        let mut pattern = Vec::new();
        for seg in &self.segs {
            match seg {
                Seg::At(Expr { kind: ExprKind::Text(key), .. }) => pattern.push(Some(Step::Key(key.clone()))),
                Seg::At(Expr { kind: ExprKind::Number(number), .. }) => {
                    pattern.push(number.parse().ok().map(Step::Index));
                }
                Seg::At(_) | Seg::Any => pattern.push(None),
                Seg::Is(_) => {}
                Seg::All(_) => break,
            }
        }
        pattern
    }
}

/// Moves an expression to a place, so that it stays on one line.
fn at(mut expr: Expr, place: Place) -> Expr {
    expr.place = place;
    for part in expr.parts_mut() {
        let own = std::mem::replace(part, Expr::new(place, ExprKind::Null));
        *part = at(own, place);
    }
    expr
}
