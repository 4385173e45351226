//! Literals without variables, as values.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;

use crate::ast::{Expr, ExprKind};
use crate::place::Place;

/// The value of a constant expression.
pub(crate) fn value(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(it) => Value::Bool(*it),
        ExprKind::Number(text) => Value::from_json_str(text).ok()?,
        ExprKind::Text(text) => Value::String(text.as_str().into()),
        ExprKind::Array(items) => Value::from(items.iter().map(value).collect::<Option<Vec<_>>>()?),
        ExprKind::Set(items) => Value::from(items.iter().map(value).collect::<Option<BTreeSet<_>>>()?),
        ExprKind::Object(items) => Value::from(
            items
                .iter()
                .map(|(key, it)| Some((value(key)?, value(it)?)))
                .collect::<Option<BTreeMap<_, _>>>()?,
        ),
        ExprKind::Call(name, arguments) if arguments.is_empty() && name.join(".") == "set" => {
            Value::new_set()
        }
        _ => return None,
    })
}

/// How deep literals nest in an expression, without those of bodies in it.
pub(crate) fn depth(expr: &Expr) -> usize {
    let below = expr.parts().into_iter().map(depth).max().unwrap_or(0);
    below.saturating_add(usize::from(is_literal(expr)))
}

/// How many items an expression has, at all levels.
pub(crate) fn items(expr: &Expr) -> usize {
    expr.parts().into_iter().map(items).fold(1, usize::saturating_add)
}

/// Whether an expression is a literal, of which the engine's parser reads each level twice.
pub(crate) fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Array(_) | ExprKind::Set(_) | ExprKind::Object(_))
}

/// How deep comprehensions nest in an expression.
pub(crate) fn closures(expr: &Expr) -> usize {
    let mut deepest = 0_usize;
    for part in expr.parts() {
        deepest = deepest.max(closures(part));
    }
    for literal in expr.body().into_iter().flatten() {
        for part in literal.parts() {
            deepest = deepest.max(closures(part));
        }
    }
    deepest.saturating_add(usize::from(expr.body().is_some()))
}

/// A value as a literal.
pub(crate) fn literal(place: Place, value: &Value) -> Expr {
    let many = |items: Vec<&Value>| items.into_iter().map(|item| literal(place, item)).collect();
    Expr::new(
        place,
        match value {
            Value::Null | Value::Undefined => ExprKind::Null,
            Value::Bool(it) => ExprKind::Bool(*it),
            Value::Number(_) => ExprKind::Number(value.to_string()),
            Value::String(text) => ExprKind::Text(text.to_string()),
            Value::Array(items) => ExprKind::Array(many(items.iter().collect())),
            Value::Set(members) => ExprKind::Set(many(members.iter_sorted().collect())),
            Value::Object(entries) => {
                let entries = entries.iter_sorted();
                ExprKind::Object(entries.map(|(key, it)| (literal(place, key), literal(place, it))).collect())
            }
        },
    )
}
