//! Maps the path of a result to a place in a file.

use palisade_rego::{Control, Dialect, Scope, Step};
use palisade_sdk::tape::{NONE, Relations};
use palisade_sdk::{Kind, Node, ResourceView};

use crate::describe::scope;
use crate::input;

/// The node at a path in the input of a control, or the deepest existing one on the way; `NONE` for the whole resource.
pub(crate) fn node(control: &Control, it: ResourceView<'_>, relations: &Relations, path: &[Step]) -> u32 {
    let whole = control.dialect != Dialect::Own || scope(control) == Scope::Document;
    let (from, rest) = if whole {
        (it.root(), path)
    } else {
        let Some(start) = start(it, relations, path) else { return NONE };
        start
    };
    let found = deepest(from, rest);
    // The whole resource is shown at its header.
    if found.index() == it.root().index() { NONE } else { found.index() }
}

/// The nodes where the parts of a resource's input begin.
fn start<'b, 'p>(
    it: ResourceView<'b>,
    relations: &Relations,
    path: &'p [Step],
) -> Option<(Node<'b>, &'p [Step])> {
    let (Step::Key(part), rest) = path.split_first()? else { return None };
    match (part.as_str(), rest) {
        ("config", rest) => Some((it.root(), rest)),
        ("shapes", [Step::Key(id), rest @ ..]) => Some((it.shape(id)?, rest)),
        ("relations", [Step::Index(row), Step::Key(resource), Step::Key(config), rest @ ..])
            if resource == "resource" && config == "config" =>
        {
            let related = input::related(it, relations).into_iter().nth(*row)?;
            Some((related.resource?.root(), rest))
        }
        _ => None,
    }
}

fn deepest<'b>(from: Node<'b>, path: &[Step]) -> Node<'b> {
    let mut at = from;
    for step in path {
        let next = match step {
            Step::Key(key) => at.get(key),
            Step::Index(row) => at.items().nth(*row),
        };
        match next.filter(|next| next.kind() != Kind::Link) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}
