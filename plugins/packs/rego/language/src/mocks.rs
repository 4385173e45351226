//! `with` on extensions. The engine replaces functions of a pack and its own, but no extensions, so these get wrapper
//! functions in the pack that all calls go through.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule, Version};
use crate::names::Names;
use crate::place::Place;
use crate::rewrite::{self, Rewrite};
use crate::source::{Folder, Source};

const PACKAGE: &str = "palisade_replaced";

/// The functions that are replaced somewhere, with the names of their wrappers.
type Around = BTreeMap<String, String>;

/// Adds wrappers for the functions that are replaced.
pub(crate) fn surround(folder: &mut Folder, names: &mut Names) {
    let mut found = BTreeSet::new();
    for source in &folder.sources {
        for rule in &source.module.rules {
            rule.bodies().for_each(|body| targets(body, &mut found));
            crate::calls::each_in_rule(rule, &mut |expr| {
                expr.body().into_iter().for_each(|body| targets(body, &mut found));
            });
        }
    }
    let there: Vec<(String, usize)> =
        found.into_iter().filter_map(|name| names.extension(&name).map(|arity| (name, arity))).collect();
    if there.is_empty() {
        return;
    }
    let around: Around =
        there.iter().enumerate().map(|(index, (name, _))| (name.clone(), format!("f{index}"))).collect();
    for source in &mut folder.sources {
        let shape = Module { rules: Vec::new(), ..source.module.clone() };
        // A function of the pack with the same name is another function.
        let own: Around = around
            .iter()
            .filter(|(name, _)| {
                let path: Vec<String> = name.split('.').map(str::to_owned).collect();
                names.function(&shape, &path).is_none()
            })
            .map(|(name, to)| (name.clone(), to.clone()))
            .collect();
        let mut own = Own(own);
        source.module.rules.iter_mut().for_each(|rule| rewrite::rule(rule, &mut own));
    }
    let rules =
        there.iter().filter_map(|(name, arity)| Some(wrapper(name, around.get(name)?, *arity))).collect();
    let module = Module {
        package: vec![PACKAGE.to_owned()],
        package_place: Place::default(),
        imports: Vec::new(),
        rules,
        version: Version::V1,
    };
    names.add(&module);
    folder.sources.push(Source {
        path: String::new(),
        package: module.package.clone(),
        module,
        annotations: Vec::new(),
        is_test: false,
    });
}

fn targets(body: &Body, found: &mut BTreeSet<String>) {
    for literal in body {
        found.extend(
            literal.with.iter().flat_map(|(target, value)| [dotted(target), dotted(value)]).flatten(),
        );
        if let LiteralKind::Every { body, .. } = &literal.kind {
            targets(body, found);
        }
    }
}

/// A reference as the name of a function.
fn dotted(it: &Expr) -> Option<String> {
    match &it.kind {
        ExprKind::Var(name) => Some(name.clone()),
        ExprKind::Ref(base, steps) => {
            let steps: Option<Vec<&str>> = steps.iter().map(Expr::as_text).collect();
            Some(format!("{}.{}", base.as_var()?, steps?.join(".")))
        }
        _ => None,
    }
}

/// The functions as one module refers to them.
struct Own(Around);

impl Rewrite for Own {
    fn expr(&mut self, it: &mut Expr) {
        if let ExprKind::Call(name, _) = &mut it.kind
            && let Some(to) = self.0.get(&name.join("."))
        {
            *name = ["data", PACKAGE, to].map(str::to_owned).to_vec();
        }
    }

    fn with(&mut self, target: &mut Expr, value: &mut Expr) {
        for it in [target, value] {
            if let Some(to) = dotted(it).and_then(|name| self.0.get(&name)) {
                let steps = [PACKAGE, to].map(|step| Expr::text(it.place, step)).to_vec();
                it.kind = ExprKind::Ref(Box::new(Expr::var(it.place, "data")), steps);
            }
        }
    }
}

fn wrapper(name: &str, to: &str, arity: usize) -> Rule {
    let place = Place::default();
    let parameters: Vec<Expr> = (0..arity).map(|index| Expr::var(place, &format!("a{index}"))).collect();
    let name = name.split('.').map(str::to_owned).collect();
    let value = Expr::new(place, ExprKind::Call(name, parameters.clone()));
    let yes = Expr::new(place, ExprKind::Bool(true));
    Rule {
        place,
        default: false,
        name: to.to_owned(),
        steps: Vec::new(),
        head: Head::Function { parameters, op: ":=", value: Some(value) },
        body: Some(vec![Literal::new(place, LiteralKind::Expr(yes))]),
        otherwise: Vec::new(),
    }
}
