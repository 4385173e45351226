//! Keys that come twice, and merge keys.

use palisade_sdk::Kind;
use palisade_sdk::tape::NONE;
use rustc_hash::FxHashSet;

use crate::build::{Duplicate, Fault, Frame, Tree, resolve};

/// How many children merge keys may bring into one document.
const MAX_MERGED: u32 = 100_000;

impl Tree<'_, '_, '_> {
    /// The later of two equal keys wins, as with kubectl; the earlier node is left out when the document
    /// is complete.
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
                self.duplicates.push(Duplicate { key: *key, origin });
            }
        }
    }

    /// Adds the children of what stands under `<<` as links. Own keys win, then earlier sources.
    pub(crate) fn merge(&mut self, frame: &Frame, merges: &[u32], end: u32) -> Result<(), Fault> {
        let fault = || {
            let message = "a merge key `<<` needs a mapping or a list of mappings";
            Err(Fault::meaning(frame.start, end, message))
        };
        let mut have: FxHashSet<u32> =
            self.keys.get(frame.keys..).unwrap_or_default().iter().map(|(key, _)| *key).collect();
        for node in merges {
            self.dead.insert(*node);
            let source = resolve(self.out, *node);
            let mut sources = Vec::new();
            match self.out.batch().nodes.kind(source) {
                Kind::Mapping => sources.push(source),
                Kind::Sequence => {
                    let mut at = source + 1;
                    while at < self.out.batch().nodes.next(source) {
                        let each = resolve(self.out, at);
                        if self.out.batch().nodes.kind(each) != Kind::Mapping {
                            return fault();
                        }
                        sources.push(each);
                        at = self.out.batch().nodes.next(at);
                    }
                }
                _ => return fault(),
            }
            for source in sources {
                self.merge_one(source, &mut have, frame.start)?;
            }
        }
        Ok(())
    }

    fn merge_one(&mut self, source: u32, have: &mut FxHashSet<u32>, start: u32) -> Result<(), Fault> {
        let mut at = source + 1;
        let until = self.out.batch().nodes.next(source);
        while at < until {
            // Counted before anything is skipped: the work is what is bounded.
            self.merged += 1;
            if self.merged > MAX_MERGED {
                let message = format!("merge keys bring in more than {MAX_MERGED} values; write them out");
                return Err(Fault::meaning(start, start, message));
            }
            self.room(start)?;
            let nodes = &self.out.batch().nodes;
            let index = at as usize;
            let key = nodes.keys.get(index).copied().unwrap_or(0);
            let key_origin = nodes.key_origins.get(index).copied().unwrap_or(NONE);
            let origin = nodes.origins.get(index).copied().unwrap_or(NONE);
            let next = nodes.next(at);
            if !self.dead.contains(&at) && have.insert(key) {
                let target = resolve(self.out, at);
                self.out.link(key, key_origin, target, origin);
            }
            at = next;
        }
        Ok(())
    }
}
