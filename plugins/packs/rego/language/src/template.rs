//! The function behind template strings.

use regorus::{Engine, Value};

use crate::ast::{Expr, ExprKind, Literal, LiteralKind, Shape};
use crate::rename::OWN;

/// Its name in OPA.
pub(crate) const NAME: &str = "internal.template_string";

/// An expression of a template string as the function gets it, a set of its value or an empty set: `{x | x := value}`.
pub(crate) fn optional(value: Expr) -> Expr {
    let place = value.place;
    let name = Expr::var(place, &format!("{OWN}part"));
    let assign = ExprKind::Assign(":=", Box::new(name.clone()), Box::new(value));
    let body = vec![Literal::new(place, LiteralKind::Expr(Expr::new(place, assign)))];
    Expr::new(place, ExprKind::Collect(Shape::Set, Box::new(name), body))
}

/// The value of such a set.
pub(crate) fn part(set: &Expr) -> Option<&Expr> {
    let ExprKind::Collect(Shape::Set, name, body) = &set.kind else { return None };
    // The prefix differs after variables were renamed.
    let own = name.as_var().and_then(|name| name.strip_suffix("part")).is_some_and(|it| it.ends_with(OWN));
    match body.first().map(|literal| &literal.kind) {
        Some(LiteralKind::Expr(Expr { kind: ExprKind::Assign(":=", _, value), .. })) if own => {
            Some(value.as_ref())
        }
        _ => None,
    }
}

/// Adds it to an engine.
pub(crate) fn install(engine: &mut Engine) {
    let function = |arguments: Vec<Value>| {
        let text = arguments.first().and_then(text);
        Ok(text.map_or(Value::Undefined, |text| Value::String(text.as_str().into())))
    };
    let _ = engine.add_extension(NAME.to_owned(), 1, Box::new(function));
}

/// Joins the parts. An expression with several values is undefined.
fn text(parts: &Value) -> Option<String> {
    let Value::Array(parts) = parts else { return None };
    let mut out = String::new();
    for part in parts.iter() {
        let Value::Set(values) = part else {
            shown(part, &mut out);
            continue;
        };
        let mut values = values.iter_sorted();
        match (values.next(), values.next()) {
            (None, _) => out.push_str("<undefined>"),
            (Some(value), None) => shown(value, &mut out),
            (Some(_), Some(_)) => return None,
        }
    }
    Some(out)
}

/// Prints a string as it is, and other values as Rego.
fn shown(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        _ => written(value, out),
    }
}

fn written(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Undefined => out.push_str("<undefined>"),
        Value::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Value::String(text) => out.push_str(&serde_json::Value::String(text.to_string()).to_string()),
        Value::Array(items) => listed('[', items.iter(), ']', out),
        Value::Set(members) if members.is_empty() => out.push_str("set()"),
        Value::Set(members) => listed('{', members.iter_sorted(), '}', out),
        Value::Object(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter_sorted().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                written(key, out);
                out.push_str(": ");
                written(value, out);
            }
            out.push('}');
        }
        Value::Number(_) => out.push_str(&value.to_string()),
    }
}

fn listed<'a>(open: char, items: impl Iterator<Item = &'a Value>, close: char, out: &mut String) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        written(item, out);
    }
    out.push(close);
}
