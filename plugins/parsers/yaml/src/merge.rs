//! Duplicate keys and merge keys.

use palisade_sdk::Kind;
use palisade_sdk::tape::NONE;
use rustc_hash::FxHashMap;

use crate::build::{Duplicate, Fault, Frame, Tree, resolve};

/// The maximum number of children that merge keys add to a document.
const MAX_MERGED: u32 = 100_000;

/// The value of a key in a mapping with merge keys.
#[derive(Clone, Copy)]
enum Winner {
    /// A child of the mapping itself.
    Own(u32),
    /// A child of a merged mapping.
    Merged(u32),
}

impl Tree<'_, '_> {
    /// The later of two equal keys wins, as in kubectl; the earlier node is removed when the document is complete.
    pub(crate) fn duplicates(&mut self, from: usize) {
        let own = self.keys.get_mut(from..).unwrap_or_default();
        if own.len() <= 16 {
            let twice = (1..own.len()).any(|at| {
                let (before, rest) = own.split_at(at);
                rest.first().is_some_and(|(key, _)| before.iter().any(|(other, _)| other == key))
            });
            if !twice {
                return;
            }
        }
        own.sort_unstable();
        let nodes = &self.out.batch().nodes;
        for pair in own.windows(2) {
            if let [(key, earlier), (next, later)] = pair
                && key == next
            {
                self.dead.insert(*earlier);
                let origin = nodes.key_origins.get(*later as usize).copied().unwrap_or(NONE);
                self.duplicates.push(Duplicate { key: *key, origin, merged: false });
            }
        }
    }

    /// Replaces merge keys by links to the children of their values.
    ///
    /// kubectl's library processes entries in order, and merges at the position of `<<`: a merged key overrides those
    /// before it, own ones too, and is overridden by those after it. Within a list of mappings the first one wins.
    pub(crate) fn merge(&mut self, frame: &Frame, merges: &[(u32, usize)], end: u32) -> Result<(), Fault> {
        let own = self.keys.get(frame.keys..).unwrap_or_default().to_vec();
        let mut winners = FxHashMap::default();
        // Merged keys, in their order.
        let mut merged = Vec::new();
        let mut done = 0;
        for (node, before) in merges {
            self.own(own.get(done..*before).unwrap_or_default(), &mut winners);
            done = *before;
            self.dead.insert(*node);
            for source in self.sources(*node, frame.start, end)?.into_iter().rev() {
                self.merge_one(source, &mut winners, &mut merged, frame.start)?;
            }
        }
        self.own(own.get(done..).unwrap_or_default(), &mut winners);
        for key in merged {
            // Removed, so that a key that was merged twice is linked once.
            let Some(Winner::Merged(child)) = winners.remove(&key) else { continue };
            let nodes = &self.out.batch().nodes;
            let column = |column: &[u32]| column.get(child as usize).copied().unwrap_or(NONE);
            let (key_origin, origin) = (column(&nodes.key_origins), column(&nodes.origins));
            let target = resolve(self.out, child);
            self.out.link(key, key_origin, target, origin);
        }
        Ok(())
    }

    /// Adds own keys, in their order.
    fn own(&mut self, keys: &[(u32, u32)], winners: &mut FxHashMap<u32, Winner>) {
        for (key, node) in keys {
            if let Some(Winner::Own(earlier)) = winners.insert(*key, Winner::Own(*node)) {
                self.dead.insert(earlier);
                let origin = self.out.batch().nodes.key_origins.get(*node as usize).copied().unwrap_or(NONE);
                self.duplicates.push(Duplicate { key: *key, origin, merged: false });
            }
        }
    }

    /// The mappings that a merge key refers to.
    fn sources(&self, node: u32, start: u32, end: u32) -> Result<Vec<u32>, Fault> {
        let fault = || {
            let message = "a merge key `<<` needs a mapping or a list of mappings";
            Err(Fault::meaning(start, end, message))
        };
        let nodes = &self.out.batch().nodes;
        match nodes.kind(node) {
            Kind::Mapping => Ok(vec![node]),
            Kind::Link if nodes.kind(resolve(self.out, node)) == Kind::Mapping => {
                Ok(vec![resolve(self.out, node)])
            }
            // An alias of a list is refused.
            Kind::Sequence => {
                let mut sources = Vec::new();
                let mut at = node + 1;
                while at < nodes.next(node) {
                    let each = resolve(self.out, at);
                    if nodes.kind(each) != Kind::Mapping {
                        return fault();
                    }
                    sources.push(each);
                    at = nodes.next(at);
                }
                Ok(sources)
            }
            _ => fault(),
        }
    }

    fn merge_one(
        &mut self,
        source: u32,
        winners: &mut FxHashMap<u32, Winner>,
        merged: &mut Vec<u32>,
        start: u32,
    ) -> Result<(), Fault> {
        let mut at = source + 1;
        let until = self.out.batch().nodes.next(source);
        while at < until {
            // Counted before anything is skipped, to limit the work.
            self.merged += 1;
            if self.merged > MAX_MERGED {
                let message = format!("merge keys bring in more than {MAX_MERGED} values; write them out");
                return Err(Fault::meaning(start, start, message));
            }
            self.room(start)?;
            let nodes = &self.out.batch().nodes;
            let key = nodes.keys.get(at as usize).copied().unwrap_or(0);
            let next = nodes.next(at);
            if !self.dead.contains(&at) {
                match winners.insert(key, Winner::Merged(at)) {
                    Some(Winner::Own(earlier)) => {
                        let origin = nodes.key_origins.get(earlier as usize).copied().unwrap_or(NONE);
                        self.duplicates.push(Duplicate { key, origin, merged: true });
                        self.dead.insert(earlier);
                        merged.push(key);
                    }
                    Some(Winner::Merged(_)) => {}
                    None => merged.push(key),
                }
            }
            at = next;
        }
        Ok(())
    }
}
