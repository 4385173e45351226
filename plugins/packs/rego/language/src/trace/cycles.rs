//! Rules and functions that ask for themselves. OPA refuses them; the engine comes to no end over a function, and
//! overflows the stack of a guest.

use std::collections::BTreeMap;

use super::pack::Pack;
use crate::ast::ExprKind;
use crate::names::Names;
use crate::problem::{Fault, Problem};
use crate::source::Folder;

/// What is still to be looked at of the rules on the way: a rule, and which of those that it asks comes next.
type Way = Vec<(usize, usize)>;

/// How many circles are told.
const TOLD: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnWay,
    Done,
}

/// One problem for each circle.
pub(crate) fn recursion(folder: &Folder, names: &Names) -> Vec<Problem> {
    let pack = Pack::of_all(folder, names);
    let paths: Vec<&Vec<String>> = pack.paths().collect();
    let rows: BTreeMap<&Vec<String>, usize> =
        paths.iter().enumerate().map(|(row, path)| (*path, row)).collect();
    let asks: Vec<Vec<usize>> = paths.iter().map(|path| asked(&pack, path, &rows)).collect();
    let mut states = vec![State::New; paths.len()];
    let mut found = Vec::new();
    for start in 0..paths.len() {
        let mut way: Way = if states.get(start) == Some(&State::New) { vec![(start, 0)] } else { Vec::new() };
        while let Some((row, next)) = way.last_mut() {
            let asked = asks.get(*row).and_then(|asks| asks.get(*next)).copied();
            *next = next.saturating_add(1);
            if let Some(state) = states.get_mut(*row) {
                *state = if asked.is_some() { State::OnWay } else { State::Done };
            }
            let Some(asked) = asked else {
                way.pop();
                continue;
            };
            match states.get(asked) {
                Some(State::New) => way.push((asked, 0)),
                Some(State::OnWay) if found.len() < TOLD => {
                    found.push(
                        way.iter().map(|(row, _)| *row).skip_while(|row| *row != asked).collect::<Vec<_>>(),
                    );
                }
                _ => {}
            }
        }
    }
    found.iter().filter_map(|circle| problem(&pack, &paths, folder, circle)).collect()
}

/// The rows of what a rule asks for.
fn asked(pack: &Pack<'_>, path: &[String], rows: &BTreeMap<&Vec<String>, usize>) -> Vec<usize> {
    let mut found = Vec::new();
    for (module, rule) in pack.rules_at(path) {
        crate::calls::each_in_rule(rule, &mut |expr| {
            let path = match &expr.kind {
                ExprKind::Call(name, _) => pack.names.function(module, name),
                ExprKind::Var(_) | ExprKind::Ref(..) => pack.rule_of(module, expr).map(|(path, _)| path),
                _ => None,
            };
            found.extend(path.and_then(|path| rows.get(&path).copied()));
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn problem(pack: &Pack<'_>, paths: &[&Vec<String>], folder: &Folder, circle: &[usize]) -> Option<Problem> {
    let first = paths.get(*circle.first()?)?;
    let (module, rule) = pack.rules_at(first).first()?;
    let file = folder.sources.iter().find(|source| std::ptr::eq(&raw const source.module, *module))?;
    let name =
        |row: &usize| paths.get(*row).map(|path| format!("data.{}", path.join("."))).unwrap_or_default();
    let steps: Vec<String> = circle.iter().chain(circle.first()).take(12).map(name).collect();
    let what = format!("rule data.{} is recursive: {}", first.join("."), steps.join(" -> "));
    Some(
        Fault::new(rule.place, what, "write what it repeats as `walk`, a comprehension or `graph.reachable`")
            .of(&file.path),
    )
}
