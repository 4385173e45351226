//! What OPA 1.0 refuses in files of v1, and accepted before: imports that hide one another, variables that hide `input`
//! and `data`, and deprecated builtins.

use std::collections::BTreeSet;

use crate::ast::{Body, Expr, ExprKind, Head, LiteralKind, Module};
use crate::calls;
use crate::names::DEPRECATED;
use crate::place::Place;
use crate::problem::Fault;
use crate::rename::bound;

/// The first such fault of a module.
pub(crate) fn check(module: &Module) -> Option<Fault> {
    imports(module).or_else(|| hidden(module)).or_else(|| deprecated(module))
}

fn imports(module: &Module) -> Option<Fault> {
    let mut names = BTreeSet::new();
    let own = module.imports.iter().filter(|import| !import.is_syntax());
    let second = own.filter_map(|it| it.name().map(|name| (it, name))).find(|(_, name)| !names.insert(*name));
    second.map(|(import, name)| {
        Fault::new(
            import.place,
            format!("second import of the name {name}"),
            "give it another name with `as`",
        )
    })
}

fn hidden(module: &Module) -> Option<Fault> {
    let mut found = None;
    for rule in &module.rules {
        if let Head::Function { parameters, .. } = &rule.head {
            for it in parameters {
                pattern(it, &mut found);
            }
        }
        rule.bodies().for_each(|it| body(it, &mut found));
        calls::each_in_rule(rule, &mut |expr| expr.body().into_iter().for_each(|it| body(it, &mut found)));
    }
    found
}

fn body(literals: &Body, found: &mut Option<Fault>) {
    for literal in literals {
        match &literal.kind {
            LiteralKind::Some(names) => names.iter().for_each(|(it, place)| name(it, *place, found)),
            LiteralKind::SomeIn { key, value, .. } => {
                key.iter().chain([value]).for_each(|it| pattern(it, found));
            }
            LiteralKind::Every { key, value, body: inner, .. } => {
                key.iter().chain([value]).for_each(|it| name(it, literal.place, found));
                body(inner, found);
            }
            LiteralKind::Expr(Expr { kind: ExprKind::Assign(":=", left, _), .. }) => pattern(left, found),
            LiteralKind::Expr(_) | LiteralKind::Not(_) => {}
        }
    }
}

fn pattern(it: &Expr, found: &mut Option<Fault>) {
    let mut names = Vec::new();
    bound(it, &mut names);
    for own in &names {
        name(own, it.place, found);
    }
}

fn name(own: &str, place: Place, found: &mut Option<Fault>) {
    if found.is_none() && matches!(own, "input" | "data") {
        *found = Some(Fault::new(place, format!("variable that hides {own}"), "give it another name"));
    }
}

fn deprecated(module: &Module) -> Option<Fault> {
    let own: BTreeSet<&str> = module.rules.iter().map(|rule| rule.name.as_str()).collect();
    let mut found = None;
    calls::each_expr(module, &mut |expr| {
        let ExprKind::Call(name, _) = &expr.kind else { return };
        let name = name.join(".");
        if found.is_none() && DEPRECATED.contains(&name.as_str()) && !own.contains(name.as_str()) {
            let what = format!("{name} is a function of the Rego before 1.0");
            found = Some(Fault::new(expr.place, what, "use what OPA's documentation names in its place"));
        }
    });
    found
}
