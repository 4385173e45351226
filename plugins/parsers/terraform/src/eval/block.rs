//! Nested blocks as values, with `dynamic` blocks expanded.

use std::rc::Rc;

use palisade_terraform_values::{Entries, Type, Unknown, Value};

use super::resource::is_meta;
use super::{Evaluator, Failure, Frame, Names, Scope};
use crate::module::argument;
use crate::syntax::{Block, Body, ExprKind};

/// The entries of a `dynamic` block: keys and values, or why they are unknown.
pub(crate) type Dynamic = Result<Vec<(Value, Value)>, Rc<Unknown>>;

/// The name of a `dynamic` block's iterator.
pub(crate) fn iterator(block: &Block) -> &str {
    let named = argument(&block.body, "iterator").and_then(|expr| match &expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(&**name),
        _ => None,
    });
    named.or_else(|| block.dynamic().map(|it| &**it)).unwrap_or("")
}

/// Runs a function for each block that a `dynamic` block generates.
pub(crate) fn each_dynamic(
    block: &Block,
    entries: &[(Value, Value)],
    scope: &Scope<'_>,
    mut run: impl FnMut(&Body, &Scope<'_>),
) {
    let Some(content) = block.body.blocks.iter().find(|it| &*it.kind == "content") else { return };
    for (key, value) in entries {
        let made: Entries = [("key".into(), key.clone()), ("value".into(), value.clone())].into();
        let made = Value::object(made);
        let frame = Frame { names: Names::One(iterator(block), &made), up: scope.frame };
        run(&content.body, &scope.with(&frame));
    }
}

impl Evaluator<'_> {
    /// The entries of a `dynamic` block.
    pub(crate) fn dynamic(&self, block: &Block, scope: &Scope<'_>) -> Result<Dynamic, Failure> {
        let Some(expr) = argument(&block.body, "for_each") else {
            return scope.fail(block.header, "a `dynamic` block needs `for_each`");
        };
        let value = self.evaluate(expr, scope)?;
        if value.is_null() {
            return scope
                .fail(expr.span, "`for_each` of a `dynamic` block is null; give an empty list instead");
        }
        Self::entries_of(&value, expr.span, scope)
    }

    /// A body as an object: its attributes, and a list of the nested blocks of each kind.
    pub(crate) fn body_value(&self, body: &Body, scope: &Scope<'_>) -> Value {
        let mut entries = Entries::new();
        for it in body.attributes.iter().filter(|it| !is_meta(&it.name)) {
            entries.insert(Rc::clone(&it.name), self.bound(&it.value, scope));
        }
        for block in &body.blocks {
            let kind = block.made();
            if !entries.contains_key(kind)
                && let Some(value) = self.blocks_value(body, kind, scope)
            {
                entries.insert(Rc::clone(kind), value);
            }
        }
        Value::object(entries)
    }

    /// The nested blocks of one kind as a list; `None` if there are none.
    pub(super) fn blocks_value(&self, body: &Body, kind: &str, scope: &Scope<'_>) -> Option<Value> {
        let mut items = Vec::new();
        let mut any = false;
        let place = |block: &Block| {
            self.nested.borrow_mut().insert((scope.file, block.span));
            self.origins.plain(scope.file, block.span)
        };
        for block in &body.blocks {
            if &*block.kind == kind {
                any = true;
                let value = self.deeper(scope, block.header, || Ok(self.body_value(&block.body, scope)));
                let value =
                    value.unwrap_or_else(|failure| Unknown::new(kind, &failure.message, Type::Any).into());
                items.push(value.at(place(block)));
            } else if block.dynamic().is_some_and(|it| &**it == kind) {
                any = true;
                match self.dynamic(block, scope) {
                    Ok(Ok(entries)) => each_dynamic(block, &entries, scope, |body, inner| {
                        let value = self.body_value(body, inner);
                        items.push(value.at(place(block)));
                    }),
                    Ok(Err(unknown)) => {
                        return Some(
                            Value::from((*unknown).clone()).at(self.origins.plain(scope.file, block.span)),
                        );
                    }
                    Err(failure) => {
                        let unknown = Unknown::new(kind, &failure.message, Type::Any);
                        return Some(Value::from(unknown).at(self.origins.plain(scope.file, block.span)));
                    }
                }
            }
        }
        let first = body.blocks.iter().find(|it| &**it.made() == kind)?;
        any.then(|| Value::list(items).at(self.origins.plain(scope.file, first.span)))
    }
}
