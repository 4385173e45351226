//! Unknown conditions, each of which the host may assume to be true or false.

use std::cell::RefCell;
use std::collections::BTreeSet;

use palisade_sdk::parser::Assumption;

use super::{Evaluator, Scope};
use crate::syntax::Span;

/// The maximum number of conditions: the host assumes none of them if there are more.
const MOST: usize = 32;

/// The assumed condition, and those that may be assumed.
#[derive(Default)]
pub(crate) struct Undecided {
    assumed: Option<Assumption>,
    found: RefCell<BTreeSet<String>>,
}

impl Undecided {
    pub(crate) fn new(assumed: Option<Assumption>) -> Undecided {
        Undecided { assumed, found: RefCell::default() }
    }

    /// The names of the conditions that were found.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.found.borrow_mut()).into_iter().collect()
    }
}

impl Evaluator<'_> {
    /// The assumed value of an unknown condition, if there is one.
    pub(super) fn assumed(&self, condition: Span, scope: &Scope<'_>) -> Option<bool> {
        let assumed = self.undecided.assumed.as_ref()?;
        (self.condition_name(condition, scope)? == assumed.condition).then_some(assumed.holds)
    }

    /// Records a condition that chooses between known values.
    pub(super) fn note_undecided(&self, condition: Span, scope: &Scope<'_>) {
        let mut found = self.undecided.found.borrow_mut();
        if found.len() < MOST
            && let Some(name) = self.condition_name(condition, scope)
        {
            found.insert(name);
        }
    }

    /// Its text and place: `var.open (main.tf:3:17)`. In a module each instance has its own name.
    fn condition_name(&self, condition: Span, scope: &Scope<'_>) -> Option<String> {
        let source = self.files.get(scope.file)?;
        let at = source.lines.span(condition.start, condition.end);
        let instance = &scope.instance.address;
        let of = if instance.is_empty() { String::new() } else { format!(" in {instance}") };
        let text = source.snippet(condition);
        Some(format!("`{text}` ({}:{}:{}{of})", source.path, at.line, at.column))
    }
}
