//! The size of a document with its aliases expanded. Here aliases are links and cost nothing. kubectl's library expands
//! them, and refuses a document that consists mostly of aliases.

use palisade_sdk::Kind;
use palisade_sdk::tape::{Builder, MAX_LINKED_KEYS};
use palisade_yaml::resolve;
use rustc_hash::FxHashMap;

use crate::pods::children;

/// Whether kubectl refuses the document with this root because of its aliases.
///
/// The limits are those of `go.yaml.in/yaml/v2`, which checks them while it reads.
pub(crate) fn too_many(out: &Builder, root: u32) -> bool {
    let nodes = &out.batch().nodes;
    let end = nodes.next(root);
    let count = |node: u32| if nodes.keys.get(node as usize).is_some_and(|key| *key != 0) { 2u64 } else { 1 };
    // The number of values before each node, with aliases expanded: links refer to earlier, complete nodes.
    let mut before = vec![0u64];
    let (mut total, mut aliased) = (0u64, 0u64);
    for node in root..end {
        total += count(node);
        if nodes.kind(node) == Kind::Link {
            let target = nodes.values.get(node as usize).copied().unwrap_or(root);
            let at = |node: u32| before.get(node.saturating_sub(root) as usize).copied().unwrap_or(total);
            let size = at(nodes.next(target)).saturating_sub(at(target));
            total += size;
            aliased += size;
            // Checked at each alias, so that the numbers stay small.
            if is_beyond(total, aliased) {
                return true;
            }
        }
        before.push(total);
    }
    false
}

/// The first link of a document to a mapping with more than `MAX_LINKED_KEYS` keys.
pub(crate) fn too_wide(out: &Builder, root: u32) -> Option<u32> {
    let nodes = &out.batch().nodes;
    let mut known = FxHashMap::default();
    let mut wide = |node: u32| {
        let target = resolve(out, node);
        *known.entry(target).or_insert_with(|| {
            nodes.kind(target) == Kind::Mapping && children(out, target).nth(MAX_LINKED_KEYS).is_some()
        })
    };
    (root..nodes.next(root)).find(|node| nodes.kind(*node) == Kind::Link && wide(*node))
}

/// Whether too large a part of all values comes from aliases: up to 400 000 values, 99 % are allowed, from 4 000 000 on
/// 10 %, and in between a linearly decreasing share.
fn is_beyond(total: u64, aliased: u64) -> bool {
    let hundredths = match total {
        0..=400_000 => 99,
        4_000_000.. => 10,
        more => 99 - 89 * (more - 400_000) / 3_600_000,
    };
    aliased > 100 && total > 1_000 && aliased.saturating_mul(100) > total.saturating_mul(hundredths)
}

#[cfg(test)]
mod tests {
    use super::is_beyond;

    #[test]
    fn bounds() {
        for (total, aliased, expected) in [
            (1_000, 1_000, false),
            (2_000, 1_979, false),
            (2_000, 1_981, true),
            (2_200_000, 1_188_000, false),
            (2_200_000, 1_212_000, true),
            (10_000_000, 900_000, false),
            (10_000_000, 1_100_000, true),
        ] {
            assert_eq!(is_beyond(total, aliased), expected, "{aliased} of {total}");
        }
    }
}
