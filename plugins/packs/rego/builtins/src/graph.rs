//! Graphs. `walk` is the engine's own, since it depends on the engine's iteration.

use std::collections::BTreeSet;

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, array, items, set, too_much};
use crate::limits;

pub(crate) const FUNCTIONS: &[Function] = &[Function::new("graph.reachable_paths", 2, reachable_paths)];

/// A node of the current path, and its neighbours that were not visited yet.
struct Step<'a> {
    node: &'a Value,
    next: std::vec::IntoIter<&'a Value>,
}

/// All paths from the starts, each up to where it ends, leaves the graph or would return to itself. Without recursion,
/// and limited to the size of a result: a graph of a few lines has billions.
fn reachable_paths(call: &Arguments<'_>) -> Outcome {
    call.entries(0)?;
    let graph = call.any(0)?.as_object().map_err(|_| Refusal::Undefined)?;
    let mut paths = BTreeSet::new();
    let mut size = 0_usize;
    for start in call.items(1)? {
        let Some(neighbours) = neighbours(graph.get(start))? else { continue };
        let mut way = vec![Step { node: start, next: neighbours.into_iter() }];
        let mut on_way = BTreeSet::from([start]);
        let mut leaf = true;
        while let Some(step) = way.last_mut() {
            let ended = match step.next.next() {
                None => {
                    let ended = leaf;
                    if ended {
                        keep(&way, &mut paths, &mut size)?;
                    }
                    if let Some(done) = way.pop() {
                        on_way.remove(done.node);
                    }
                    leaf = false;
                    continue;
                }
                Some(next) => match self::neighbours(graph.get(next))? {
                    Some(further) if !on_way.contains(next) => {
                        on_way.insert(next);
                        way.push(Step { node: next, next: further.into_iter() });
                        leaf = true;
                        false
                    }
                    _ => true,
                },
            };
            if ended {
                leaf = false;
                keep(&way, &mut paths, &mut size)?;
            }
        }
    }
    Ok(set(paths))
}

fn keep(way: &[Step<'_>], paths: &mut BTreeSet<Value>, size: &mut usize) -> Result<(), Refusal> {
    *size += way.len();
    if *size > limits::ITEMS {
        return Err(too_much(format_args!("paths of more than {} nodes", limits::ITEMS)));
    }
    paths.insert(array(way.iter().map(|it| it.node.clone())));
    Ok(())
}

/// The neighbours of a node; `None` if it is not in the graph.
fn neighbours(of: Option<&Value>) -> Result<Option<Vec<&Value>>, Refusal> {
    match of {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Vec::new())),
        Some(all) => items(all).map(Some),
    }
}
