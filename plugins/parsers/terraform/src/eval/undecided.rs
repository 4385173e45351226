//! Conditions that cannot be known, each of which the host may assume to hold or not.

use std::cell::RefCell;
use std::collections::BTreeSet;

use palisade_sdk::parser::Assumption;

use super::{Evaluator, Scope};
use crate::syntax::Span;

/// As many as are worth being told: where there are more, the host asks for none of them.
const MOST: usize = 32;

/// What is assumed, and what might be.
#[derive(Default)]
pub(crate) struct Undecided {
    assumed: Option<Assumption>,
    found: RefCell<BTreeSet<String>>,
}

impl Undecided {
    pub(crate) fn new(assumed: Option<Assumption>) -> Undecided {
        Undecided { assumed, found: RefCell::default() }
    }

    /// The conditions that were met, by their names.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.found.borrow_mut()).into_iter().collect()
    }
}

impl Evaluator<'_> {
    /// Whether a condition that cannot be known is assumed to hold, if anything is assumed of it.
    pub(super) fn assumed(&self, condition: Span, scope: &Scope<'_>) -> Option<bool> {
        let assumed = self.undecided.assumed.as_ref()?;
        (self.condition_name(condition, scope)? == assumed.condition).then_some(assumed.holds)
    }

    /// Notes a condition that decides between values that are known.
    pub(super) fn note_undecided(&self, condition: Span, scope: &Scope<'_>) {
        let mut found = self.undecided.found.borrow_mut();
        if found.len() < MOST
            && let Some(name) = self.condition_name(condition, scope)
        {
            found.insert(name);
        }
    }

    /// What it says, and where: `var.open (main.tf:3:17)`. In a module it has a name for each instance.
    fn condition_name(&self, condition: Span, scope: &Scope<'_>) -> Option<String> {
        let source = self.files.get(scope.file)?;
        let at = source.lines.span(condition.start, condition.end);
        let instance = &scope.instance.address;
        let of = if instance.is_empty() { String::new() } else { format!(" in {instance}") };
        let text = source.snippet(condition);
        Some(format!("`{text}` ({}:{}:{}{of})", source.path, at.line, at.column))
    }
}
