//! Recursive rules and functions. OPA refuses them. The engine never ends a recursive function, and overflows the stack
//! of a guest, as with a very long chain of rules.

use std::collections::BTreeMap;

use super::pack::Pack;
use crate::ast::ExprKind;
use crate::limits;
use crate::names::Names;
use crate::problem::{Fault, Problem};
use crate::source::Folder;

/// The rules on the current path: each with the index of its next dependency to visit.
type Way = Vec<(usize, usize)>;

/// Maximum number of cycles that are reported.
const TOLD: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnWay,
    /// Length of its longest chain of dependencies, itself included.
    Done(usize),
}

/// One problem for each cycle, and for each chain that is too long.
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
                *state = State::OnWay;
            }
            let Some(asked) = asked else {
                let deepest = asks.get(*row).into_iter().flatten().filter_map(|it| match states.get(*it) {
                    Some(State::Done(deep)) => Some(*deep),
                    _ => None,
                });
                let deep = deepest.max().unwrap_or(0).saturating_add(1);
                if deep == limits::ASKED.saturating_add(1) && found.len() < TOLD {
                    found.extend(too_deep(&pack, &paths, folder, *row));
                }
                if let Some(state) = states.get_mut(*row) {
                    *state = State::Done(deep);
                }
                way.pop();
                continue;
            };
            match states.get(asked) {
                Some(State::New) => way.push((asked, 0)),
                Some(State::OnWay) if found.len() < TOLD => {
                    let circle: Vec<_> =
                        way.iter().map(|(row, _)| *row).skip_while(|row| *row != asked).collect();
                    found.extend(recursive(&pack, &paths, folder, &circle));
                }
                _ => {}
            }
        }
    }
    found
}

/// The rows of the rules that a rule depends on.
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

fn recursive(pack: &Pack<'_>, paths: &[&Vec<String>], folder: &Folder, circle: &[usize]) -> Option<Problem> {
    let first = *circle.first()?;
    let steps: Vec<String> =
        circle.iter().chain(circle.first()).take(12).map(|row| name(paths, *row)).collect();
    let what = format!("rule {} is recursive: {}", name(paths, first), steps.join(" -> "));
    let fix = "write what it repeats as `walk`, a comprehension or `graph.reachable`";
    problem(pack, paths, folder, first, &what, fix)
}

fn too_deep(pack: &Pack<'_>, paths: &[&Vec<String>], folder: &Folder, row: usize) -> Option<Problem> {
    let what = format!("rule {} asks for more than {} others in a row", name(paths, row), limits::ASKED);
    problem(pack, paths, folder, row, &what, "take some of them together")
}

fn name(paths: &[&Vec<String>], row: usize) -> String {
    paths.get(row).map(|path| format!("data.{}", path.join("."))).unwrap_or_default()
}

/// A problem at the first rule of a row.
fn problem(
    pack: &Pack<'_>,
    paths: &[&Vec<String>],
    folder: &Folder,
    row: usize,
    what: &str,
    fix: &str,
) -> Option<Problem> {
    let (module, rule) = pack.rules_at(paths.get(row)?).first()?;
    let source = folder.sources.iter().find(|source| std::ptr::eq(&raw const source.module, *module))?;
    Some(Fault::new(rule.place, what, fix).of(&source.path))
}
