//! Roots of the units of a tree.

use std::collections::{BTreeMap, BTreeSet};

/// The roots of units, by plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots(BTreeMap<String, BTreeSet<String>>);

impl Roots {
    pub(crate) fn add(&mut self, plugin: &str, root: &str) {
        self.0.entry(plugin.to_owned()).or_default().insert(root.to_owned());
    }

    pub(crate) fn of_plugin(&self, name: &str) -> impl Iterator<Item = &String> {
        self.0.get(name).into_iter().flatten()
    }
}
